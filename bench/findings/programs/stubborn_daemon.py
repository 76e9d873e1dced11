"""A daemon whose parts are told to stop; some of them do not hear it."""
# how: simulate --cost none --world world.toml

import asyncio
import contextlib
import logging

log = logging.getLogger(__name__)


async def beat() -> None:
    await asyncio.sleep(0.1)


async def bare() -> None:
    for _ in range(30):
        try:
            await beat()
        except:  # expect: swallowed-cancellation  # noqa: E722
            log.info("beat failed")


async def base() -> None:
    while True:
        try:
            await beat()
        except BaseException as error:  # expect: swallowed-cancellation
            log.warning("beat: %r", error)
            break


async def suppressed() -> None:
    for _ in range(30):
        with contextlib.suppress(asyncio.CancelledError):  # expect: swallowed-cancellation
            await beat()


async def tidy() -> None:
    try:
        while True:
            await beat()
    except asyncio.CancelledError:  # right: swallowed-cancellation
        log.info("going")
        raise


async def ordinary() -> None:
    while True:
        try:
            await beat()
        except Exception:  # right: swallowed-cancellation
            log.exception("beat")


async def last_words() -> None:
    try:
        while True:
            await beat()
    finally:
        log.info("bye")  # right: swallowed-cancellation


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    try:
        await asyncio.wait_for(task, 5)
    except asyncio.CancelledError:  # right: swallowed-cancellation
        log.info("stopped")


async def main() -> None:
    jobs = [asyncio.create_task(job()) for job in (bare, base, suppressed, tidy, ordinary, last_words)]
    await asyncio.sleep(0.25)  # accept: sequential-awaits
    for job in jobs:
        await stop(job)  # right: sequential-awaits


asyncio.run(main())
