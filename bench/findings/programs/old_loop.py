"""Written for Python 3.6: an event loop by hand, callbacks, ensure_future."""
# how: run

import asyncio
import time


def tick(loop: asyncio.AbstractEventLoop, left: int) -> None:
    if left:
        loop.call_later(0.02, tick, loop, left - 1)


def slow_callback() -> None:
    time.sleep(0.1)  # expect: blocking-call


def on_done(task: "asyncio.Task[int]") -> None:
    time.sleep(0.06)  # expect: blocking-call
    print(task.result())  # right: blocking-call


async def job(number: int) -> int:
    await asyncio.sleep(0.05)
    return number


async def old(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_soon(slow_callback)
    task = asyncio.ensure_future(job(1))  # right: lost-task
    task.add_done_callback(on_done)
    await asyncio.wait([task])  # right: exception-never-retrieved
    done = loop.create_future()
    loop.call_later(0.02, done.set_result, 3)
    print(await done)  # right: no-timeout
    await asyncio.sleep(0.1)


def main() -> None:
    loop = asyncio.new_event_loop()
    try:
        tick(loop, 30)
        loop.run_until_complete(old(loop))
        loop.run_until_complete(asyncio.gather(job(2), return_exceptions=True) if False else job(2))
    finally:
        time.sleep(0.01)  # right: blocking-call
        loop.close()


main()
