"""Three independent waits, one after the other.

What it shows: `await` starts nothing "on the side". It means "I cannot go on without this answer",
so the second request leaves only after the first has been answered.

What a newcomer expects: three requests in an `async` function overlap, the total is the slowest
one, 0.5 s.

What loopscope will say: the total is 1.0 s, which is 0.5 + 0.3 + 0.2. One task does everything,
never more than one wait is open at a time, and the critical path is made of three waits, begun at
the three marked lines.

Compare `gathered.py`, where only `load_dashboard` is different.
"""

import asyncio
import time


async def ask(service: str, answers_after_s: float) -> str:
    """Ask a remote service; the sleep stands for the network and the other machine."""
    print(f"  ask {service}")
    await asyncio.sleep(answers_after_s)
    print(f"  {service} answered")
    return f"{service}: ok"


async def load_dashboard() -> list[str]:
    """Ask for the three parts of the dashboard in turn."""
    weather = await ask("weather", 0.5)  # <- waits in turn
    news = await ask("news", 0.3)  # <- waits in turn
    trains = await ask("trains", 0.2)  # <- waits in turn
    return [weather, news, trains]


async def main() -> None:
    """Load the dashboard and print how long it took."""
    started_s = time.perf_counter()
    parts = await load_dashboard()
    elapsed_s = time.perf_counter() - started_s
    print(", ".join(parts))
    print(f"total {elapsed_s:.1f} s: the sum of 0.5, 0.3 and 0.2")


if __name__ == "__main__":
    asyncio.run(main())
