"""One HTTP request: its complete answer, or the error that kept it from coming."""

import time
import urllib.request
from functools import lru_cache

import aiohttp
from yarl import URL

from spotprice.errors import BadResponseError, ConnectError, ExchangeError, NetworkError
from spotprice.exchanges.answer import Times
from spotprice.exchanges.base import Reply
from spotprice.network.resolver import DaemonResolver

MOST_BODY_BYTES = 1 << 20
"""A ticker has less than 2 KB; the longest answer that is documented (all markets) has 80 KB."""

_KEEP_ALIVE_S = 30
_NAMES_KEPT_S = 300


def make_session() -> aiohttp.ClientSession:
    """Make the one session that all exchanges share. Call it inside a running loop."""
    connector = aiohttp.TCPConnector(
        limit=0,  # the client limits requests itself, before the clock of a hedge begins
        ttl_dns_cache=_NAMES_KEPT_S,
        keepalive_timeout=_KEEP_ALIVE_S,
        resolver=DaemonResolver(),
    )
    session = aiohttp.ClientSession(
        connector=connector,
        # Coinbase refuses requests without a User-Agent.
        headers={"User-Agent": "spotprice", "Accept": "application/json"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # the deadline does it all
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    # aiohttp repeats a GET by itself when a connection breaks that was used before. Whether to ask
    # again is decided here, by the limits; there is no public way to say so.
    session._retry_connection = False  # noqa: SLF001
    return session


class Transport:
    """Sends requests over one session and turns whatever happens into an answer or an error."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def get(self, exchange_id: str, url: str) -> tuple[Reply, Times]:
        """Ask once.

        Raises:
            ExchangeError: No complete answer came, or one that is longer than any true one.
        """
        began_ns = time.perf_counter_ns()
        try:
            async with self.session.get(
                _parse(url), allow_redirects=False, proxy=proxy_for(_parse(url).host or "")
            ) as response:
                body = await _read(exchange_id, response)
                reply = Reply(response.status, response.headers, body)
        except (aiohttp.ClientError, OSError) as error:
            raise explain_failure(exchange_id, error) from error
        return reply, Times(time.time_ns(), time.perf_counter_ns() - began_ns)


async def _read(exchange_id: str, response: aiohttp.ClientResponse) -> bytes:
    """Read a body to its end, unless it is longer than it may be."""
    if (response.content_length or 0) <= MOST_BODY_BYTES:
        body = await response.content.readany()
        while not response.content.at_eof() and len(body) <= MOST_BODY_BYTES:
            body += await response.content.readany()
        if len(body) <= MOST_BODY_BYTES:
            return body
    response.close()  # instead of reading the rest of it
    raise BadResponseError(exchange_id, "its answer is longer than a megabyte")


@lru_cache(maxsize=16_384)
def _parse(url: str) -> URL:
    return URL(url, encoded=True)


@lru_cache(maxsize=256)
def proxy_for(host: str) -> str | None:
    """Return the proxy that the environment names for a host; none for this machine itself."""
    if host in ("127.0.0.1", "::1", "localhost") or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get("https") or proxies.get("all")


def explain_failure(exchange_id: str, error: Exception) -> ExchangeError:
    """Say in one sentence what kept an answer from coming."""
    kind: type[ExchangeError] = NetworkError
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        kind, reason = ConnectError, f"the name {error.host} cannot be looked up"
    elif isinstance(error, aiohttp.ClientSSLError):
        kind, reason = ConnectError, "no secure connection could be made"
    elif isinstance(error, aiohttp.ClientConnectorError):
        kind, reason = ConnectError, f"no connection to {error.host} ({error.os_error.strerror})"
    elif isinstance(error, aiohttp.ClientResponseError):
        kind, reason = BadResponseError, "its answer is not HTTP"
    elif isinstance(error, aiohttp.ClientPayloadError):
        reason = "the connection broke in the middle of the answer"
    else:
        reason = "the connection broke before an answer came"
    return kind(exchange_id, reason)
