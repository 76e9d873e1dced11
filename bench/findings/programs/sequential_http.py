"""A dashboard: independent requests in turn, dependent ones in turn, and gathers that do not help."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp

BASE = "http://api.test"


async def get(session: aiohttp.ClientSession, path: str) -> dict:
    async with session.get(BASE + path) as answer:
        return await answer.json()


async def send(session: aiohttp.ClientSession, path: str) -> int:
    async with session.post(BASE + path) as answer:
        return answer.status


async def load(session: aiohttp.ClientSession) -> dict:
    weather = await get(session, "/weather")  # expect: sequential-awaits=load
    title = "today"
    news = await get(session, "/news")  # expect: sequential-awaits=load
    stocks = await get(session, "/stocks")  # expect: sequential-awaits=load
    return {title: (weather, news, stocks)}


async def log_in(session: aiohttp.ClientSession) -> dict:
    await send(session, "/login")  # right: sequential-awaits
    return await get(session, "/me")  # right: sequential-awaits


async def transfer(session: aiohttp.ClientSession) -> None:
    await check_balance(session)  # right: sequential-awaits
    await send(session, "/transfer")  # right: sequential-awaits


async def check_balance(session: aiohttp.ClientSession) -> None:
    balance = await get(session, "/balance")
    if balance.get("amount", 1) <= 0:
        raise ValueError("no money")


async def decorate(session: aiohttp.ClientSession, style: dict) -> dict:
    return style | await get(session, "/decoration")


async def styled(session: aiohttp.ClientSession) -> list[dict]:
    return await asyncio.gather(get(session, "/a"), decorate(session, await get(session, "/style")))  # expect: sequential-awaits


async def in_pairs(session: aiohttp.ClientSession, paths: list[str]) -> list[dict]:
    out = []
    for path in paths:
        both = await asyncio.gather(get(session, path), get(session, path + "/more"))  # expect: sequential-awaits
        out.extend(both)
    return out


async def paged(session: aiohttp.ClientSession) -> list[dict]:
    pages = []
    cursor = "0"
    for _ in range(3):
        page = await get(session, f"/list?after={cursor}")  # right: sequential-awaits
        pages.append(page)
        cursor = str(page.get("next", len(pages)))
    return pages


async def main() -> None:
    timeout = aiohttp.ClientTimeout(total=9)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        await asyncio.gather(
            load(session),
            log_in(session),
            transfer(session),
            styled(session),
            in_pairs(session, ["/p", "/q", "/r"]),
            paged(session),
        )


asyncio.run(main())
