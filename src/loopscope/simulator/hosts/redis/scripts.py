"""Lua scripts that the simulated Redis does without knowing Lua: the common ones, by their text.

Programs send a few scripts that everybody writes alike: those of redis-py's ``Lock``, and "delete
this key if it is mine" of Redis's own manual. They are known by what they say, however they are
laid out; each is done by a function. Every other script is for the host's handler.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from loopscope.simulator.hosts.redis.words import integer

Call = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """A script that a program runs. A handler gets it, and returns what the script would.

    Attributes:
        script: Its text, as the program sent it.
        keys: Its ``KEYS``.
        args: Its ``ARGV``.
        call: Runs a command at once, as ``redis.call`` does: ``call("get", key)``. It takes bytes,
            text and numbers, and returns bytes, int, None, or a list of these.
    """

    script: str
    keys: list[bytes]
    args: list[bytes]
    call: Call


Script = Callable[[ScriptCall], Any]


def _is_owner(asked: ScriptCall) -> bool:
    """Whether the first key has the first argument as its value: the token of who locked."""
    value = asked.call("get", asked.keys[0])
    return value is not None and value == asked.args[0]


def _release(asked: ScriptCall) -> int:
    if not _is_owner(asked):
        return 0
    asked.call("del", asked.keys[0])
    return 1


def _extend(asked: ScriptCall) -> int:
    """Give a lock more time: added to what it has, or, if the third argument is 1, instead."""
    if not _is_owner(asked):
        return 0
    left_ms = asked.call("pttl", asked.keys[0])
    if left_ms < 0:
        return 0
    is_added = asked.args[2:3] == [b"0"]
    asked.call("pexpire", asked.keys[0], integer(asked.args[1]) + (left_ms if is_added else 0))
    return 1


def _expire(command: str) -> Script:
    def run(asked: ScriptCall) -> int:
        return asked.call(command, asked.keys[0], asked.args[1]) if _is_owner(asked) else 0

    return run


def _count(command: str) -> Script:
    """Count up, and let a counter that begins expire: the limit of requests in a time."""

    def run(asked: ScriptCall) -> int:
        number: int = asked.call("incr", asked.keys[0])
        if number == 1:
            asked.call(command, asked.keys[0], asked.args[0])
        return number

    return run


_IS_OWNER: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return"
_NOT_OWNER: Final = (
    "local token = redis.call('get', KEYS[1]) if not token or token ~= ARGV[1] then return 0 end"
)
_MORE_TIME: Final = (
    "local left = redis.call('pttl', KEYS[1]) if not left then left = 0 end "
    "if left < 0 then return 0 end local ttl = ARGV[2] "
    "if ARGV[3] == '0' then ttl = ARGV[2] + left end "
    "redis.call('pexpire', KEYS[1], ttl) return 1"
)
_COUNTER: Final = (
    "local n = redis.call('incr', KEYS[1]) "
    "if {} == 1 then redis.call('{}', KEYS[1], ARGV[1]) end return n"
)
_TEXTS: Final[list[tuple[str, Script]]] = [
    (f"{_NOT_OWNER} redis.call('del', KEYS[1]) return 1", _release),
    (f"{_NOT_OWNER} {_MORE_TIME}", _extend),
    (f"{_NOT_OWNER} redis.call('pexpire', KEYS[1], ARGV[2]) return 1", _expire("pexpire")),
    (f"{_IS_OWNER} redis.call('del', KEYS[1]) else return 0 end", _release),
    *[
        (f"{_IS_OWNER} redis.call('{one}', KEYS[1], ARGV[2]) else return 0 end", _expire(one))
        for one in ("expire", "pexpire")
    ],
    *[
        (_COUNTER.format(test, one), _count(one))
        for one in ("expire", "pexpire")
        for test in ("n", "tonumber(n)")
    ],
]

KNOWN: Final = "redis-py's Lock, deleting or expiring a key that has a value, INCR with EXPIRE"
"""What a message says of the scripts that are known."""

_LONGEST: Final = 2_000
_WORD: Final = re.compile(r"--[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|\w+|[~=<>]=|\S")
_LOCAL: Final = re.compile(r"\blocal (\w+)")


def known_script(text: str) -> Script | None:
    """Return the function that does what a script does; None if it is not known."""
    return _SCRIPTS.get(_plain(text)) if len(text) <= _LONGEST else None


def _plain(text: str) -> str:
    """Return a script without what does not matter: layout, comments, quotes, names, capitals."""
    words = " ".join(_words(text))
    for number, name in zip(count(1), dict.fromkeys(_LOCAL.findall(words)), strict=False):
        words = re.sub(rf"(?<!')\b{name}\b(?!')", f"local_{number}", words)
    return words


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if word[0] in "\"'" and len(word) > 1:
            yield f"'{word[1:-1].lower()}'"  # a command, or a digit
        elif word != ";" and not word.startswith("--"):
            yield word


_SCRIPTS: Final = {_plain(text): run for text, run in _TEXTS}
