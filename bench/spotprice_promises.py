"""What spotprice promises: one latency for all, never late, never wrong, unharmed, hedged.

python bench/spotprice_promises.py [CALLS]

Simulated exchanges on loopback. Exit code 1 if a bar is missed. CALLS (1,000) is the number of
calls with failures; they run in four processes.
"""

import asyncio
import resource
import statistics
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from _spotprice import PASSING, exchanges, make_plan, verdict

from spotprice.client import Client, Survey
from spotprice.errors import ExchangeError
from spotprice.exchanges.base import Exchange
from spotprice.quote import Quote
from spotprice.simulated.plan import Failure
from spotprice.simulated.running import World, simulated_exchanges
from spotprice.symbol import Symbol

BITCOIN = Symbol("BTC", "USD")
LATENCY_S = 0.5
DEADLINE_S = 1.0
PROCESSES = 4
ROUNDS = 60

AS_ERRORS = {
    Failure.REFUSE: "network",
    Failure.RESET: "network",
    Failure.BLACK_HOLE: "timeout",
    Failure.SLOW_BODY: "timeout",
    Failure.SERVER: "server",
}


async def call(
    known: Mapping[str, Exchange], *, hedges: bool = True, deadline_s: float = DEADLINE_S
) -> Survey:
    """Ask all exchanges once, with a client that knows nothing yet."""
    async with Client(known, hedges=hedges) as client:
        return await client.survey(list(known), [BITCOIN], deadline_s)


def quotes(survey: Survey) -> int:
    """Count the quotes of a survey."""
    return sum(isinstance(one, Quote) for one in survey.answers[BITCOIN].values())


def warm() -> bool:
    """Ten exchanges that take half a second each, asked over connections that are open."""

    async def measure(known: Mapping[str, Exchange]) -> list[float]:
        async with Client(known, limits=False) as client:
            took = []
            for _ in range(10):
                survey = await client.survey(list(known), [BITCOIN], DEADLINE_S)
                assert quotes(survey) == len(known)  # noqa: S101
                took.append(survey.took_ns / 1e9)
        return took[1:]

    with exchanges(latency="500ms") as known:
        took = asyncio.run(measure(known))
    return verdict(
        "ten at 500 ms, warm session / 500 ms", statistics.median(took) / LATENCY_S, 1.06
    )


@dataclass(frozen=True)
class Tally:
    """What some calls with failures came to."""

    slowest_s: float
    wrong: list[str]


def differs(world: World, survey: Survey) -> list[str]:
    """Return where a survey is not what the plan held for the requests that were served."""
    wrong = []
    for name, answer in survey.answers[BITCOIN].items():
        market = world.exchanges[name].spelling.spell(BITCOIN)
        fates = [
            one.fate.failure for one in world.log if one.exchange == name and one.market == market
        ]
        if isinstance(answer, ExchangeError):
            matches = None not in fates and answer.slug in {AS_ERRORS[one] for one in fates if one}
        else:
            matches = None in fates
        if not matches:
            wrong.append(f"seed {world.plan.seed}: {name} was served {fates} and came to {answer}")
    return wrong


def with_failures(seeds: range) -> Tally:
    """Make one call a seed, with a fifth of the requests failing, and compare each result."""
    slowest_s, wrong = 0.0, []
    plan = {"latency": "500ms", "rate": 0.2, "failures": PASSING}
    with simulated_exchanges(make_plan(plan)) as world:
        for seed in seeds:
            world.play(make_plan({**plan, "seed": seed}))
            before = time.perf_counter()
            survey = asyncio.run(call(world.exchanges))
            slowest_s = max(slowest_s, time.perf_counter() - before)
            wrong += differs(world, survey)
    return Tally(slowest_s, wrong)


def never_late(calls: int) -> bool:
    """Many calls with other seeds: how late is the latest, and is each result as planned?"""
    parts = [range(first, calls, PROCESSES) for first in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        tallies = list(pool.map(with_failures, parts))
    wrong = [line for tally in tallies for line in tally.wrong]
    print(*wrong[:10], sep="\n", end="\n" if wrong else "")
    return all(
        [
            verdict(
                f"{calls} calls, 20 % failures: latest end, s",
                max(tally.slowest_s for tally in tallies),
                1.02,
            ),
            verdict(f"{calls} calls: answers that differ from the plan", len(wrong), 0),
        ]
    )


def hedged() -> bool:
    """How many of ten quotes arrive with hedges, and how many without."""

    def mean(*, hedges: bool) -> float:
        counts = []
        plan = {"latency": "500ms", "rate": 0.2, "failures": PASSING}
        with simulated_exchanges(make_plan(plan)) as world:
            for seed in range(ROUNDS):
                world.play(make_plan({**plan, "seed": seed}))
                counts.append(quotes(asyncio.run(call(world.exchanges, hedges=hedges))))
        return statistics.mean(counts)

    without = mean(hedges=False)
    return verdict(
        f"quotes of ten, 20 % failures, hedged (not hedged: {without:.2f})",
        mean(hedges=True),
        9.5,
        at_least=True,
    )


HOSTILE = {
    "binance": "black-hole",
    "coinbase": "slow-body",
    "kraken": "reset",
    "gemini": "huge-body",
    "bitstamp": "redirect",
    "kucoin": "html",
}


def unharmed() -> bool:
    """Six exchanges that misbehave, each in its way, beside four that do not."""
    venues = {name: {"rate": 1.0, "failures": [kind]} for name, kind in HOSTILE.items()}
    with exchanges(latency="100ms", venues=venues) as known:
        asyncio.run(call(known))
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = [asyncio.run(call(known)) for _ in range(5)]
        grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mb
    for name, answer in found[0].answers[BITCOIN].items():
        print(f"    {name:10} {HOSTILE.get(name, ''):10} {getattr(answer, 'last', answer)}")
    return all(
        [
            verdict("six hostile ones: quotes of the other four", min(map(quotes, found)), 4),
            verdict("six hostile ones: peak memory grown by, MB", grown_mb, 20),
        ]
    )


def main(calls: int) -> int:
    """Measure everything, then judge."""
    return 0 if all([warm(), unharmed(), hedged(), never_late(calls)]) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
