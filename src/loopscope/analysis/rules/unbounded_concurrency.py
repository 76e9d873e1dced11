"""``unbounded-concurrency``: one line starts as many tasks as there are items, all at once."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loopscope.analysis.load import open_counts
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.wait_kinds import CODE
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import WaitKind
from loopscope.model.location import Location
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Binding, BindingKind, Function
from loopscope.source.starters import STARTERS
from loopscope.source.syntax import text_of
from loopscope.trace.columns import Uint32s

MANY = 100
"""So many waits on the network at once, started by one line, are a burden to somebody."""

MANY_OF_ANY_LENGTH = 50
"""The same where the source says that the number depends on what comes in."""

_EXAMPLE = """\
# Wrong: ten thousand addresses make ten thousand connections.
await asyncio.gather(*(fetch(url) for url in urls))

# Right: at most twenty at a time.
slots = asyncio.Semaphore(20)

async def fetch_in_turn(url):
    async with slots:
        return await fetch(url)

await asyncio.gather(*(fetch_in_turn(url) for url in urls))
"""
_REMEDY = (
    "Bound it: an asyncio.Semaphore around the wait, or a fixed number of workers that take from "
    "a queue."
)


@dataclass(frozen=True, slots=True)
class _Burst:
    """The tasks that one line made. ``peak_io`` counts waits on the network alone."""

    where: Location
    tasks_count: int
    peak: int
    peak_io: int


def _in_source(project: Project) -> Iterator[Finding]:
    """Yield fan-outs over an argument: how many tasks they start is the caller's choice."""
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                items = _items(project, function, call)
                if items is not None and _is_of_any_length(items, function):
                    yield _suspect(function, call, text_of(items))


def _items(project: Project, function: Function, call: ast.Call) -> ast.expr | None:
    """Return what a call makes a task for each item of, None if it does no such thing."""
    name = project.target(call, function)
    if name == "asyncio.gather" and len(call.args) == 1 and isinstance(call.args[0], ast.Starred):
        return _of_comprehension(project, function, call.args[0].value)
    if name in STARTERS and call.args:
        return _of_loop(function, call)
    return None


def _of_comprehension(project: Project, function: Function, items: ast.expr) -> ast.expr | None:
    if isinstance(items, ast.GeneratorExp | ast.ListComp):
        made = items.elt
        if isinstance(made, ast.Call) and _is_harmless(project, function, made):
            return None
        return items.generators[0].iter
    if isinstance(items, ast.Call) and project.target(items, function) == "map":
        return items.args[-1] if len(items.args) > 1 else None
    return _of_list(project, function, items) if isinstance(items, ast.Name) else None


