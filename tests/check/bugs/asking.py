"""One question to a host, and its answer: what all these programs do with the network."""

import asyncio


async def ask(host: str, question: str) -> str:
    """Return what a host answers."""
    reader, writer = await asyncio.open_connection(host, 7000)
    try:
        writer.write(question.encode() + b"\n")
        return (await reader.readline()).decode().strip()
    finally:
        writer.close()
