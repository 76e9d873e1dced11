"""Classes whose objects do one thing at a time, and which of their methods may not overlap.

Sources: the reference documentation of each library, in what it says about concurrent use
(asyncpg: "a connection cannot be used by several tasks at once"; SQLAlchemy: "AsyncSession is
not safe for use in concurrent tasks"; asyncio's streams raise RuntimeError at a second read).
"""

from typing import Final

EVERY_METHOD: Final = frozenset({"*"})
_NONE: Final[frozenset[str]] = frozenset()
_READS: Final = frozenset({"read", "readline", "readexactly", "readuntil"})
_RECEIVES: Final = frozenset({"receive", "receive_str", "receive_bytes", "receive_json"})
_RECV: Final = frozenset({"recv"})

SINGLE_USE: Final[dict[str, frozenset[str]]] = {
    "aiofiles.open": _NONE,
    "aiohttp.ClientWebSocketResponse": _RECEIVES,
    "aiohttp.web.WebSocketResponse": _RECEIVES,
    "aiomysql.Connection": EVERY_METHOD,
    "aiosqlite.Connection": _NONE,
    "asyncio.StreamReader": _READS,
    "asyncio.StreamWriter": _NONE,
    "asyncpg.Connection": EVERY_METHOD,
    "asyncpg.connection.Connection": EVERY_METHOD,
    "asyncpg.pool.PoolConnectionProxy": EVERY_METHOD,
    "io.TextIOWrapper": _NONE,
    "psycopg.AsyncConnection": _NONE,
    "psycopg.AsyncCursor": _NONE,
    "redis.asyncio.Pipeline": EVERY_METHOD,
    "redis.asyncio.client.PubSub": EVERY_METHOD,
    "sqlalchemy.ext.asyncio.AsyncConnection": EVERY_METHOD,
    "sqlalchemy.ext.asyncio.AsyncSession": EVERY_METHOD,
    "websockets.ClientConnection": _RECV,
    "websockets.WebSocketClientProtocol": _RECV,
    "websockets.asyncio.client.ClientConnection": _RECV,
    "websockets.asyncio.server.ServerConnection": _RECV,
    "websockets.connect": _RECV,
}
"""Class -> the methods of which one may be going on at a time.

None named: a second one waits its turn, or mixes up an order, but raises nothing.
"""


def may_overlap(kind: str, some: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether two tasks may use one object of a class at the same time.

    Args:
        kind: A class of ``SINGLE_USE``.
        some: The methods that one of them calls.
        others: Those that the other calls.
    """
    alone = SINGLE_USE[kind]
    return alone is not EVERY_METHOD and not (some & alone and others & alone)
