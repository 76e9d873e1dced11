"""Async code that gains nothing by it."""
# how: run

import asyncio


async def square(number: int) -> int:
    return number * number


async def fetch(number: int) -> int:
    await asyncio.sleep(0.01)
    return number


def render(rows: list[int]) -> str:
    return ",".join(map(str, rows))


async def squares(numbers: list[int]) -> list[int]:
    return await asyncio.gather(*(square(one) for one in numbers))  # expect: pointless-async


async def page(rows: list[int]) -> str:
    return await asyncio.to_thread(render(rows))  # expect: pointless-async


async def page_well(rows: list[int]) -> str:
    return await asyncio.to_thread(render, rows)  # accept: pointless-async


async def fetched(numbers: list[int]) -> list[int]:
    return await asyncio.gather(*(fetch(one) for one in numbers))  # right: pointless-async


async def tasks_of_squares() -> int:
    async with asyncio.TaskGroup() as group:  # expect: pointless-async=group
        a = group.create_task(square(3))  # expect: pointless-async=group
        b = group.create_task(square(4))  # expect: pointless-async=group
    return a.result() + b.result()  # right: blocking-call


async def main() -> None:
    numbers = [1, 2, 3]
    print(await squares(numbers), await fetched(numbers), await tasks_of_squares())  # accept: sequential-awaits
    try:
        print(await page(numbers))  # accept: sequential-awaits
    except TypeError as error:
        print(error)
    print(await page_well(numbers))  # accept: sequential-awaits


asyncio.run(main())
