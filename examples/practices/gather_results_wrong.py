"""Practice: look at what `gather` returns. Wrong: `return_exceptions=True`, and then nothing.

What it shows: with `return_exceptions=True` failures are among the results. Whoever does not look
counts them as answers.

What it prints: "3 prices", one of which is an exception. Compare `gather_results_right.py`.
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
    prices = await asyncio.gather(*map(fetch_price, articles), return_exceptions=True)
    print(f"{len(prices)} prices")  # <- counts the failure
    for article, price in zip(articles, prices, strict=True):
        print(f"  {article}: {price} cents")


if __name__ == "__main__":
    asyncio.run(main())
