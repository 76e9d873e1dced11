"""The six ways a task is made; each prints the name of the task it ran in."""

import asyncio


async def own_name(how: str) -> str:
    """Suspend once, print how this task was made and what it is called, and return the name."""
    await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    print(f"{how}: {task.get_name()}")
    return task.get_name()


async def main() -> None:
    """Make five tasks in five ways; `asyncio.run` made this one."""
    loop = asyncio.get_running_loop()
    main_name = await own_name("asyncio.run")  # <- no task of its own
    [gathered] = await asyncio.gather(own_name("gather"))  # <- made by gather
    ensured = await asyncio.ensure_future(own_name("ensure_future"))  # <- made by ensure_future
    async with asyncio.TaskGroup() as group:
        in_group = group.create_task(own_name("TaskGroup"), name="in-group")  # <- made by TaskGroup
    created = asyncio.create_task(own_name("create_task"), name="created")  # <- made by create_task
    by_loop = loop.create_task(own_name("loop.create_task"), name="by-loop")  # <- made by the loop
    assert (main_name, gathered, ensured) == ("Task-1", "Task-2", "Task-3")
    assert in_group.result() == "in-group"
    assert await created == "created"
    assert await by_loop == "by-loop"


if __name__ == "__main__":
    asyncio.run(main())  # <- made by run
