"""A small game server: rooms, ticks, a scoreboard in a file, and players that come and go."""
# how: run

import asyncio
import contextlib
import json
import tempfile
import time
from pathlib import Path

SCORES = Path(tempfile.gettempdir()) / "loopscope-suite-scores.json"


class Room:
    def __init__(self, name: str) -> None:
        self.name = name
        self.players: dict[str, asyncio.Queue[str]] = {}
        self.loop_task: asyncio.Task[None] | None = None
        self.closed = asyncio.Event()

    def save(self) -> None:
        SCORES.write_text(json.dumps({"room": self.name}))
        time.sleep(0.03)  # expect: blocking-call=save

    async def tick(self) -> None:
        while not self.closed.is_set():
            await asyncio.sleep(0.02)  # right: polling
            for inbox in self.players.values():
                inbox.put_nowait("tick")

    async def join(self, player: str) -> None:
        self.players[player] = asyncio.Queue()
        self.broadcast(f"{player} joined")  # expect: never-awaited

    async def leave(self, player: str) -> None:
        self.players.pop(player, None)
        self.save()  # expect: blocking-call=save
        asyncio.get_event_loop().create_task(self.broadcast(f"{player} left"))  # expect: lost-task

    async def leave_well(self, player: str) -> None:
        self.players.pop(player, None)
        await asyncio.to_thread(self.save)  # right: blocking-call
        await self.broadcast(f"{player} left")

    async def broadcast(self, text: str) -> None:
        await asyncio.gather(*(inbox.put(text) for inbox in self.players.values()))  # right: gather-loses-results

    async def open(self) -> None:
        self.loop_task = asyncio.create_task(self.tick())  # right: lost-task

    async def close(self) -> None:
        self.closed.set()
        if self.loop_task is not None:
            self.loop_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):  # right: swallowed-cancellation
                await self.loop_task


async def heartbeat() -> None:
    for _ in range(25):
        await asyncio.sleep(0.01)


async def main() -> None:
    room = Room("lobby")
    await room.open()
    beat = asyncio.create_task(heartbeat())
    for player in ("ada", "bob"):
        await room.join(player)  # right: sequential-awaits
    await room.leave("ada")
    await room.leave_well("bob")
    await beat
    await room.close()
    SCORES.unlink(missing_ok=True)


asyncio.run(main())
