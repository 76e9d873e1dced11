"""The states of a task, asked from asyncio itself.

What it shows: a task is created, then it takes turns between running and waiting, and it ends in
one of three ways: with a result, with an exception, or cancelled. "Completed" is not the only end.

What a newcomer expects: that `create_task` runs the coroutine (it only queues it), that `set()` or
`cancel()` runs the other task at once (they only make it ready), and that a task which prints
"suspended" is suspended (it runs: it prints). Only a task itself can ever find itself running,
because there is one thread.

What it prints: one line of states for each moment. asyncio calls a task suspended also when it has
been woken and waits for its turn; `loopscope show --task` tells suspended from ready.
"""

import asyncio
import inspect

Job = asyncio.Task[str]

SAYS = {
    "CORO_CREATED": "created",
    "CORO_RUNNING": "running",
    "CORO_SUSPENDED": "suspended",
}


def state(task: Job) -> str:
    """Say in which state a task is."""
    if task.cancelled():
        return "cancelled"
    if task.done():
        failure = task.exception()
        return f"raised {failure!r}" if failure else f"returned {task.result()!r}"
    coroutine = task.get_coro()
    assert inspect.iscoroutine(coroutine)  # noqa: S101 - for the type checker
    return SAYS[inspect.getcoroutinestate(coroutine)]


def show(moment: str, tasks: list[Job]) -> None:
    """Print the states of all tasks."""
    states = ", ".join(f"{task.get_name()} {state(task)}" for task in tasks)
    print(f"{moment}: {states}")


def show_myself() -> None:
    """Print the state of the task that calls this."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - for the type checker
    print(f"  {task.get_name()} about itself: {state(task)}")


async def wait_for_gate(gate: asyncio.Event) -> str:
    """Return when the gate opens."""
    show_myself()
    await gate.wait()  # <- suspended
    return "through"


async def break_down() -> str:
    """Raise after a while."""
    show_myself()
    await asyncio.sleep(0.1)
    raise ValueError("broken")


async def wait_for_ever() -> str:
    """Wait until somebody cancels this."""
    show_myself()
    await asyncio.Event().wait()
    return "never"


async def main() -> None:
    """Make three tasks and lead each to another end."""
    gate = asyncio.Event()
    first = asyncio.create_task(wait_for_gate(gate), name="first")
    second = asyncio.create_task(break_down(), name="second")
    third = asyncio.create_task(wait_for_ever(), name="third")
    tasks = [first, second, third]
    show("just created", tasks)
    await asyncio.sleep(0)  # <- all three have their first turn
    show("after one turn", tasks)
    gate.set()
    show("gate open, no turn yet", tasks)
    await asyncio.sleep(0)
    show("after one more turn", tasks)
    await asyncio.wait([second])
    show("after 0.1 s", tasks)
    third.cancel()
    show("cancel() called, no turn yet", tasks)
    await asyncio.wait([third])
    show("at the end", tasks)


if __name__ == "__main__":
    asyncio.run(main())
