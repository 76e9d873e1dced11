"""Subprocesses: one that answers after 0.2 s, one that fails, one that is killed."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process


async def start(code: str) -> Process:
    """Start Python with a program of one line."""
    return await asyncio.create_subprocess_exec(sys.executable, "-I", "-c", code, stdout=PIPE)


async def answer() -> str:
    """Read what a process prints."""
    process = await start("import time; time.sleep(0.2); print('hello from a child')")
    stdout, _ = await process.communicate()  # <- waits for the output
    return stdout.decode().strip()


async def fail() -> str:
    """Wait for a process that exits with 4."""
    process = await start("raise SystemExit(4)")
    return f"exit code {await process.wait()}"  # <- waits for the end


async def kill() -> str:
    """Kill a process that would sleep for long."""
    process = await start("import time; time.sleep(60)")
    await asyncio.sleep(0.05)
    process.kill()
    return f"exit code {await process.wait()}"  # <- waits for the killed


async def main() -> None:
    """Run the three at the same time."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(answer(), name="answer"),
            group.create_task(fail(), name="fail"),
            group.create_task(kill(), name="kill"),
        ]
    for task in tasks:
        print(f"{task.get_name()}: {task.result()}")


if __name__ == "__main__":
    asyncio.run(main())
