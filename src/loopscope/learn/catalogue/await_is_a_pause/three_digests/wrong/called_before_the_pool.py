"""Computes the digests of three blocks, "all at once"."""

import asyncio
from concurrent.futures import ProcessPoolExecutor


def digest(block: int) -> str:
    """Return the digest of a block. It computes for two seconds."""
    total = 0
    for number in range(1_000):  # many more in real life
        total = (total * 31 + block + number) % 1_000_003
    return f"{total:x}"


async def process(block: int, pool: ProcessPoolExecutor) -> str:
    """Compute one digest."""
    print(f"block {block}: begins")
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(pool, str, digest(block))
    print(f"block {block}: ends")
    return found


async def digests() -> list[str]:
    """Compute three of them."""
    with ProcessPoolExecutor() as pool:
        return await asyncio.gather(*(process(block, pool) for block in (1, 2, 3)))


if __name__ == "__main__":
    print(asyncio.run(digests()))
