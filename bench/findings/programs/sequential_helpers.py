"""Awaits in turn behind helpers and methods; some of the helpers share more than one sees."""
# how: simulate --cost none

import asyncio
from dataclasses import dataclass, field


@dataclass
class Store:
    seen: list[str] = field(default_factory=list)

    async def remember(self, name: str) -> None:
        await asyncio.sleep(0.1)
        self.seen.append(name)

    async def latest(self) -> str:
        await asyncio.sleep(0.1)
        return self.seen[-1]


class Catalogue:
    async def find_title(self, number: int) -> str:
        await asyncio.sleep(0.2)
        return f"title {number}"

    async def find_cover(self, number: int) -> str:
        await asyncio.sleep(0.25)
        return f"cover {number}"


BALANCE = {"amount": 100}


async def withdraw(amount: int) -> None:
    before = BALANCE["amount"]
    await asyncio.sleep(0.1)
    BALANCE["amount"] = before - amount


async def book(catalogue: Catalogue, number: int) -> tuple[str, str]:
    title = await catalogue.find_title(number)  # expect: sequential-awaits=book
    cover = await catalogue.find_cover(number)  # expect: sequential-awaits=book
    return title, cover


async def visit(store: Store) -> str:
    await store.remember("ada")  # right: sequential-awaits
    return await store.latest()  # right: sequential-awaits


async def spend() -> int:
    await withdraw(10)  # right: sequential-awaits
    await withdraw(20)  # right: sequential-awaits
    return BALANCE["amount"]


async def load_title(number: int) -> str:
    return await Catalogue().find_title(number)


async def load_cover(number: int) -> str:
    return await Catalogue().find_cover(number)


async def poster(number: int) -> str:
    title = await load_title(number)  # expect: sequential-awaits=poster
    cover = await load_cover(number)  # expect: sequential-awaits=poster
    return f"{title} {cover}"


async def covers(numbers: list[int]) -> list[str]:
    result = []
    for number in numbers:
        cover = await load_cover(number)  # expect: sequential-awaits
        result.append(cover.upper())
    return result


async def main() -> None:
    catalogue = Catalogue()
    store = Store()
    await asyncio.gather(
        book(catalogue, 1), visit(store), spend(), poster(4), covers([5, 6, 7])
    )


asyncio.run(main())
