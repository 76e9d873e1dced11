"""A helper computes for 0.4 s of the thread's CPU time inside a coroutine; four tickers suffer."""

import asyncio
import time


def crunch(cpu_s: float) -> int:
    """Add up squares until the thread has used that much CPU time."""
    total = 0
    end_s = time.thread_time() + cpu_s
    while time.thread_time() < end_s:
        # Looks at the clock are few: they call the system, where a busy machine turns to others.
        for number in range(100_000):
            total += number * number  # <- computes
    return total


async def tick(period_s: float) -> float:
    """Sleep ten times and return the worst lateness."""
    loop = asyncio.get_running_loop()
    worst_s = 0.0
    for _ in range(10):
        due_s = loop.time() + period_s
        await asyncio.sleep(period_s)
        worst_s = max(worst_s, loop.time() - due_s)
    return worst_s


async def hold_the_loop() -> None:
    """Let the tickers get going, then compute."""
    await asyncio.sleep(0.05)
    crunch(0.4)  # <- calls


async def main() -> None:
    """Run the tickers beside the task that computes."""
    async with asyncio.TaskGroup() as group:
        tickers = [group.create_task(tick(0.02), name=f"ticker-{number}") for number in range(4)]
        group.create_task(hold_the_loop(), name="cruncher")
    late_count = sum(ticker.result() > 0.3 for ticker in tickers)
    print(f"{late_count} of {len(tickers)} tickers were late")


if __name__ == "__main__":
    asyncio.run(main())
