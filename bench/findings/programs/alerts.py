"""Alerts from several checks; what happens to those that fail, and how long they may take."""
# how: simulate --cost none --world world.toml

import asyncio
import logging
from dataclasses import dataclass

log = logging.getLogger("alerts")


@dataclass(frozen=True)
class Check:
    name: str
    takes: float

    async def run(self) -> str:
        await asyncio.sleep(self.takes)
        if self.name == "disk":
            raise OSError("disk is full")
        return self.name


CHECKS = [Check("cpu", 0.2), Check("disk", 0.1), Check("net", 0.3)]


async def quiet() -> list[object]:
    results = await asyncio.gather(*(one.run() for one in CHECKS), return_exceptions=True)  # expect: unchecked-results
    log.info("ran %d checks", len(results))
    return []


async def all_or_nothing() -> list[str]:
    try:
        results = await asyncio.gather(*(one.run() for one in CHECKS))  # expect: gather-loses-results
    except OSError:
        log.warning("a check failed")
        return []
    return results


async def each_for_itself() -> dict[str, str]:
    results = await asyncio.gather(*(one.run() for one in CHECKS), return_exceptions=True)  # right: unchecked-results
    told = {}
    for check, result in zip(CHECKS, results, strict=True):
        told[check.name] = "failed" if isinstance(result, BaseException) else result
    return told


async def first_done() -> str:
    tasks = [asyncio.create_task(one.run(), name=one.name) for one in CHECKS]  # right: exception-never-retrieved
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return next(iter(done)).get_name() if not next(iter(done)).exception() else "failed"


async def watchdog() -> None:
    while True:
        try:
            await CHECKS[0].run()
        except asyncio.CancelledError:  # expect: swallowed-cancellation
            log.info("not now")
        except Exception:  # right: swallowed-cancellation
            log.exception("check")
        await asyncio.sleep(1)


async def background() -> None:
    task = asyncio.create_task(CHECKS[1].run())  # expect: exception-never-retrieved
    await asyncio.sleep(0.5)
    log.info("%s is over: %s", task.get_name(), task.done())


async def main() -> None:
    await quiet()
    await all_or_nothing()
    print(await each_for_itself(), await first_done())  # accept: sequential-awaits
    await background()
    watching = asyncio.create_task(watchdog())  # accept: exception-never-retrieved
    await asyncio.wait([watching], timeout=1)


asyncio.run(main())
