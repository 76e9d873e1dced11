"""Computes the digests of three blocks, "all at once"."""

import asyncio


def digest(block: int) -> str:
    """Return the digest of a block. It computes for two seconds."""
    total = 0
    for number in range(1_000):  # many more in real life
        total = (total * 31 + block + number) % 1_000_003
    return f"{total:x}"


async def process(block: int) -> str:
    """Compute one digest."""
    print(f"block {block}: begins")
    found = digest(block)
    print(f"block {block}: ends")
    return found


async def digests() -> list[str]:
    """Compute three of them."""
    return await asyncio.gather(process(1), process(2), process(3))


if __name__ == "__main__":
    print(asyncio.run(digests()))
