"""Waiting for things outside the program, which nobody can announce: retries and remote states."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp

LIMIT = aiohttp.ClientTimeout(total=5)


async def state(session: aiohttp.ClientSession) -> str:
    async with session.get("http://api.test/job/7") as answer:
        return (await answer.json()).get("state", "done")


async def wait_for_remote(session: aiohttp.ClientSession) -> str:
    for _ in range(5):
        answer = await state(session)
        if answer == "done":
            return answer
        await asyncio.sleep(1)  # right: polling
    return "late"


async def with_retry(session: aiohttp.ClientSession) -> str:
    delay = 0.1
    while True:
        try:
            return await state(session)
        except aiohttp.ClientError:
            await asyncio.sleep(delay)  # right: polling
            delay *= 2


class Flag:
    up = False


async def raise_later(flag: Flag) -> None:
    await asyncio.sleep(0.2)
    flag.up = True


async def wait_spinning(flag: Flag) -> None:
    while not flag.up:
        await asyncio.sleep(0)  # expect: polling


async def main() -> None:
    flag = Flag()
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        await asyncio.gather(wait_for_remote(session), with_retry(session), raise_later(flag), wait_spinning(flag))


asyncio.run(main())
