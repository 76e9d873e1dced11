"""One `gather` starts ten thousand tasks at once; all of them wait at the same time."""

import asyncio


async def one(number: int) -> int:
    """Wait a little and return the number."""
    await asyncio.sleep(0.01)
    return number


async def main() -> None:
    """Start them all, without any limit."""
    numbers = await asyncio.gather(*(one(number) for number in range(10_000)))  # <- all at once
    print(f"{len(numbers)} tasks, sum {sum(numbers)}")


if __name__ == "__main__":
    asyncio.run(main())
