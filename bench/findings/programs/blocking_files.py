"""A build that copies trees, starts compilers and waits for other threads."""
# how: run

import asyncio
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

POOL = ThreadPoolExecutor(2)
SLOW = [sys.executable, "-c", "import time; time.sleep(0.15)"]
LOCK = threading.Lock()


def hold_lock() -> None:
    with LOCK:
        time.sleep(0.2)  # right: blocking-call


def compile_all() -> str:
    time.sleep(0.15)  # right: blocking-call
    return "compiled"


async def build() -> None:
    subprocess.run(SLOW, check=True, timeout=9)  # expect: blocking-call


async def build_well() -> None:
    process = await asyncio.create_subprocess_exec(*SLOW)  # right: blocking-call
    async with asyncio.timeout(9):
        await process.wait()  # right: no-timeout


async def compiled() -> str:
    future = POOL.submit(compile_all)
    return future.result()  # expect: blocking-call


async def compiled_well() -> str:
    future = POOL.submit(compile_all)
    return await asyncio.wrap_future(future)  # right: blocking-call


async def locked() -> None:
    await asyncio.sleep(0.02)
    LOCK.acquire()  # expect: blocking-call
    LOCK.release()


async def thread_joined() -> None:
    worker = threading.Thread(target=compile_all)
    worker.start()
    worker.join()  # expect: blocking-call


async def copied(folder: Path) -> None:
    await asyncio.to_thread(shutil.copytree, folder / "a", folder / "b")  # right: blocking-call


async def main(folder: Path) -> None:
    holder = asyncio.create_task(asyncio.to_thread(hold_lock))
    await asyncio.gather(locked(), build_well(), copied(folder))
    await holder
    await build()
    await compiled()
    await compiled_well()
    await thread_joined()


with tempfile.TemporaryDirectory() as where:
    (Path(where) / "a").mkdir()
    asyncio.run(main(Path(where)))
