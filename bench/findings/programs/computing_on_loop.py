"""A server that computes between its answers."""
# how: simulate --cost prime_count=0.4s --cost render=0.3s --cost __main__.Model.score=0.5s --cost small=0.0001s --cost word_counts=0.25s --cost nearest=0.3s

import asyncio


def prime_count(limit: int) -> int:
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


def render(rows: list[int]) -> str:
    return "".join(f"<td>{row}</td>" for row in rows)


def small(n: int) -> int:
    return n + 1


def word_counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def nearest(points: list[int], wanted: int) -> int:
    return min(points, key=lambda point: abs(point - wanted))


class Model:
    def score(self, text: str) -> float:
        return len(text) / 7


async def primes() -> int:
    return prime_count(100)  # expect: computing-on-loop=primes


async def page() -> str:
    await asyncio.sleep(0.05)
    return render([1, 2, 3])  # expect: computing-on-loop=page


async def scored(model: Model) -> float:
    text = "some text"
    await asyncio.sleep(0.05)
    return model.score(text)  # expect: computing-on-loop=scored


async def counted() -> dict[str, int]:
    await asyncio.sleep(0.1)
    return word_counts("to be or not to be")  # expect: computing-on-loop=counted


async def found() -> int:
    await asyncio.sleep(0.1)
    return nearest([1, 5, 9], 4)  # expect: computing-on-loop=found


async def cheap() -> int:
    total = 0
    for n in range(20):
        total += small(n)  # right: computing-on-loop
        await asyncio.sleep(0.01)
    return total


async def main() -> None:
    await asyncio.gather(primes(), page(), scored(Model()), counted(), found(), cheap())


asyncio.run(main())
