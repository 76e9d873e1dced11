"""Sensors that are read by tasks, and a hub that waits for them."""
# how: simulate --cost none

import asyncio
import random
import threading
import time


class Sensor:
    def __init__(self, name: str) -> None:
        self.name = name
        self.value: float | None = None
        self.lock = threading.Lock()

    async def read(self) -> float:
        await asyncio.sleep(0.2)
        self.value = random.random()
        return self.value

    async def calibrate(self) -> None:
        await asyncio.sleep(0.1)

    def settle(self) -> None:
        time.sleep(0.15)  # expect: blocking-call=settle


class Hub:
    def __init__(self, sensors: list[Sensor]) -> None:
        self.sensors = sensors
        self.tasks: list[asyncio.Task[float]] = []
        self.gate = asyncio.Semaphore(1)

    async def start(self) -> None:
        self.tasks = [asyncio.create_task(sensor.read()) for sensor in self.sensors]  # right: lost-task

    async def values(self) -> list[float]:
        return [await task for task in self.tasks]  # right: sequential-awaits

    async def wait_for_first(self) -> float:
        while all(sensor.value is None for sensor in self.sensors):
            await asyncio.sleep(0.01)  # expect: polling
        return next(sensor.value for sensor in self.sensors if sensor.value is not None)

    async def measure(self, sensor: Sensor) -> float:
        async with self.gate:  # accept: narrow-limit
            return await sensor.read()  # expect: lock-over-await

    async def prepare(self) -> None:
        for sensor in self.sensors:
            await sensor.calibrate()  # expect: sequential-awaits
        self.sensors[0].settle()  # expect: blocking-call=settle

    async def calibrated(self, sensor: Sensor) -> float:
        await sensor.calibrate()  # accept: sequential-awaits
        return await sensor.read()  # accept: sequential-awaits


async def show(hub: Hub) -> None:
    for task in hub.tasks:
        task.add_done_callback(lambda done: print(f"{done.result():.1f}"))
    await asyncio.gather(hub.values())  # expect: pointless-async


async def main() -> None:
    hub = Hub([Sensor(name) for name in ("attic", "cellar", "garden")])
    await hub.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(show(hub))
        group.create_task(hub.wait_for_first())
        for sensor in hub.sensors:
            group.create_task(hub.measure(sensor))
    await hub.prepare()
    await hub.calibrated(hub.sensors[1])


asyncio.run(main())
