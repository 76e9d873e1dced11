"""Tasks that are awaited where they are made, beside tasks that run meanwhile."""
# how: simulate --cost none

import asyncio
from asyncio import create_task

PATHS = ("/a", "/b", "/c")


class Shop:
    async def fetch(self, path: str) -> str:
        await asyncio.sleep(0.1)
        return path.upper()

    async def listing(self) -> list[str]:
        pages = []
        for path in PATHS:
            pages.append(await asyncio.create_task(self.fetch(path)))  # expect: sequential-awaits
        return pages

    async def listing_right(self) -> list[str]:
        tasks = []
        for path in PATHS:
            tasks.append(asyncio.create_task(self.fetch(path)))
        return [await task for task in tasks]  # right: sequential-awaits

    async def page(self) -> tuple[str, str]:
        head = await create_task(self.fetch("/head"))  # expect: sequential-awaits=page
        foot = await create_task(self.fetch("/foot"))  # expect: sequential-awaits=page
        return head, foot

    async def page_right(self) -> tuple[str, str]:
        task = create_task(self.fetch("/head"))
        foot = await self.fetch("/foot")  # right: sequential-awaits
        return await task, foot  # right: sequential-awaits

    async def chain(self) -> str:
        key = await create_task(self.fetch("/key"))  # right: sequential-awaits
        return await create_task(self.fetch(f"/{key}"))  # right: sequential-awaits

    async def numbered(self, pages: int) -> list[str]:
        found = []
        for page in range(1, pages + 1):
            found.append(await self.fetch(f"/{page}"))  # expect: sequential-awaits
        return found

    async def until_empty(self) -> list[str]:
        found = []
        for page in range(1, 9):
            text = await self.fetch(f"/{page}")  # right: sequential-awaits
            if text.endswith("3"):
                break
            found.append(text)
        return found

    async def paces(self) -> None:
        for path in PATHS:
            await create_task(asyncio.sleep(len(path) / 100))  # right: sequential-awaits


async def main() -> None:
    shop = Shop()
    async with asyncio.TaskGroup() as group:
        group.create_task(shop.listing())
        group.create_task(shop.listing_right())
        group.create_task(shop.page())
        group.create_task(shop.page_right())
        group.create_task(shop.chain())
        group.create_task(shop.numbered(4))
        group.create_task(shop.until_empty())
        group.create_task(shop.paces())


asyncio.run(main())
