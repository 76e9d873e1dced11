"""Plain callbacks on a timer: in the order of their times, and never before the loop is free.

What it shows: `call_soon`, `call_later` and `call_at` put an ordinary function into the loop.
Timed ones come in the order of their times, not in that of the calls. The time is the earliest
moment, not the moment: a callback that is due while something holds the loop has to wait.

What a newcomer expects: that "after 0.1 s" means at 0.1 s. A callback that prints the delay it was
given will say so, however late it is; this one looks at the clock.

What it prints: due time and true time of each callback. In the second part `time.sleep` holds the
loop for 0.3 s, and the callback due at 0.1 s comes at 0.3 s.
"""

import asyncio
import time


class Alarm:
    """Rings, and tells how late."""

    def __init__(self) -> None:
        """Begin to measure; the loop must be running."""
        self._loop = asyncio.get_running_loop()
        self._started_s = self._loop.time()

    def set(self, name: str, after_s: float) -> None:
        """Ring after a while."""
        self._loop.call_later(after_s, self._ring, name, after_s)

    def ring_soon(self, name: str) -> None:
        """Ring in the next turn of the loop."""
        self._loop.call_soon(self._ring, name, 0.0)

    def _ring(self, name: str, due_s: float) -> None:
        came_s = self._loop.time() - self._started_s
        print(f"  {name}: due at {due_s:.1f} s, came at {came_s:.1f} s")


async def on_a_free_loop() -> None:
    """Set four alarms and wait for them."""
    alarm = Alarm()
    alarm.set("first", 0.3)
    alarm.set("second", 0.1)
    alarm.set("third", 0.2)
    alarm.ring_soon("fourth")
    print("free loop: four callbacks are set")
    await asyncio.sleep(0.4)


async def on_a_held_loop() -> None:
    """Set an alarm and hold the loop over its time."""
    alarm = Alarm()
    alarm.set("alarm", 0.1)
    print("held loop: one callback is set")
    time.sleep(0.3)  # <- holds the loop
    print("held loop: let go")
    await asyncio.sleep(0.1)


async def main() -> None:
    """Show both."""
    await on_a_free_loop()
    await on_a_held_loop()


if __name__ == "__main__":
    asyncio.run(main())