def _of_list(project: Project, function: Function, name: ast.Name) -> ast.expr | None:
    """Return what a list of coroutines was made for each item of, before it was gathered.

    Tasks in it are told where they are started.
    """
    bindings = function.bindings.get(name.id, [])
    value = bindings[0].expression if len(bindings) == 1 else None
    if isinstance(value, ast.ListComp):
        is_started = _is_start(project, function, value.elt)
        return None if is_started else _of_comprehension(project, function, value)
    appended = [
        call
        for call in function.each(ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "append"
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == name.id
    ]
    if not isinstance(value, ast.List) or value.elts or len(appended) != 1:
        return None
    made = appended[0].args[0] if appended[0].args else None
    if not isinstance(made, ast.Call) or _is_start(project, function, made):
        return None
    return None if _is_harmless(project, function, made) else _of_loop(function, made)


def _is_start(project: Project, function: Function, made: ast.expr) -> bool:
    return isinstance(made, ast.Call) and project.target(made, function) in STARTERS


def _of_loop(function: Function, call: ast.Call) -> ast.expr | None:
    """Return what the loop or comprehension around a call goes through."""
    around = function.module.enclosing(call, ast.For, ast.ListComp, ast.GeneratorExp, ast.SetComp)
    if isinstance(around, ast.For):
        waits = [one for one in function.each(ast.Await) if _is_inside(one, around)]
        return None if waits else around.iter
    if isinstance(around, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return around.generators[0].iter
    return None


def _is_harmless(project: Project, function: Function, made: ast.Call) -> bool:
    """Whether a call hands work to a pool, which is a bound of its own, or takes a limit first."""
    if project.target(made, function).endswith(("run_in_executor", "to_thread")):
        return True
    callee = project.callee(made, function)
    if callee is None:
        return False
    entered = [item.context_expr for block in callee.each(ast.AsyncWith) for item in block.items]
    return any("Semaphore" in project.type_of(one, callee) for one in entered)


def _is_inside(node: ast.expr, around: ast.For) -> bool:
    return around.lineno <= node.lineno <= (around.end_lineno or around.lineno)


def _is_of_any_length(items: ast.expr, function: Function) -> bool:
    """Whether the items are an argument of the function, as they are."""
    if not isinstance(items, ast.Name):
        return False
    home = function.home(items.id)
    bindings = home.bindings[items.id] if home is not None else []
    return bool(bindings) and all(_is_argument(one) for one in bindings)


def _is_argument(binding: Binding) -> bool:
    return isinstance(binding.node, ast.arg) and binding.kind in (
        BindingKind.ANNOTATED,
        BindingKind.OTHER,
    )


def _suspect(function: Function, call: ast.Call, items: str) -> Finding:
    return Finding(
        rule="unbounded-concurrency",
        where=location_of(call, function),
        message=(
            f"This starts a task for every one of {items}, all at once: how many can that be?"
        ),
        remedy=_REMEDY,
        confidence=Confidence.ASK,
        evidence={"items": items},
    )


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    """Yield the lines whose tasks waited in large numbers at once.

    A suspect whose line ran with few is refuted for this run; one that did not run stands.
    """
    bursts = _bursts(run)
    for one in suspects:
        lines = range(one.where.line, one.where.end_line + 1)
        mine = [
            burst for key, burst in bursts.items() if key[0] == one.where.file if key[1] in lines
        ]
        if not mine:
            yield one
        for burst in mine:
            bursts.pop((burst.where.file, burst.where.line))
            if burst.peak >= MANY_OF_ANY_LENGTH:
                yield _finding(burst, burst.peak)
    for burst in bursts.values():
        if burst.peak_io >= MANY:
            yield _finding(burst, burst.peak_io)


def _bursts(run: RunFacts) -> dict[tuple[str, int], _Burst]:
    """Return what each line of the user's made that makes many tasks."""
    table, words = run.trace.tasks, run.trace.words
    nodes, counts = np.unique(table.creator, return_counts=True)
    by_place: dict[Location, list[int]] = defaultdict(list)
    tasks: Counter[Location] = Counter()
    for node, count in zip(nodes.tolist(), counts.tolist(), strict=True):
        place = words.location(node)
        if node and place.is_user:
            by_place[place].append(node)
            tasks[place] += count
    made_by = _creators_of_steps(run)
    found = {}
    for place, own in by_place.items():
        burst = _Burst(place, tasks[place], 0, 0)
        if tasks[place] >= MANY_OF_ANY_LENGTH:
            mine = np.isin(made_by, own)
            peak, peak_io = _peak(run, mine, io=False), _peak(run, mine, io=True)
            burst = _Burst(place, tasks[place], peak, peak_io)
        found[place.file, place.line] = burst
    return found


def _creators_of_steps(run: RunFacts) -> Uint32s:
    """Return for each step the number of the place that made its task, 0 for none."""
    table, task = run.trace.tasks, run.trace.steps.task
    creator_of = np.zeros(int(task.max(initial=0)) + 1, table.creator.dtype)
    known = table.id < len(creator_of)
    creator_of[table.id[known]] = table.creator[known]
    creators: Uint32s = creator_of[task]
    return creators


def _peak(run: RunFacts, mine: npt.NDArray[np.bool_], *, io: bool) -> int:
    """Return how many of these tasks waited for something outside at the same time."""
    timeline = run.timeline
    kinds = [kind for kind in WaitKind if kind.is_outside]
    codes = [CODE[kind] for kind in ([WaitKind.IO] if io else kinds)]
    chosen = mine & (timeline.wait_begin >= 0) & np.isin(timeline.wait_kind, codes)
    begins, ends = timeline.wait_begin[chosen], timeline.due[chosen]
    return int(open_counts(np.sort(begins), np.sort(ends)).max(initial=0))


def _finding(burst: _Burst, peak: int) -> Finding:
    return Finding(
        rule="unbounded-concurrency",
        where=burst.where,
        message=(
            f"This line started {burst.tasks_count:,} tasks, and {peak:,} of them waited for "
            "something outside at the same time. Nothing bounds that number."
        ),
        remedy=_REMEDY,
        confidence=Confidence.SEEN,
        evidence={"tasks": burst.tasks_count, "peak_waiting": peak},
    )


UNBOUNDED_CONCURRENCY = Rule(
    name="unbounded-concurrency",
    title="As many tasks at once as there are items",
    why=(
        "Tasks are cheap, what they ask for is not: connections, memory, files, and the patience "
        "of the service that gets all the requests in one moment."
    ),
    example=_EXAMPLE,
    in_source=_in_source,
    in_run=_in_run,
)
