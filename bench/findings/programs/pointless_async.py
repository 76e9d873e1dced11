"""Concurrency that brings nothing."""
# how: simulate --cost none

import asyncio
import json
import time

CACHE = {"a": 1, "b": 2, "c": 3}


async def cached(name: str) -> int:
    return CACHE[name]


async def doubled(name: str) -> int:
    return await cached(name) * 2


async def all_cached() -> list[int]:
    return await asyncio.gather(*(cached(name) for name in CACHE))  # expect: pointless-async


async def pair() -> list[int]:
    return await asyncio.gather(doubled("a"), doubled("b"))  # expect: pointless-async


def slow(text: str) -> str:
    time.sleep(0.1)  # expect: blocking-call=slow
    return text.upper()


async def offloaded_result() -> str:
    return await asyncio.to_thread(slow("text"))  # expect: pointless-async, blocking-call=slow


async def tiny_offload() -> list[dict]:
    answers = []
    for _ in range(4):
        answers.append(await asyncio.to_thread(json.loads, '{"a": 1}'))  # expect: pointless-async
    return answers


async def useful_offload() -> str:
    return await asyncio.to_thread(quick_sleep, "text")  # right: pointless-async


def quick_sleep(text: str) -> str:
    time.sleep(0.2)  # right: blocking-call
    return text


async def one_alone() -> int:
    (value,) = await asyncio.gather(waited(3))  # expect: pointless-async
    return value


async def waited(value: int) -> int:
    await asyncio.sleep(0.05)
    return value


async def useful() -> list[int]:
    return await asyncio.gather(waited(1), waited(2))  # right: pointless-async


async def yielding() -> list[int]:
    return await asyncio.gather(waited(1), cached("a"))  # right: pointless-async


async def attempted() -> str:
    try:
        return await offloaded_result()
    except TypeError as error:
        return str(error)


async def main() -> None:
    async with asyncio.TaskGroup() as group:
        for part in (all_cached, pair, attempted, tiny_offload, useful_offload, one_alone, useful, yielding):
            group.create_task(part())


asyncio.run(main())
