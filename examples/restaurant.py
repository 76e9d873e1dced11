"""One waiter, three tables, and a kitchen that cooks meanwhile.

What it shows: who does what when, as numbered steps. The waiter is the loop's one thread and takes
every numbered step alone, one at a time. A table is a task. The kitchen (and a guest who eats) is
the world outside: the waiter does not stand beside it, he is called when there is something to do.

What a newcomer expects: either three waiters (a thread for each table) or a waiter who stays with
table 1 until it has paid, which would take 1.1 + 0.6 + 0.8 = 2.5 s.

What loopscope will say: the total is 1.1 s. Nine short steps print something, no two of them at the
same time; three waits are open at the peak. The critical path is table 1: 0.7 s for the kitchen,
then 0.4 s until it has eaten.
"""

import asyncio
import itertools
import time

EATING_S = 0.4


class Waiter:
    """The only one who walks about; counts his steps."""

    def __init__(self) -> None:
        """Begin the evening."""
        self._numbers = itertools.count(1)
        self._started_s = time.perf_counter()

    def does(self, what: str) -> None:
        """Print one numbered step. Plain code without `await`: nothing can come in between."""
        now_s = time.perf_counter() - self._started_s
        print(f"{next(self._numbers):>2}. at {now_s:.1f} s  {what}")


async def serve(table: int, dish: str, cooking_s: float, waiter: Waiter) -> None:
    """Serve one table from the order to the bill."""
    waiter.does(f"table {table}: takes the order for {dish}, hands it to the kitchen")
    await asyncio.sleep(cooking_s)  # <- the kitchen cooks
    waiter.does(f"table {table}: brings the {dish}")
    await asyncio.sleep(EATING_S)  # <- the guest eats
    waiter.does(f"table {table}: takes the money")


async def main() -> None:
    """Open the restaurant for three tables."""
    waiter = Waiter()
    async with asyncio.TaskGroup() as evening:
        evening.create_task(serve(1, "pasta", 0.7, waiter), name="table-1")
        evening.create_task(serve(2, "salad", 0.2, waiter), name="table-2")
        evening.create_task(serve(3, "soup", 0.4, waiter), name="table-3")
    print("All tables are served: by one waiter, in the time of the slowest table.")


if __name__ == "__main__":
    asyncio.run(main())
