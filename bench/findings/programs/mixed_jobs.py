"""A small job queue with supervisors of different skill."""
# how: simulate --cost shrink=0.25s

import asyncio
from collections.abc import Awaitable, Callable

RESULTS: dict[int, str] = {}


def shrink(text: str) -> str:
    return text[::2]


async def fetch(number: int) -> str:
    await asyncio.sleep(0.1)
    if number == 4:
        raise LookupError(number)
    return f"job {number}"


async def handle(number: int) -> str:
    text = await fetch(number)
    return shrink(text)  # expect: computing-on-loop


async def supervise_badly(numbers: list[int]) -> None:
    for number in numbers:
        task = asyncio.create_task(handle(number))  # expect: exception-never-retrieved
        task.add_done_callback(lambda done: print(done.get_name()[:4]))
        RESULTS[number] = task.get_name()
    await asyncio.sleep(2)


async def supervise_quietly(numbers: list[int]) -> list[object]:
    done = await asyncio.gather(*(fetch(number) for number in numbers), return_exceptions=True)  # expect: unchecked-results
    RESULTS.update({number: str(one) for number, one in zip(numbers, done, strict=True)})
    return done


async def supervise_well(numbers: list[int]) -> int:
    good = 0
    done = await asyncio.gather(*(fetch(number) for number in numbers), return_exceptions=True)  # right: unchecked-results
    for number, one in zip(numbers, done, strict=True):
        if isinstance(one, LookupError):
            print("job", number, "is missing")
        elif isinstance(one, BaseException):
            raise one
        else:
            good += 1
    return good


async def forever(step: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await step()
        except (ValueError, asyncio.CancelledError):  # expect: swallowed-cancellation
            break
        await asyncio.sleep(0.1)  # right: polling


async def step() -> None:
    await asyncio.sleep(0.05)


async def main() -> None:
    worker = asyncio.create_task(forever(step))
    await asyncio.gather(supervise_badly([1, 4]), supervise_quietly([2, 4]), supervise_well([3, 4]))
    worker.cancel()
    await asyncio.wait([worker])


asyncio.run(main())
