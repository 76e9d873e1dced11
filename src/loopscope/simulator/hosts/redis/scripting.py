"""Keeps the scripts that programs load into a simulated Redis, and runs them without Lua."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha1
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.calling import HandlerFailedError, call_handler, report_failure
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.redis.protocol import (
    OK,
    Keyed,
    Pairs,
    Simple,
    format_number,
)
from loopscope.simulator.hosts.redis.scripts import KNOWN, Call, ScriptCall, known_script
from loopscope.simulator.hosts.redis.store import CommandError
from loopscope.simulator.hosts.redis.words import Arguments

Execute = Callable[[str, Arguments], Any]
"""Runs a command of a script: its name in capitals, its arguments."""

SHOWN: Final = 60
"""Characters of a script that a message shows."""

MOST_NESTED: Final = 8


class Scripts:
    """The scripts of one Redis.

    Args:
        host: Whose handler does those that are not known.
    """

    def __init__(self, host: LiveHost) -> None:
        self._host = host
        self._texts: dict[bytes, str] = {}

    def load(self, text: bytes) -> bytes:
        """Keep a script; returns its name, the SHA1 of its text in hexadecimal digits."""
        name = sha1(text, usedforsecurity=False).hexdigest().encode()
        self._texts[name] = text.decode(errors="replace")
        return name

    def manage(self, args: Arguments) -> Any:
        """Return what ``SCRIPT`` answers.

        Raises:
            CommandError: It asks for something else.
        """
        word, rest = args[0].upper(), args[1:]
        if word == b"LOAD" and len(rest) == 1:
            return self.load(rest[0])
        if word == b"EXISTS" and rest:
            return [int(name.lower() in self._texts) for name in rest]
        if word == b"FLUSH":
            self._texts.clear()
            return OK
        shown = args[0].decode("latin-1")[:128]
        raise CommandError(f"ERR unknown subcommand '{shown}'. Try SCRIPT HELP.")

    def run(self, name: bytes, args: Arguments, execute: Execute) -> Any:
        """Return what a script answers.

        Args:
            name: Its SHA1.
            args: The number of its keys, the keys, other arguments.
            execute: Runs its commands.

        Raises:
            CommandError: There is no such script, it is not known, or a command of it fails.
        """
        text = self._texts.get(name.lower())
        if text is None:
            raise CommandError("NOSCRIPT No matching script. Please use EVAL.")
        keys, rest = _divided(args)
        asked = ScriptCall(text, keys, rest, _caller(execute))
        known = known_script(text)
        if known is None:
            return self._handled(asked)
        try:
            return known(asked)
        except IndexError as error:
            raise CommandError(
                "ERR Lua redis lib command arguments must be strings or integers"
            ) from error

    def _handled(self, asked: ScriptCall) -> Any:
        handler = self._host.description.handler
        if handler is None:
            raise self._refused(asked.script)
        try:
            value = call_handler(self._host, _kept(handler), asked)
        except HandlerFailedError as error:
            raise CommandError(f"ERR {error}".replace("\n", " ")) from error
        if isinstance(value, CommandError):
            raise value
        try:
            return _answer(value)
        except TypeError as error:
            failed = report_failure(self._host, handler, error)
            raise CommandError(f"ERR {failed}".replace("\n", " ")) from error

    def _refused(self, text: str) -> CommandError:
        begin = " ".join(text[: 4 * SHOWN].split())[:SHOWN]
        name = self._host.name
        self._host.report(
            SimulationError(
                f"The program runs a Lua script that the simulated Redis {name} does not know: "
                f"{begin!r}...; it got an error. Write what the script does as a Python function, "
                f'and name it as the handler of the host: handler = "module:function". Without '
                f"one, it knows {KNOWN}.",
                slug="redis-script",
            )
        )
        return CommandError(f"ERR the simulated Redis {name} does not know this script")


def _divided(args: Arguments) -> tuple[Arguments, Arguments]:
    """Return the keys of a script and its other arguments."""
    digits = args[0]
    if not digits.removeprefix(b"-").isdigit() or len(digits) > SHOWN:
        raise CommandError("ERR value is not an integer or out of range")
    count = int(digits)
    if count < 0:
        raise CommandError("ERR Number of keys can't be negative")
    if count > len(args) - 1:
        raise CommandError("ERR Number of keys can't be greater than number of args")
    return args[1 : 1 + count], args[1 + count :]


def _kept(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler that returns the error of a command of its, which is no fault of its own."""

    @wraps(handler)
    def run(asked: ScriptCall) -> Any:
        try:
            return handler(asked)
        except CommandError as error:
            return error

    return run


def _caller(execute: Execute) -> Call:
    def call(*words: bytes | str | float) -> Any:
        name, *args = [_word(one) for one in words]
        return _plain(execute(name.decode("latin-1").upper(), args))

    return call


def _word(value: bytes | str | float) -> bytes:
    if isinstance(value, bytes):
        return value
    return (format_number(value) if isinstance(value, float) else str(value)).encode()


def _plain(value: Any) -> Any:
    """Return an answer as a script sees it: bytes, int, None, or a list of these."""
    if isinstance(value, Simple):
        return value.text.encode()
    if isinstance(value, float):
        return format_number(value).encode()
    if isinstance(value, dict | Pairs):
        pairs = value.items() if isinstance(value, dict) else value.pairs
        return [_plain(one) for pair in pairs for one in pair]
    if isinstance(value, Keyed):
        return [[key, _plain(one)] for key, one in value.pairs]
    if isinstance(value, set):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _answer(value: Any, depth: int = 0) -> Any:
    """Return what a handler returned as it is sent; what Lua's numbers and truths become.

    Raises:
        TypeError: It is nothing that a script can answer.
    """
    if value is True or value is False:
        return 1 if value else None
    if value is None or isinstance(value, int | bytes | str):
        return value
    if isinstance(value, float):
        return int(value)
    if isinstance(value, list | tuple) and depth < MOST_NESTED:
        return [_answer(one, depth + 1) for one in value]
    raise TypeError(f"a script cannot answer {type(value).__name__}")
