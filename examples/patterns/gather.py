"""`asyncio.gather`: the order of its results, and what a failure does to the rest.

What it shows: results come in the order of the arguments, all together, when the last one is there.
When one fails, its exception comes out of `gather` at once, but the others are not cancelled: they
go on, and their results are lost unless somebody has kept the tasks. With `return_exceptions=True`
failures come as values, among them a `CancelledError`, which is no `Exception`.

What a newcomer expects: results in the order in which they were ready (`as_completed` gives that),
and that a failure cancels the others (a `TaskGroup` does that, see `task_group.py`).

What it prints: the three cases. The first takes 0.3 s, the second fails after 0.1 s while "slow"
still answers later, the third is over after 0.2 s.
"""

import asyncio
from collections.abc import Sequence


async def ask(name: str, answers_after_s: float) -> str:
    """Ask somebody; whoever is called broken fails."""
    await asyncio.sleep(answers_after_s)
    if name == "broken":
        raise ConnectionError(f"{name} does not answer")
    print(f"  {name} has answered")
    return name


async def order_of_results() -> None:
    """Gather two answers, the slow one first."""
    print("order of results")
    results = await asyncio.gather(ask("slow", 0.3), ask("quick", 0.1))
    print(f"  results: {results}")


async def one_fails() -> None:
    """Let one of two fail, and see what the other does."""
    print("one fails")
    slow = asyncio.create_task(ask("slow", 0.3))
    try:
        await asyncio.gather(slow, ask("broken", 0.1))
    except ConnectionError as error:
        print(f"  gather raised: {error}")
    print(f"  slow is cancelled: {slow.cancelled()}")
    print(f"  and later: {await slow}")


def describe(results: Sequence[str | BaseException]) -> list[str]:
    """Tell answers from failures. A cancelled task is a failure, too, but no `Exception`."""
    return [repr(one) if isinstance(one, BaseException) else one for one in results]


async def failures_as_values() -> None:
    """Collect whatever comes; one of the three is cancelled on the way."""
    print("failures as values")
    cancelled = asyncio.create_task(ask("cancelled", 0.3))
    asyncio.get_running_loop().call_later(0.2, cancelled.cancel)
    results = await asyncio.gather(
        ask("quick", 0.1),
        ask("broken", 0.1),
        cancelled,
        return_exceptions=True,
    )
    print(f"  results: {', '.join(describe(results))}")
    exceptions = [one for one in results if isinstance(one, Exception)]
    print(f"  isinstance(..., Exception) finds {len(exceptions)} of the 2 failures")


async def main() -> None:
    """Show the three cases."""
    await order_of_results()
    await one_fails()
    await failures_as_values()


if __name__ == "__main__":
    asyncio.run(main())
