"""Exceptions that come back as results, and who looks at them."""
# how: simulate --cost none

import asyncio


async def deliver(name: str) -> str:
    await asyncio.sleep(0.03)
    if not name.isalpha():
        raise ValueError(name)
    return name


async def close_all(names: list[str]) -> None:
    await asyncio.gather(*(deliver(name) for name in names), return_exceptions=True)  # expect: unchecked-results


async def total(names: list[str]) -> int:
    answers = await asyncio.gather(*(deliver(name) for name in names), return_exceptions=True)  # expect: unchecked-results
    return len(answers)


async def shown(names: list[str]) -> None:
    results = await asyncio.gather(deliver(names[0]), deliver(names[1]), return_exceptions=True)  # expect: unchecked-results
    for result in results:
        print(result)


async def checked(names: list[str]) -> list[str]:
    answers = await asyncio.gather(*(deliver(name) for name in names), return_exceptions=True)  # right: unchecked-results
    return [answer for answer in answers if isinstance(answer, str)]


async def raised(names: list[str]) -> list[str]:
    answers = await asyncio.gather(*(deliver(name) for name in names), return_exceptions=True)  # right: unchecked-results
    for answer in answers:
        if isinstance(answer, BaseException):
            print("not delivered:", answer)
    return [str(answer) for answer in answers]


async def matched(names: list[str]) -> int:
    good = 0
    for answer in await asyncio.gather(*(deliver(name) for name in names), return_exceptions=True):  # right: unchecked-results
        match answer:
            case BaseException():
                continue
            case _:
                good += 1
    return good


async def cancelled() -> None:
    tasks = [asyncio.create_task(deliver("slow")) for _ in range(2)]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)  # right: unchecked-results


async def main() -> None:
    names = ["ada", "b0b"]
    await asyncio.gather(
        close_all(names), total(names), shown(names), checked(names), raised(names), matched(names), cancelled()
    )


asyncio.run(main())
