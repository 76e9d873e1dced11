"""A bot that answers with what it finds; half of it in the wrong order."""
# how: simulate --cost none --world world.toml

import asyncio
import contextvars

import httpx

USER: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="nobody")


class Search:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def query(self, text: str) -> dict:
        answer = await self.client.get("http://api.test/search", params={"q": text})
        return answer.json()

    async def image(self, text: str) -> bytes:
        answer = await self.client.get("http://api.test/image", params={"q": text})
        return answer.content

    async def remember(self, text: str) -> None:
        await self.client.post("http://api.test/history", json={"q": text})


async def set_user(name: str) -> None:
    await asyncio.sleep(0.1)
    USER.set(name)


async def greeting() -> str:
    await asyncio.sleep(0.1)
    return f"hello {USER.get()}"


async def greeted(name: str) -> str:
    await set_user(name)  # right: sequential-awaits
    return await greeting()  # right: sequential-awaits


async def answer(search: Search, text: str) -> tuple[dict, bytes]:
    found = await search.query(text)  # expect: sequential-awaits=answer
    picture = await search.image(text)  # expect: sequential-awaits=answer
    return found, picture


async def answer_all(search: Search, texts: list[str]) -> dict[str, dict]:
    answers = {}
    for text in texts:
        answers[text] = await search.query(text)  # expect: sequential-awaits
    return answers


async def refine(search: Search, text: str) -> dict:
    found: dict = {}
    for _ in range(3):
        found = await search.query(text)  # right: sequential-awaits
        text = found.get("better", text + "!")
    return found


async def record(search: Search, texts: list[str]) -> None:
    for text in texts:
        await search.remember(text)  # right: sequential-awaits


async def suggestions(search: Search, texts: list[str]) -> list[dict]:
    return [await search.query(text) for text in texts if text]  # expect: sequential-awaits


async def lazily(search: Search, texts: list[str]):
    for text in texts:
        yield await search.query(text)  # right: sequential-awaits


async def consume(search: Search, texts: list[str]) -> int:
    count = 0
    async for found in lazily(search, texts):
        count += len(found)
    return count


async def main() -> None:
    async with httpx.AsyncClient(timeout=5) as client:
        search = Search(client)
        texts = ["a", "b", "c"]
        async with asyncio.TaskGroup() as group:
            group.create_task(greeted("ada"))
            group.create_task(answer(search, "a"))
            group.create_task(answer_all(search, texts))
            group.create_task(refine(search, "b"))
            group.create_task(record(search, texts))
            group.create_task(suggestions(search, texts))
            group.create_task(consume(search, texts))


asyncio.run(main())
