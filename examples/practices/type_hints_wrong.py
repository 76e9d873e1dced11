"""Practice: say what comes back. Wrong: a list of dictionaries of anything.

What it shows: `dict[str, Any]` satisfies a strict type checker and tells it nothing. The service
sends prices as text; two texts can be added, so the sum is nonsense and nobody objects.

What it prints: "19.5045.00" as the sum of 19.50 and 45.00. Compare `type_hints_right.py`.
"""

import asyncio
import json
from typing import Any

BODY = '[{"name": "lamp", "price": "19.50"}, {"name": "chair", "price": "45.00"}]'


async def fetch_articles() -> list[dict[str, Any]]:
    """Fetch the articles of a shop; the sleep stands for the network."""
    await asyncio.sleep(0.1)
    articles: list[dict[str, Any]] = json.loads(BODY)
    return articles


async def main() -> None:
    """Add two prices."""
    lamp, chair = await fetch_articles()
    print(f"together: {lamp['price'] + chair['price']}")  # <- no checker looks in here


if __name__ == "__main__":
    asyncio.run(main())
