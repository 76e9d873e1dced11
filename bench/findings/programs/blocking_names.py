"""Names are looked up, input is read and a web page is fetched, all on the loop."""
# how: simulate --cost none --world world.toml

import asyncio
import http.client
import socket
import urllib.request
from functools import partial


class Resolver:
    """Knows where services live."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def address(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = socket.gethostbyname(name)  # expect: blocking-call=names
        return self.known[name]


async def where(resolver: Resolver) -> str:
    return resolver.address("api.test")  # expect: blocking-call=names


async def where_well() -> str:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo("api.test", 80)  # right: blocking-call
    return found[0][4][0]


async def status() -> int:
    connection = http.client.HTTPConnection("api.test", timeout=3)
    connection.request("GET", "/")  # expect: blocking-call
    return connection.getresponse().status  # expect: blocking-call


async def page() -> bytes:
    loop = asyncio.get_running_loop()
    answer = await loop.run_in_executor(None, partial(urllib.request.urlopen, "http://api.test/", timeout=3))  # right: blocking-call
    return answer.read()


async def main() -> None:
    resolver = Resolver()
    await asyncio.gather(where(resolver), where_well(), status(), page())


asyncio.run(main())
