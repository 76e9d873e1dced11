"""More claims: some are about what await starts, one is about what it does not."""
# how: simulate --cost none

import asyncio
import time


async def load(name: str) -> str:
    await asyncio.sleep(0.2)
    return name


async def report() -> list[str]:
    # Both loads run in parallel.  expect: false-claim
    first = await load("first")  # expect: sequential-awaits=report
    second = await load("second")  # expect: sequential-awaits=report
    return [first, second]


async def logged(text: str) -> None:
    """Write to the log in a thread pool."""  # expect: false-claim
    time.sleep(0.1)  # expect: blocking-call
    print(text)


async def in_turn() -> list[str]:
    # One after the other, not in parallel: the second needs the first.  right: false-claim
    first = await load("first")
    second = await load(first + "s")  # right: sequential-awaits
    return [first, second]


async def several() -> list[str]:
    """Load several names at the same time."""  # right: false-claim
    return await asyncio.gather(load("a"), load("b"), load("c"))


async def every(names: list[str]) -> list[str]:
    """Load all names concurrently."""  # expect: false-claim
    loaded = []
    for name in names:
        loaded.append(await load(name))  # expect: sequential-awaits
    return loaded


async def dots(count: int) -> None:
    """Print a dot now and then, concurrently with the loads."""  # right: false-claim
    for _ in range(count):
        await asyncio.sleep(0.1)  # right: false-claim
        print(".")


async def by_pairs(pairs: list[tuple[str, str]]) -> list[str]:
    """Load the names of each pair in parallel."""  # right: false-claim
    loaded = []
    for first, second in pairs:
        loaded += await asyncio.gather(load(first), load(second))  # accept: sequential-awaits
    return loaded


async def main() -> None:
    await asyncio.gather(report(), logged("text"), in_turn(), several())
    await asyncio.gather(every(["d", "e", "f"]), dots(4), by_pairs([("g", "h"), ("i", "j")]))


asyncio.run(main())
