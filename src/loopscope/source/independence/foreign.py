"""What calls of libraries do, as far as their names and classes tell."""

import ast
import re
from dataclasses import dataclass
from typing import Final

from loopscope.source.independence import words
from loopscope.source.independence.effects import Effects, Path, Use
from loopscope.source.syntax import text_of

_HOST: Final = re.compile(r"^\w+://([^/{}\s]+)")
_READING_SQL: Final = re.compile(r"^\s*(select|with|show|explain)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Called:
    """A call of something the project does not define.

    ``name`` is the dotted name through imports and types, "" where nobody knows it; ``owner``
    the class of the object whose method it is, "" if there is none or it is unknown;
    ``receiver`` the object, None for one that the code made itself.
    """

    call: ast.Call
    name: str
    owner: str
    receiver: Path | None
    is_method: bool

    @property
    def method(self) -> str:
        """The last part of the name."""
        func = self.call.func
        if isinstance(func, ast.Attribute):
            return func.attr
        return self.name.rpartition(".")[2]

    @property
    def text(self) -> str:
        """The call as it stands in source, shortened."""
        return f"{text_of(self.call.func)[:40]}()"


def effects_of(called: Called) -> Effects:
    """Return what a foreign call does."""
    effects = Effects()
    name = called.name
    kind = client_kind(called.owner)
    if kind:
        if called.method not in words.HANDING_OUT:
            effects.uses.add(_use_of_client(called, kind))
    elif _of_asyncio_and_time(called, effects):
        pass
    elif called.method in words.LOGGING_METHODS and _is_log(called):
        pass  # the order of lines in a log is nobody's meaning
    elif called.owner in words.SINGLE or _is_single_by_name(called):
        _use_single(called, effects)
    elif called.owner in words.ORDERED:
        _use_ordered(called, effects)
    elif called.owner.startswith("pathlib."):
        _use_file(called, effects)
    elif called.is_method:
        _method_of_something(called, effects)
    elif not _is_harmless(name):
        _function_of_a_library(called, effects)
    return effects


def _of_asyncio_and_time(called: Called, effects: Effects) -> bool:
    """Take what starts processes and looks at clocks; whether it was one of these."""
    name = called.name
    if name.startswith("asyncio.create_subprocess_"):
        effects.uses.add(Use("process", "", writes=True))
    elif name in words.CLOCKS:
        effects.uses.add(Use("clock", "", writes=True))
    elif called.owner == "random.Random" and called.receiver is not None:
        effects.touched.add(called.receiver)
    else:
        return False
    return True


def _is_harmless(name: str) -> bool:
    if name.endswith("()"):  # calls an object, of which only the class is known
        return False
    if name in words.PURE or name in words.SLEEPS or name.startswith("asyncio."):
        return True
    if name.startswith(tuple(f"{module}." for module in words.PURE_MODULES)):
        return True
    last = name.rpartition(".")[2]
    return last[:1].isupper()  # makes an object


def client_kind(owner: str) -> str:
    """Return what a client for many tasks leads to, also for its parts (``client.chat``)."""
    while owner and owner not in words.SAFE:
        owner = owner.rpartition(".")[0]
    return words.SAFE.get(owner, "")


def _is_log(called: Called) -> bool:
    names = set(words.verbs(called.receiver.text.rpartition(".")[2])) if called.receiver else set()
    return called.owner.startswith("logging.") or bool(names & {"log", "logger", "logging"})


def _is_single_by_name(called: Called) -> bool:
    """Whether an object of an unknown class is called like one that does one thing at a time."""
    if called.owner or called.receiver is None:
        return False
    last = called.receiver.fields[-1] if called.receiver.fields else called.receiver.text
    return bool(words.SINGLE_NAMES & set(words.verbs(last)))


def _use_single(called: Called, effects: Effects) -> None:
    if called.receiver is not None:
        effects.single.add(called.receiver)
    if "Stream" in called.owner or "ebSocket" in called.owner or "websockets" in called.owner:
        effects.uses.add(Use("stream", "", writes=True))  # what is sent may be what is answered
    else:
        effects.uses.add(_use_of_client(called, "db"))


def _use_ordered(called: Called, effects: Effects) -> None:
    if called.receiver is None:
        return
    looks = {"is_set", "locked", "empty", "full", "qsize"}
    if called.owner == "contextvars.ContextVar":
        looks = {"get"}
    if called.method in looks:
        effects.reads.add(called.receiver)
    else:
        effects.writes.add(called.receiver)
        effects.uses.add(Use("order", "", writes=True))


def _use_file(called: Called, effects: Effects) -> None:
    method = called.method
    if method in words.FILES_WRITTEN or method in words.FILES_READ:
        key = called.receiver.text if called.receiver else _literal_inside(called.call.func)
        effects.uses.add(Use("file", key, method in words.FILES_WRITTEN))


def _method_of_something(called: Called, effects: Effects) -> None:
    """Take a method of an object whose class says nothing: by its name, on its object."""
    receiver, method = called.receiver, called.method
    if receiver is None:
        return
    if called.owner.startswith(("logging.", "random.")):
        return
    if receiver.root.startswith("foreign:"):
        _function_of_a_library(called, effects)
    elif method in words.CHANGING_METHODS:
        effects.writes.add(receiver)
    elif method in words.LOOKING_METHODS:
        effects.reads.add(receiver)
    else:
        effects.touched.add(receiver)
        if words.writes(method):
            effects.uses.add(Use("unknown", receiver.text, writes=True))


def _function_of_a_library(called: Called, effects: Effects) -> None:
    name = called.name
    if name in ("print", "input"):
        kind = "console" if name == "print" else "keyboard"
        effects.uses.add(Use(kind, "", writes=True))
        return
    if name in ("open", "io.open"):
        effects.uses.add(Use("file", _literal(called.call), _opens_to_write(called.call)))
        return
    writes = words.writes(called.method)
    module = name.partition(".")[0]
    if not name or writes is None or module in ("eval", "exec", "setattr", "next"):
        effects.unseen.add(called.text)
        return
    kind = "http" if module in ("requests", "httpx", "urllib", "aiohttp") else module
    key = _host(called.call) if kind == "http" else ""
    effects.uses.add(Use(kind, key, writes))


def _use_of_client(called: Called, kind: str) -> Use:
    """Return what a method of a client, a pool or a connection does where it leads to."""
    writes = words.writes(called.method)
    if kind == "model":
        return Use(kind, "", writes=False)  # a question to a model changes nothing there
    if kind == "db":
        text = _literal(called.call)
        is_reading = bool(_READING_SQL.match(text)) if text else writes is False
        return Use(kind, "", not is_reading)
    key = _host(called.call) if kind == "http" else _literal(called.call)
    return Use(kind, key, writes is not False)


def _literal(call: ast.Call) -> str:
    """Return the text of a call's first argument, as far as it is fixed from the beginning."""
    return _text(call.args[0]) if call.args else ""


def _text(expression: ast.expr) -> str:
    while isinstance(expression, ast.BinOp | ast.JoinedStr):
        if isinstance(expression, ast.JoinedStr):
            if not expression.values:
                return ""
            expression = expression.values[0]
        else:
            expression = expression.left
    return str(expression.value) if isinstance(expression, ast.Constant) else ""


def _literal_inside(expression: ast.expr) -> str:
    """Return the text in ``pathlib.Path("name").read_text``."""
    if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Call):
        return _literal(expression.value)
    return ""


def _host(call: ast.Call) -> str:
    found = _HOST.match(_literal(call))
    return found[1] if found else ""


def _opens_to_write(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "mode")]
    return bool(modes) and not set(_text(modes[0])).isdisjoint("wax+")
