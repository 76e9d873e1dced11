"""Ten prices, one refusal: what is left of the other nine."""
# how: simulate --cost none

import asyncio


async def price(name: str) -> float:
    await asyncio.sleep(0.05 + len(name) / 100)
    if name == "bad":
        raise ConnectionError("refused")
    return len(name) * 1.5


async def all_or_nothing(names: list[str]) -> list[float]:
    try:
        return await asyncio.gather(*(price(name) for name in names))  # expect: gather-loses-results
    except ConnectionError:
        return []


async def empty_on_error(names: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    try:
        first, second = await asyncio.gather(price(names[0]), price(names[1]))  # expect: gather-loses-results
        found = {names[0]: first, names[1]: second}
    except Exception as error:
        print("no prices:", error)
    return found


async def grouped(names: list[str]) -> list[float]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(price(name)) for name in names]  # right: gather-loses-results
    except* ConnectionError as group_of_errors:
        print(len(group_of_errors.exceptions), "refused")
    return [task.result() for task in tasks if not task.cancelled() and not task.exception()]


async def kept(names: list[str]) -> dict[str, float | None]:
    answers = await asyncio.gather(*(price(name) for name in names), return_exceptions=True)  # right: gather-loses-results
    return {
        name: None if isinstance(answer, BaseException) else answer
        for name, answer in zip(names, answers, strict=True)
    }


async def guarded(name: str) -> float | None:
    try:
        return await price(name)
    except ConnectionError:
        return None


async def each_guarded(names: list[str]) -> list[float | None]:
    try:
        return await asyncio.gather(*(guarded(name) for name in names))  # right: gather-loses-results
    except RuntimeError:
        return []


async def retried(names: list[str]) -> list[float]:
    for _ in range(2):
        try:
            return await asyncio.gather(*(price(name) for name in names))  # expect: gather-loses-results
        except ConnectionError:
            await asyncio.sleep(0.01)
    return []


async def main() -> None:
    names = ["btc", "bad", "ether"]
    async with asyncio.TaskGroup() as group:
        group.create_task(all_or_nothing(names))
        group.create_task(empty_on_error(names))
        group.create_task(grouped(names))
        group.create_task(kept(names))
        group.create_task(each_guarded(names))
        group.create_task(retried(names))


asyncio.run(main())
