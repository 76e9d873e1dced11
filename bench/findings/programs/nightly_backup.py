"""A nightly job: dump, compress, upload; written by somebody who knew scripts first."""
# how: run

import asyncio
import os
import subprocess
import sys
import time
from asyncio.subprocess import PIPE
from functools import partial

DUMP = f'{sys.executable} -c "import time; time.sleep(0.1)"'


def wait_for_disk() -> None:
    time.sleep(0.05)  # right: blocking-call


def compress() -> int:
    return subprocess.call(DUMP, shell=True)  # right: blocking-call


async def dump() -> None:
    os.system(DUMP)  # expect: blocking-call


async def dump_again() -> bytes:
    return subprocess.check_output(DUMP, shell=True)  # expect: blocking-call


async def dump_popen() -> int:
    child = subprocess.Popen(DUMP, shell=True)  # right: no-timeout
    return child.wait()  # expect: blocking-call


async def dump_well() -> bytes:
    child = await asyncio.create_subprocess_shell(DUMP, stdout=PIPE)  # right: blocking-call
    out, _ = await asyncio.wait_for(child.communicate(), 10)  # right: no-timeout
    return out


async def compress_well() -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, partial(compress))  # right: blocking-call


async def ticker() -> None:
    for _ in range(40):
        await asyncio.sleep(0.02)


async def main() -> None:
    ticking = asyncio.create_task(ticker())
    await dump()  # accept: sequential-awaits
    await dump_again()  # accept: sequential-awaits
    await dump_popen()  # accept: sequential-awaits
    await dump_well()  # accept: sequential-awaits
    await compress_well()  # accept: sequential-awaits
    await ticking  # accept: sequential-awaits


wait_for_disk()
asyncio.run(main())
