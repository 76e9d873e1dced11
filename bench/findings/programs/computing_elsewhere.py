"""The same kind of work where it harms nobody, and once where it does."""
# how: simulate --cost digest=0.4s --cost total=0.3s

import asyncio
from concurrent.futures import ProcessPoolExecutor


def digest(rounds: int) -> int:
    value = 1
    for _ in range(rounds):
        value = value * 31 % 1_000_003
    return value


def total(values: list[int]) -> int:
    return sum(values)


async def in_process(pool: ProcessPoolExecutor) -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, digest, 10)  # right: computing-on-loop


async def tick() -> int:
    beats = 0
    for _ in range(5):
        await asyncio.sleep(0.1)
        beats += 1
    return beats


async def on_loop() -> int:
    await asyncio.sleep(0.05)
    return total([1, 2, 3])  # expect: computing-on-loop


async def main() -> None:
    with ProcessPoolExecutor(2) as pool:
        await asyncio.gather(in_process(pool), on_loop(), tick())


if __name__ == "__main__":
    print(total([4, 5]))  # right: computing-on-loop
    asyncio.run(main())
