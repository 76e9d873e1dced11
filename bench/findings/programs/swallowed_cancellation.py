"""Tasks that do not hear when they are told to stop."""
# how: simulate --cost none

import asyncio
import contextlib


async def work() -> None:
    await asyncio.sleep(0.5)


async def stubborn() -> None:
    for _ in range(3):
        try:
            await work()
        except asyncio.CancelledError:  # expect: swallowed-cancellation
            print("not now")


async def catch_all() -> None:
    try:
        await work()
    except BaseException as error:  # expect: swallowed-cancellation
        print("failed", error)


async def bare() -> str:
    try:
        await work()
    except:  # expect: swallowed-cancellation
        return "failed"
    return "fine"


async def suppressed() -> None:
    with contextlib.suppress(BaseException):  # expect: swallowed-cancellation
        await work()


async def finally_returns() -> str:
    try:
        await work()
    finally:
        return "over"  # expect: swallowed-cancellation


async def tidy() -> None:
    try:
        await work()
    except asyncio.CancelledError:  # right: swallowed-cancellation
        print("tidied up")
        raise


async def ordinary() -> None:
    try:
        await work()
    except Exception as error:  # right: swallowed-cancellation
        print("failed", error)


async def supervised() -> None:
    helper = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    helper.cancel()
    try:
        await helper
    except asyncio.CancelledError:  # right: swallowed-cancellation
        print("helper stopped")


async def supervised_short() -> None:
    helper = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    helper.cancel()
    with contextlib.suppress(asyncio.CancelledError):  # right: swallowed-cancellation
        await helper


async def main() -> None:
    coroutines = (stubborn(), catch_all(), bare(), suppressed(), finally_returns(), tidy(), ordinary())
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    await supervised()  # accept: sequential-awaits=main
    await supervised_short()  # accept: sequential-awaits=main
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    print([task.cancelled() or task.exception() for task in tasks])


asyncio.run(main())
