"""One task calls `time.sleep` for 0.4 s; five tickers of 10 to 20 ms suffer from it."""

import asyncio
import time

PERIODS_S = [0.010, 0.012, 0.014, 0.016, 0.020]


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
    """Let the tickers get going, then hold the loop."""
    await asyncio.sleep(0.05)
    time.sleep(0.4)  # <- blocks


async def main() -> None:
    """Run the tickers beside the task that blocks."""
    async with asyncio.TaskGroup() as group:
        tickers = [
            group.create_task(tick(period_s), name=f"ticker-{number}")
            for number, period_s in enumerate(PERIODS_S)
        ]
        group.create_task(hold_the_loop(), name="blocker")
    late_count = sum(ticker.result() > 0.3 for ticker in tickers)
    print(f"{late_count} of {len(tickers)} tickers were late")


if __name__ == "__main__":
    asyncio.run(main())
