"""Commands sent to a described Redis as they are written, with what each is answered."""

from typing import Any

import redis
from tests.simulator.network.simulated import of

from loopscope.simulator.hosts.host import Host

Exchange = tuple[str, object]
"""A command and its answer, in the older version of the protocol; ``!`` marks an error."""


def ask(client: Any, command: str) -> object:
    """Return what a command is answered, as it was sent."""
    try:
        return client.execute_command(*command.split())
    except redis.ResponseError as error:
        return f"! {error}"


def answers(commands: list[str]) -> list[Exchange]:
    """Return commands that a blocking client sends, each with its answer."""

    def main() -> list[Exchange]:
        with redis.Redis("cache", decode_responses=True, protocol=2) as client:
            client.response_callbacks.clear()
            return [(one, ask(client, one)) for one in commands]

    exchanges: list[Exchange] = of(main, Host("cache", kind="redis"))[0]
    return exchanges
