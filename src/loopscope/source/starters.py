"""What starts a task, and who has to keep it.

Sources: the reference documentation of asyncio, anyio and trio.
"""

from typing import Final

KEPT_BY_CALLER: Final = frozenset(
    {
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.AbstractEventLoop.create_task",
    }
)
"""Calls that give a task which disappears unless the caller keeps it."""

KEPT_BY_GROUP: Final = frozenset(
    {
        "asyncio.TaskGroup.create_task",
        "anyio.TaskGroup.start_soon",
        "trio.Nursery.start_soon",
    }
)
"""Calls that give a task to something that waits for it."""

STARTERS: Final = KEPT_BY_CALLER | KEPT_BY_GROUP
"""Calls that start one task each."""
