"""A thermostat on a serial line, written with callbacks, threads and tasks mixed."""
# how: run

import asyncio
import concurrent.futures
import queue
import threading
import time


class Serial:
    """A line that takes its time."""

    def ask(self, text: str) -> str:
        time.sleep(0.04)  # expect: blocking-call=ask
        return text.upper()

    @property
    def temperature(self) -> str:
        return self.ask("t")


class Thermostat:
    def __init__(self, line: Serial) -> None:
        self.line = line
        self.pool = concurrent.futures.ThreadPoolExecutor(1)
        self.readings: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.ready = threading.Event()

    async def read(self) -> str:
        return self.line.temperature  # expect: blocking-call=ask

    async def read_well(self) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, self.line.ask, "t")  # right: blocking-call

    async def read_badly(self) -> str:
        return self.pool.submit(self.line.ask, "t").result()  # expect: blocking-call

    def measure(self) -> None:
        self.readings.put(self.line.ask("m"))  # right: blocking-call
        self.ready.set()

    async def wait_ready(self) -> None:
        self.ready.wait(5)  # expect: blocking-call

    async def wait_ready_well(self) -> bool:
        return await asyncio.to_thread(self.ready.wait, 5)  # right: blocking-call

    async def drain(self) -> list[str]:
        found = []
        while not self.readings.empty():
            found.append(self.readings.get())  # right: blocking-call
        return found

    async def until_warm(self, limit: int) -> int:
        looks = 0
        while self.readings.empty() and looks < limit:
            await asyncio.sleep(0.005)  # expect: polling
            looks += 1
        return looks


async def blink() -> None:
    for _ in range(40):
        await asyncio.sleep(0.01)


async def main() -> None:
    thermostat = Thermostat(Serial())
    blinking = asyncio.create_task(blink())
    await asyncio.sleep(0.015)
    print(await thermostat.read(), await thermostat.read_well(), await thermostat.read_badly())  # accept: sequential-awaits
    threading.Thread(target=thermostat.measure).start()
    await thermostat.wait_ready()
    await thermostat.wait_ready_well()
    await thermostat.drain()
    threading.Thread(target=thermostat.measure).start()
    await thermostat.until_warm(100)
    await blinking


asyncio.run(main())
