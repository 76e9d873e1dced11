"""Mails to many: what comes of those that fail?"""
# how: simulate --cost none --world world.toml

import asyncio


async def send(address: str) -> str:
    await asyncio.sleep(0.1)
    if "@" not in address:
        raise ValueError(address)
    return f"sent to {address}"


async def loses(addresses: list[str]) -> list[str]:
    try:
        return await asyncio.gather(*[send(one) for one in addresses])  # expect: gather-loses-results
    except ValueError:
        print("a bad address")
        return []


async def passes_on(addresses: list[str]) -> list[str]:
    return await asyncio.gather(*[send(one) for one in addresses])  # right: gather-loses-results


async def counts(addresses: list[str]) -> int:
    results = await asyncio.gather(*(send(one) for one in addresses), return_exceptions=True)  # expect: unchecked-results
    return len(results)


async def forgets(addresses: list[str]) -> None:
    await asyncio.gather(*(send(one) for one in addresses), return_exceptions=True)  # expect: unchecked-results


async def checks(addresses: list[str]) -> list[str]:
    results = await asyncio.gather(*(send(one) for one in addresses), return_exceptions=True)  # right: unchecked-results
    bad = [one for one in results if isinstance(one, Exception)]
    if bad:
        raise ExceptionGroup("not sent", bad)
    return [one for one in results if isinstance(one, str)]


async def matches(addresses: list[str]) -> int:
    sent = 0
    for result in await asyncio.gather(*map(send, addresses), return_exceptions=True):  # right: unchecked-results
        match result:
            case str():
                sent += 1
            case BaseException() as error:
                print("failed:", error)
    return sent


async def grouped(addresses: list[str]) -> None:
    try:
        async with asyncio.TaskGroup() as group:  # right: gather-loses-results
            for one in addresses:
                group.create_task(send(one))  # right: lost-task
    except* ValueError as errors:
        print(len(errors.exceptions), "failed")


async def main() -> None:
    addresses = ["a@b", "c@d", "nobody"]
    await loses(addresses)  # accept: sequential-awaits
    await counts(addresses)  # accept: sequential-awaits
    await forgets(addresses)  # accept: sequential-awaits
    await matches(addresses)  # accept: sequential-awaits
    await grouped(addresses)  # accept: sequential-awaits
    try:
        await checks(addresses)  # accept: sequential-awaits
        await passes_on(addresses)  # accept: sequential-awaits
    except ExceptionGroup as group:
        print(group)


asyncio.run(main())
