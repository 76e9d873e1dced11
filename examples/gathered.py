"""Three independent waits, all under way at the same time.

What it shows: `asyncio.gather` makes a task of each coroutine. The loop starts the three tasks one
after the other, within a fraction of a millisecond, and then their waits run out side by side.

What a newcomer expects, after having seen `sequential.py`: that three threads or three cores do
this. There is one thread; only the waiting overlaps.

What loopscope will say: the total is 0.5 s, the longest of the three waits. Three tasks beside
`main`, three waits open at the peak, and a critical path that goes through "weather" alone: "news"
and "trains" could be slower without anybody noticing.
"""

import asyncio
import time


async def ask(service: str, answers_after_s: float) -> str:
    """Ask a remote service; the sleep stands for the network and the other machine."""
    print(f"  ask {service}")
    await asyncio.sleep(answers_after_s)  # <- waits overlap
    print(f"  {service} answered")
    return f"{service}: ok"


async def load_dashboard() -> list[str]:
    """Ask for the three parts of the dashboard together; results keep the order of arguments."""
    weather, news, trains = await asyncio.gather(
        ask("weather", 0.5),
        ask("news", 0.3),
        ask("trains", 0.2),
    )
    return [weather, news, trains]


async def main() -> None:
    """Load the dashboard and print how long it took."""
    started_s = time.perf_counter()
    parts = await load_dashboard()
    elapsed_s = time.perf_counter() - started_s
    print(", ".join(parts))
    print(f"total {elapsed_s:.1f} s: the longest of 0.5, 0.3 and 0.2")


if __name__ == "__main__":
    asyncio.run(main())
