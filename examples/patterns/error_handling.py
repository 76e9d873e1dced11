"""Catching errors of tasks: which, where, and what must get through.

What it shows: errors come out where a task is awaited. Catch those you can do something about,
close to the call, and let the rest come out. Cancellation is an exception too (`CancelledError`,
not an `Exception`): a bare `except` swallows it, and then timeouts no longer work.

What a newcomer expects: that a bare `except` is only a bit untidy; that the error of a task which
nobody awaits is seen (asyncio writes it to the log, long after, when the task object goes).

What it prints: a failed and a good answer told apart; a timeout that does its work around a narrow
`except`, and one that a bare `except` turns into an ordinary answer.
"""

import asyncio


class NoPriceError(Exception):
    """A shop that has no price for us."""

    def __init__(self, shop: str) -> None:
        """Name the shop."""
        super().__init__(f"{shop} has no price")


async def price(shop: str) -> float:
    """Ask a shop for its price; "closed" has none, "slow" takes its time."""
    await asyncio.sleep(1.0 if shop == "slow" else 0.1)
    if shop == "closed":
        raise NoPriceError(shop)
    return 19.5


async def narrow(shop: str) -> float | None:
    """Turn the one expected failure into None; everything else comes out."""
    try:
        return await price(shop)
    except NoPriceError as error:
        print(f"  expected: {error}")
        return None


async def bare(shop: str) -> float | None:
    """Turn everything into None, cancellation included. Do not do this."""
    try:
        return await price(shop)
    except:  # noqa: E722 - this is the mistake shown
        return None  # <- swallows the cancellation


async def main() -> None:
    """Ask good, closed and slow shops."""
    print("two shops together")
    answers = await asyncio.gather(narrow("open"), narrow("closed"))
    print(f"  open: {answers[0]}, closed: {answers[1]}")
    for way in (narrow, bare):
        print(f"a slow shop with a timeout, {way.__name__} except")
        try:
            answer = await asyncio.wait_for(way("slow"), timeout=0.2)
        except TimeoutError:
            print("  TimeoutError: we know that we gave up")
        else:
            print(f"  {answer}: looks like an answer")


if __name__ == "__main__":
    asyncio.run(main())
