"""What a client of a described Redis sets for its connection, and for the whole server."""

from tests.simulator.network.redis_exchanges import Exchange, answers

HELLO = ["server", "redis", "version", "7.4.0", "proto", 2, "id", 1, "mode", "standalone"]
HELLO += ["role", "master", "modules", []]
CONNECTION: list[Exchange] = [
    ("CLIENT GETNAME", None),
    ("CLIENT SETNAME worker", "OK"),
    ("CLIENT GETNAME", "worker"),
    ("CLIENT ID", 1),
    ("CLIENT NO-EVICT ON", "OK"),
    ("SELECT 2", "OK"),
    ("CLIENT INFO", "id=1 name=worker db=2 resp=2\n"),
    ("CLIENT WORD", "! unknown subcommand 'WORD'. Try CLIENT HELP."),
    ("SELECT 16", "! DB index is out of range"),
    ("HELLO 4", "! NOPROTO unsupported protocol version"),
    ("HELLO 2 SETNAME other AUTH me secret", HELLO),
    ("HELLO 2 WORD", "! syntax error"),
    ("CLIENT GETNAME", "other"),
    ("AUTH secret", "OK"),
    ("PUBLISH nobody word", 0),
    ("PUBSUB CHANNELS", []),
    ("PUBSUB NUMSUB a", ["a", 0]),
    ("PUBSUB NUMPAT", 0),
    ("PUBSUB WORD", "! unknown subcommand 'WORD'. Try PUBSUB HELP."),
]

SETTINGS: list[Exchange] = [
    ("CONFIG GET max*", ["maxmemory", "0", "maxmemory-policy", "noeviction"]),
    ("CONFIG SET MaxMemory 100mb timeout 5", "OK"),
    ("CONFIG GET maxmemory timeout", ["maxmemory", "100mb", "timeout", "5"]),
    ("CONFIG GET nothing", []),
    ("CONFIG SET timeout", "! unknown subcommand 'SET'. Try CONFIG HELP."),
    (
        "CONFIG SET notify-keyspace-events Ex",
        "! CONFIG SET failed: the simulated Redis sends no messages on keys that change",
    ),
]


def test_what_a_client_sets_for_its_connection() -> None:
    """A connection has a name, a number and a database; what is not known is refused."""
    assert answers([one for one, _ in CONNECTION]) == CONNECTION


def test_settings_of_the_server() -> None:
    """Settings are shown as they were set; the one whose messages would never come is refused."""
    assert answers([one for one, _ in SETTINGS]) == SETTINGS
