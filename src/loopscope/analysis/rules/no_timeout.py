"""``no-timeout``: a wait for the outside that nothing ends."""

import ast
from collections.abc import Iterator

from loopscope.analysis.rules.bounds import Bounds
from loopscope.analysis.rules.rule import Rule
from loopscope.model.finding import Confidence, Finding
from loopscope.source.blocking_calls import HTTP_VERBS
from loopscope.source.makers import maker_of
from loopscope.source.project import Project, handed_over, location_of
from loopscope.source.read_module import own_name
from loopscope.source.scopes import Function, Scope
from loopscope.source.starters import STARTERS
from loopscope.source.syntax import argument, has_unknown_arguments, is_none, last_name

_EXAMPLE = """\
# Wrong: a server that accepts and says nothing keeps this task for ever.
async def first_line(host):
    reader, writer = await asyncio.open_connection(host, 7)
    return await reader.readline()

# Right: after five seconds it gives up.
async def first_line(host):
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(host, 7)
        return await reader.readline()
"""

_HTTP = (*HTTP_VERBS.split(), "send", "stream")
_OPEN_ENDED = {
    "asyncio.open_connection": "a connection",
    "asyncio.open_unix_connection": "a connection",
    "asyncio.StreamReader.read": "the other side to send something",
    "asyncio.StreamReader.readline": "the other side to send something",
    "asyncio.StreamReader.readexactly": "the other side to send something",
    "asyncio.StreamReader.readuntil": "the other side to send something",
    "asyncio.subprocess.Process.wait": "another process to end",
    "asyncio.subprocess.Process.communicate": "another process to end",
    "asyncio.AbstractEventLoop.sock_recv": "the other side to send something",
    "asyncio.AbstractEventLoop.sock_connect": "a connection",
    "aiohttp.ClientWebSocketResponse.receive": "the other side to send something",
    "websockets.ClientConnection.recv": "the other side to send something",
}
"""Coroutines of libraries that wait for as long as it takes -> what they wait for."""

_TAKERS = STARTERS | {"asyncio.gather", "asyncio.shield", "asyncio.wait", "asyncio.wait_for"}
"""Who is given a coroutine and changes nothing in how long it waits."""

_MOST_CALLERS_UP = 6

_FILE_TOOLS = {
    *("chmod", "chown", "cp", "ln", "mkdir", "mv", "rm", "rmdir", "touch"),
    *("kill", "killall", "pkill"),
}
"""Programs that do one small thing to files or processes here, and end."""

_UNLESS_MADE_WITH = {
    "aiohttp.ClientSession": _HTTP,
    "httpx.AsyncClient": _HTTP,
}
"""Clients that have a limit of their own, unless it was taken away -> the methods that wait."""


def _no_timeout(project: Project) -> Iterator[Finding]:
    bounds = Bounds(project)
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                told = _waits_for(call, function, project)
                if (
                    told
                    and _is_ours_to_bound(told[0], call, function, project)
                    and not bounds.is_bounded(call, function)
                ):
                    yield _finding(call, function, *told)


def _waits_for(call: ast.Call, function: Function, project: Project) -> tuple[str, str] | None:
    """Return what is called, and what it waits for without a limit; None for all else."""
    name = project.target(call, function)
    if name in _OPEN_ENDED and argument(call, "timeout") is None:
        return None if _is_soon_over(name, call, function) else (name, _OPEN_ENDED[name])
    handed = handed_over(call, name)
    if handed is not None:
        meaning = project.meaning(handed, function)
        name = meaning.name if meaning else ""
    owner, _, method = name.rpartition(".")
    if owner in ("requests", "requests.Session") and method in _HTTP:
        limited = argument(call, "timeout")
        if (limited is None and not has_unknown_arguments(call)) or is_none(limited):
            return name, "an answer, with no limit of its own"
    if owner in _UNLESS_MADE_WITH and method in _UNLESS_MADE_WITH[owner]:
        return _of_client(call, function, name, project)
    return None


def _is_soon_over(name: str, call: ast.Call, function: Function) -> bool:
    """Tell what waits for nobody else: a socket that is connected, a tool for files."""
    if name.endswith("_connection"):
        return argument(call, "sock") is not None and argument(call, "ssl") is None
    if "Process" not in name or not isinstance(call.func, ast.Attribute):
        return False
    made = maker_of(call.func.value, function)
    words = [one.value for one in made[0].args[:1] if isinstance(one, ast.Constant)] if made else []
    return bool(words) and words[0] in _FILE_TOOLS


