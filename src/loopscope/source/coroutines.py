"""Which functions of the standard library and of common libraries give coroutines.

Sources: the reference documentation of each library.
"""

from typing import Final

from loopscope.source.blocking_calls import HTTP_VERBS

_STREAM_READER = "read readline readexactly readuntil"
_NAMES: Final = {
    "asyncio": "sleep wait_for wait to_thread open_connection open_unix_connection start_server "
    "create_subprocess_exec create_subprocess_shell",
    "asyncio.Queue": "put get join",
    "asyncio.PriorityQueue": "put get join",
    "asyncio.LifoQueue": "put get join",
    "asyncio.Lock": "acquire",
    "asyncio.Semaphore": "acquire",
    "asyncio.BoundedSemaphore": "acquire",
    "asyncio.Event": "wait",
    "asyncio.Condition": "wait wait_for acquire",
    "asyncio.Barrier": "wait",
    "asyncio.StreamReader": _STREAM_READER,
    "asyncio.StreamWriter": "drain wait_closed start_tls",
    "asyncio.subprocess.Process": "wait communicate",
    "asyncio.AbstractEventLoop": "getaddrinfo getnameinfo sock_recv sock_sendall sock_connect "
    "sock_accept create_connection create_server shutdown_asyncgens",
    "anyio": "sleep",
    "aiohttp.ClientSession": "close",
    "aiohttp.ClientResponse": "json text read",
    "aiohttp.ClientWebSocketResponse": "send_str send_bytes send_json receive close ping",
    "httpx.AsyncClient": f"{HTTP_VERBS} send aclose",
    "redis.asyncio.Redis": "get set delete ping aclose expire incr hget hset publish exists",
    "asyncpg.Connection": "execute executemany fetch fetchrow fetchval close",
    "asyncpg.Pool": "execute executemany fetch fetchrow fetchval close",
}
FOREIGN_COROUTINES: Final = frozenset(
    f"{owner}.{name}" for owner, names in _NAMES.items() for name in names.split()
)


def is_foreign_coroutine(name: str) -> bool:
    """Tell whether calling a foreign name gives a coroutine."""
    return name in FOREIGN_COROUTINES
