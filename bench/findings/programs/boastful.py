"""A module whose comments claim more than it does."""
# how: simulate --cost none --world world.toml

import asyncio

import httpx


async def user(client: httpx.AsyncClient) -> str:
    return (await client.get("http://api.test/user", timeout=5)).text


async def basket(client: httpx.AsyncClient) -> str:
    return (await client.get("http://api.test/basket", timeout=5)).text


async def page(client: httpx.AsyncClient) -> str:
    # Load the user and the basket concurrently.  # expect: false-claim=page
    who = await user(client)  # expect: sequential-awaits=page, false-claim=page
    what = await basket(client)  # expect: sequential-awaits=page, false-claim=page
    return who + what


async def page_well(client: httpx.AsyncClient) -> str:
    # Load the user and the basket concurrently.  # right: false-claim
    who, what = await asyncio.gather(user(client), basket(client))  # right: false-claim
    return who + what


async def hashed(text: str) -> int:
    """Hash in a background thread so that the loop stays free."""  # expect: false-claim
    await asyncio.sleep(0.01)
    return hash(text)


async def hashed_well(text: str) -> int:
    """Hash in a background thread so that the loop stays free."""  # right: false-claim
    return await asyncio.to_thread(hash, text)


async def main() -> None:
    async with httpx.AsyncClient() as client:
        await page(client)  # accept: sequential-awaits
        await page_well(client)  # accept: sequential-awaits
    await hashed("a")  # accept: sequential-awaits
    await hashed_well("b")  # accept: sequential-awaits


asyncio.run(main())
