"""Blocking calls behind decorators, properties, constructors and context managers."""
# how: simulate --cost none --world world.toml

import asyncio
import contextlib
import functools
import time
from collections.abc import Iterator

import requests


@functools.cache
def settings() -> str:
    return requests.get("http://api.test/settings", timeout=5).text  # expect: blocking-call=settings


class Device:
    def __init__(self, port: int) -> None:
        self.port = port
        time.sleep(0.1)  # expect: blocking-call=device

    @property
    def level(self) -> int:
        time.sleep(0.1)  # expect: blocking-call=level
        return self.port

    @functools.cached_property
    def serial(self) -> str:
        return requests.get("http://api.test/serial", timeout=5).text  # expect: blocking-call=serial

    def __enter__(self) -> "Device":
        time.sleep(0.1)  # expect: blocking-call=enter
        return self

    def __exit__(self, *_: object) -> None:
        self.port = 0


@contextlib.contextmanager
def opened(port: int) -> Iterator[int]:
    time.sleep(0.1)  # expect: blocking-call=opened
    yield port


async def made() -> Device:
    return Device(1)  # expect: blocking-call=device


async def read(device: Device) -> tuple[int, str]:
    level = device.level  # expect: blocking-call=level
    return level, device.serial  # expect: blocking-call=serial


async def entered(device: Device) -> int:
    with device as held:  # expect: blocking-call=enter
        return held.port


async def in_manager() -> int:
    with opened(3) as port:  # expect: blocking-call=opened
        return port


async def configured() -> str:
    return settings()  # expect: blocking-call=settings


async def configured_well() -> str:
    return await asyncio.to_thread(settings)  # right: blocking-call


async def ticks() -> None:
    for _ in range(100):
        await asyncio.sleep(0.02)


async def main() -> None:
    ticking = asyncio.create_task(ticks())
    device = await made()  # accept: sequential-awaits
    await read(device)  # accept: sequential-awaits
    await entered(device)  # accept: sequential-awaits
    await in_manager()  # accept: sequential-awaits
    await configured()  # accept: sequential-awaits
    await configured_well()  # accept: sequential-awaits
    await ticking  # accept: sequential-awaits


asyncio.run(main())