def _is_ours_to_bound(name: str, call: ast.Call, function: Function, project: Project) -> bool:
    """Tell whether the source that is looked at should say when the wait ends.

    Not so for what another function is given to wait for, for functions that only others call
    (they wait as long as their callers like), for processes that were told to end, and for
    requests with which no coroutine has to do.
    """
    callers = project.callers
    if name.startswith("requests."):
        return _serves_coroutines(function, project)
    above = function.module.parents.get(call)
    if isinstance(above, ast.Call) and project.target(above, function) not in _TAKERS:
        return False
    if name.startswith("asyncio.subprocess.") and any(
        one.attr in ("kill", "terminate", "send_signal") for one in function.each(ast.Attribute)
    ):
        return False
    is_read = "StreamReader" in name or "Process" in name or "WebSocket" in name
    known = callers.of(function) or function.name in callers.handed_on
    return bool(known) or not is_read or isinstance(function.node, ast.Module)


def _serves_coroutines(function: Function, project: Project, depth: int = 0) -> bool:
    if function.is_async:
        return True
    return depth < _MOST_CALLERS_UP and any(
        _serves_coroutines(site.function, project, depth + 1)
        for site in project.callers.of(function)
    )


def _of_client(
    call: ast.Call, function: Function, name: str, project: Project
) -> tuple[str, str] | None:
    """Return a request whose client, or which itself, was told to wait without limit."""
    own = argument(call, "timeout")
    if own is not None:
        is_open = _takes_limit_away(own, function, project)
        return (name, "an answer, its limit taken away") if is_open else None
    if not isinstance(call.func, ast.Attribute):
        return None
    made = maker_of(call.func.value, function)
    given = argument(made[0], "timeout") if made else None
    if made and given is not None and _takes_limit_away(given, made[1], project):
        return name, "an answer, the limit of its client taken away"
    return None


def _takes_limit_away(value: ast.expr, scope: Scope, project: Project) -> bool:
    """Tell ``None``, and a timeout object whose total is None."""
    if is_none(value):
        return True
    made = maker_of(value, scope)
    if made is None:
        return False
    call, where = made
    name = project.target(call, where)
    if has_unknown_arguments(call):
        return False
    if name == "aiohttp.ClientTimeout":
        limits = [argument(call, "total"), argument(call, "sock_read"), *call.args[:1]]
        return all(one is None or is_none(one) for one in limits)
    if name == "httpx.Timeout":
        return bool(call.args) and is_none(call.args[0]) and not call.keywords
    return False


def _finding(call: ast.Call, function: Function, name: str, what: str) -> Finding:
    return Finding(
        rule=NO_TIMEOUT.name,
        where=location_of(call, function),
        message=f"{name}() waits for {what}, and nothing here or above ends that wait.",
        remedy=(
            "Give the request a timeout."
            if "requests" in name or "aiohttp" in name or "httpx" in name
            else "Put it under async with asyncio.timeout(seconds)."
        ),
        confidence=Confidence.ASK
        if name in _OPEN_ENDED and _is_given(call, function)
        else Confidence.LIKELY,
        evidence={"call": name},
    )


def _is_given(call: ast.Call, function: Function) -> bool:
    """Tell whether a method's object came from elsewhere: who made it may know an end."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(owner, ast.Attribute):
        return not _is_own_connection(owner, function)
    if not isinstance(owner, ast.Name):
        return False
    return any(isinstance(one.node, ast.arg) for one in function.bindings.get(owner.id, ()))


def _is_own_connection(owner: ast.Attribute, function: Function) -> bool:
    """Tell ``self.reader`` where nothing but its own class connects it."""
    method = function.method
    if method is None or method.owner is None or not isinstance(owner.value, ast.Name):
        return False
    if owner.value.id != own_name(method):
        return False
    made = [one.expression for _, one in method.owner.attributes.get(owner.attr, [])]
    calls = [one.value if isinstance(one, ast.Await) else one for one in made if not is_none(one)]
    return bool(calls) and all(
        isinstance(one, ast.Call) and last_name(one.func) == "open_connection" for one in calls
    )


NO_TIMEOUT = Rule(
    name="no-timeout",
    title="A wait for the outside that nothing ends",
    why=(
        "A server that accepts a connection and then says nothing raises no error, nor does a "
        "process that hangs. Without a limit the task waits for ever, and with it everything that "
        "waits for the task."
    ),
    example=_EXAMPLE,
    in_source=_no_timeout,
)
