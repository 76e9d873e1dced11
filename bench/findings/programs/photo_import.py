"""Thumbnails and checksums of photos: computing on the loop, and off it."""
# how: run

import asyncio
import hashlib
from concurrent.futures import ProcessPoolExecutor


def shrink(pixels: list[int]) -> int:
    total = 0
    for _ in range(12):
        total += sum(one * one % 7 for one in pixels)
    return total


def checksum(data: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha256", data, b"salt", 400_000).hex()


async def thumbnail(pixels: list[int]) -> int:
    await asyncio.sleep(0.01)
    return shrink(pixels)  # expect: computing-on-loop


async def sign(data: bytes) -> str:
    await asyncio.sleep(0.01)
    return checksum(data)  # expect: computing-on-loop


async def thumbnail_well(pool: ProcessPoolExecutor, pixels: list[int]) -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, shrink, pixels)  # right: computing-on-loop


async def sign_well(data: bytes) -> str:
    return await asyncio.to_thread(checksum, data)  # right: computing-on-loop


async def name(number: int) -> str:
    await asyncio.sleep(0.01)
    return f"{number:04}".upper()  # right: computing-on-loop


async def ticks() -> None:
    for _ in range(60):
        await asyncio.sleep(0.01)


async def main() -> None:
    pixels = list(range(100_000))
    with ProcessPoolExecutor(1) as pool:
        await asyncio.gather(ticks(), thumbnail(pixels), sign(b"photo"), name(3))  # accept: sequential-awaits
        await asyncio.gather(ticks(), thumbnail_well(pool, pixels), sign_well(b"photo"))  # accept: sequential-awaits


if __name__ == "__main__":
    asyncio.run(main())
