"""A job runner that trusts its jobs to end, and a consumer that trusts its server."""
# how: run

import asyncio
import sys

JOB = [sys.executable, "-c", "print('done')"]


async def run_job() -> bytes:
    process = await asyncio.create_subprocess_exec(*JOB, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()  # expect: no-timeout
    return out


async def run_quiet() -> int:
    process = await asyncio.create_subprocess_exec(*JOB, stdout=asyncio.subprocess.DEVNULL)
    return await process.wait()  # expect: no-timeout


async def run_bounded() -> bytes:
    process = await asyncio.create_subprocess_exec(*JOB, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 10)  # right: no-timeout
    return out


async def main() -> None:
    await asyncio.gather(run_job(), run_quiet(), run_bounded())


asyncio.run(main())
