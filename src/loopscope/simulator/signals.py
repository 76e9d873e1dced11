"""Real signals for a virtual loop: ``loop.add_signal_handler`` as on Unix."""

import inspect
import signal
import threading
from asyncio import Handle
from collections.abc import Callable
from types import FrameType
from typing import Any


class SignalHandlers:
    """The part of an event loop that hears signals.

    Where asyncio's loop reads the signal from its own pipe in one turn and calls the handler in the
    next one, this loop does so too.
    """

    _ready: Any
    _check_closed: Callable[[], None]
    arrive: Callable[[Handle], None]

    def __init__(self, *args: Any) -> None:
        self._signal_handlers: dict[int, Handle] = {}
        super().__init__(*args)

    def add_signal_handler(self, sig: int, callback: Callable[..., object], *args: Any) -> None:
        """Call back when the process gets a signal.

        Raises:
            TypeError: The callback is a coroutine function, or the signal no number.
            ValueError: There is no such signal.
            RuntimeError: This is not the main thread, or the signal cannot be caught.
        """
        if inspect.iscoroutinefunction(callback):
            raise TypeError("coroutines cannot be used with add_signal_handler()")
        _check_signal(sig)
        self._check_closed()
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("set_wakeup_fd only works in main thread of the main interpreter")
        self._signal_handlers[sig] = Handle(callback, args, self, None)  # type: ignore[arg-type]
        try:
            signal.signal(sig, self._note_signal)
        except OSError as error:
            del self._signal_handlers[sig]
            raise RuntimeError(f"sig {sig} cannot be caught") from error

    def remove_signal_handler(self, sig: int) -> bool:
        """Take a handler away; returns whether there was one."""
        _check_signal(sig)
        if self._signal_handlers.pop(sig, None) is None:
            return False
        default = signal.default_int_handler if sig == signal.SIGINT else signal.SIG_DFL
        signal.signal(sig, default)
        return True

    def close(self) -> None:
        """Close the loop, and give the signals back."""
        super().close()  # type: ignore[misc]  # the loop's
        for sig in list(self._signal_handlers):
            self.remove_signal_handler(sig)

    def _note_signal(self, sig: int, _frame: FrameType | None) -> None:
        self.arrive(Handle(self._handle_signal, (sig,), self, None))  # type: ignore[arg-type]

    def _handle_signal(self, sig: int) -> None:
        handle = self._signal_handlers.get(sig)
        if handle is not None and not handle.cancelled():
            self._ready.append(handle)


def _check_signal(sig: int) -> None:
    if not isinstance(sig, int):
        raise TypeError(f"sig must be an int, not {sig!r}")
    if sig not in signal.valid_signals():
        raise ValueError(f"invalid signal number {sig}")
