"""``session-per-request``: a client is made for one request, again and again."""

import ast
from collections.abc import Iterator, Mapping

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.uses import is_local, loads_of
from loopscope.model.finding import Confidence, Finding
from loopscope.source.blocking_calls import HTTP_VERBS
from loopscope.source.in_tests import is_test
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function

_EXAMPLE = """\
# Wrong: every call connects anew, with its handshakes.
async def quote(symbol):
    async with aiohttp.ClientSession() as session:
        async with session.get(URL + symbol) as answer:
            return await answer.json()

# Right: one session keeps its connections open for all calls.
async def quote(session, symbol):
    async with session.get(URL + symbol) as answer:
        return await answer.json()
"""

CLIENTS = {
    "aiohttp.ClientSession",
    "httpx.AsyncClient",
    "asyncpg.create_pool",
    "redis.asyncio.Redis",
    "redis.asyncio.from_url",
    "openai.AsyncOpenAI",
    "anthropic.AsyncAnthropic",
    "motor.motor_asyncio.AsyncIOMotorClient",
}
_ROUTERS = {
    "aiohttp.web.RouteTableDef",
    "fastapi.APIRouter",
    "fastapi.FastAPI",
    "litestar",
    "quart.Blueprint",
    "quart.Quart",
    "sanic.Blueprint",
    "sanic.Sanic",
}
_ROUTES = {*HTTP_VERBS.split(), "route", "api_route", "view"}
_REQUESTS = {
    "aiohttp.web.BaseRequest",
    "aiohttp.web.Request",
    "fastapi.Request",
    "sanic.Request",
    "sanic.request.Request",
    "starlette.requests.Request",
}
"""What web frameworks hand to the function that answers a request."""

_LOOPS = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MOST_CALLERS_UP = 3


def _per_request(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            if not function.is_async or is_test(function):
                continue
            for call in function.each(ast.Call):
                if project.target(call, function) not in CLIENTS or not _stays(call, function):
                    continue
                if _in_loop(call, function, project):
                    yield _finding(call, function, "made anew in each turn of the loop", project)
                elif _called_in_loop(function, project):
                    why = f"made anew in each call of {function.name}(), which a loop makes"
                    yield _finding(call, function, why, project)
                elif _handles_requests(function, project):
                    why = f"made anew for each request that {function.name}() answers"
                    yield _finding(call, function, why, project)


def _handles_requests(function: Function, project: Project) -> bool:
    """Tell a function that a web framework calls for each request."""
    if any(
        mark.rpartition(".")[0] in _ROUTERS and mark.rpartition(".")[2] in _ROUTES
        for mark in project.decorators(function)
    ):
        return True
    if not isinstance(function.node, ast.AsyncFunctionDef):
        return False
    return any(_names_request(one, function, project) for one in function.node.args.args)


def _names_request(given: ast.arg, function: Function, project: Project) -> bool:
    if given.annotation is None:
        return False
    meaning = project.meaning(given.annotation, function.parent or function)
    return meaning is not None and meaning.name in _REQUESTS


def _stays(call: ast.Call, function: Function) -> bool:
    """Tell a client that only the function has, and that is gone when it returns."""
    parents = function.module.parents
    above = parents.get(call)
    if isinstance(above, ast.Await):
        above = parents.get(above)
    if isinstance(above, ast.withitem):
        return not function.is_generator
    if not isinstance(above, ast.Assign) or not isinstance(above.targets[0], ast.Name):
        return False
    name = above.targets[0].id
    return is_local(name, function) and not any(
        isinstance(
            parents.get(load),
            ast.Return | ast.Yield | ast.Assign | ast.Call | ast.keyword | ast.Dict,
        )
        for load, _ in loads_of(name, function)
    )


def _in_loop(node: ast.AST, function: Function, project: Project) -> bool:
    """Tell whether a node runs once for each of several items; tries over again do not count."""
    parents = function.module.parents
    child, above = node, parents.get(node)
    while above is not None and above is not function.node:
        if isinstance(above, _LOOPS) and not _comes_before(child, above):
            return not _is_retry(above, function, project) and not _ends_with(node, above, parents)
        child, above = above, parents.get(above)
    return False


def _ends_with(node: ast.AST, loop: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Tell a client with whose answer a loop ends: places are asked until one of them helps."""
    if not isinstance(loop, ast.For | ast.AsyncFor):
        return False
    block: ast.AST | None = node
    while block is not None and not isinstance(block, ast.AsyncWith | ast.With):
        block = parents.get(block)
        if block is loop:
            return False
    inside = ast.walk(block) if block is not None else ()
    return any(isinstance(one, ast.Return | ast.Break) for one in inside)


def _comes_before(child: ast.AST, loop: ast.AST) -> bool:
    """Tell the part of a loop that runs only once."""
    if isinstance(loop, ast.For | ast.AsyncFor):
        return child not in loop.body
    return isinstance(child, ast.comprehension)


def _is_retry(loop: ast.AST, function: Function, project: Project) -> bool:
    if not isinstance(loop, ast.For):
        return False
    name = loop.target.id if isinstance(loop.target, ast.Name) else ""
    is_range = isinstance(loop.iter, ast.Call) and project.target(loop.iter, function) == "range"
    return is_range and (
        name.startswith("_") or any(word in name for word in ("attempt", "try", "retr"))
    )


def _called_in_loop(function: Function, project: Project, depth: int = 0) -> bool:
    """Tell whether some known call of a function, near or far, stands in a loop."""
    return any(
        _in_loop(site.call, site.function, project)
        or (
            depth < _MOST_CALLERS_UP
            and site.function is not function
            and _called_in_loop(site.function, project, depth + 1)
        )
        for site in project.callers.of(function)
    )


def _finding(call: ast.Call, function: Function, why: str, project: Project) -> Finding:
    return Finding(
        rule=SESSION_PER_REQUEST.name,
        where=location_of(call, function),
        message=(
            f"{project.target(call, function)} is {why}: no connection is ever used twice, and "
            "each request pays for its own handshakes."
        ),
        remedy="Make one, outside, and hand it in; close it when the program ends.",
        confidence=Confidence.LIKELY,
    )


SESSION_PER_REQUEST = Rule(
    name="session-per-request",
    title="A client is made for one request, again and again",
    why=(
        "A session keeps connections open and uses them again. Made for each request, it connects "
        "every time: look-up of the name, TCP and TLS handshakes, several times what the request "
        "itself takes."
    ),
    example=_EXAMPLE,
    in_source=_per_request,
)
