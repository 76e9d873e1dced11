"""Three workflows of several steps, and how the loop goes from one to another.

What it shows: a workflow is held up by its own waits only. While one waits the loop carries on with
whichever has been waiting long enough; steps without a wait are done in one go.

What a newcomer expects: that the workflows take turns, A, B, C, A, B, C; or that the total is the
sum of all waits, 2.1 s. Who comes next is decided by the time at which a wait ends, and the
total is that of the longest workflow.

What it prints: every step in the order in which it happened, and 0.9 s in all. The waits are chosen
so that no two end at the same time: which of two such tasks goes first is no business of a program.
"""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step of a workflow; without a wait it is done at once."""

    action: str
    wait_s: float = 0.0


WORKFLOWS = {
    "import": [Step("check the file"), Step("upload", 0.3), Step("index", 0.3), Step("tell", 0.2)],
    "report": [Step("read settings"), Step("query the database", 0.5), Step("draw", 0.4)],
    "backup": [Step("list files"), Step("call the store", 0.2), Step("clean up", 0.2)],
}


async def carry_out(name: str, steps: list[Step], started_s: float) -> None:
    """Take the steps of one workflow, one after the other."""
    for step in steps:
        if step.wait_s:
            print(f"  {name}: {step.action} ...")
            await asyncio.sleep(step.wait_s)  # <- the others go on
        now_s = time.perf_counter() - started_s
        print(f"  {name}: {step.action}, done at {now_s:.1f} s")
    print(f"  {name}: complete")


async def main() -> None:
    """Carry out the three workflows side by side."""
    started_s = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for name, steps in WORKFLOWS.items():
            group.create_task(carry_out(name, steps, started_s), name=name)
    waits_s = sum(step.wait_s for steps in WORKFLOWS.values() for step in steps)
    elapsed_s = time.perf_counter() - started_s
    print(f"total {elapsed_s:.1f} s for waits of {waits_s:.1f} s together")


if __name__ == "__main__":
    asyncio.run(main())
