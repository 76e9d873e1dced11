"""Practice: look at what `gather` returns. Right: tell failures from answers.

What it shows: every result is looked at. `BaseException` is asked for, because a cancelled task
comes as `CancelledError`, which is no `Exception`. The type checker asks for it as well: to it the
results are `int | BaseException`.

What it prints: two prices and one failure. Compare `gather_results_wrong.py`.
"""

import asyncio

CENTS = {"lamp": 1950, "chair": 4500}


async def fetch_price(article: str) -> int:
    """Fetch one price; the sleep stands for the network."""
    await asyncio.sleep(0.1)
    return CENTS[article]


async def main() -> None:
    """Fetch three prices, one of which does not exist."""
    articles = ["lamp", "ghost", "chair"]
    results = await asyncio.gather(*map(fetch_price, articles), return_exceptions=True)
    prices: dict[str, int] = {}
    for article, result in zip(articles, results, strict=True):
        if isinstance(result, BaseException):
            print(f"  {article}: failed with {result!r}")
        else:
            prices[article] = result
    print(f"{len(prices)} prices: {prices}")


if __name__ == "__main__":
    asyncio.run(main())
