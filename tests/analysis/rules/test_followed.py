"""What the rules follow in source: code that runs unseen, decorators, helpers that hand out."""

import pytest

from loopscope.analysis.rules.catalogue import RULES
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project

HEAD = """\
import asyncio, contextlib, functools, queue, sqlite3, time, aiohttp, fastapi, ftplib, zipfile
from aiohttp import web
from collections.abc import Coroutine
"""
HEAD_LINES = HEAD.count("\n")


def findings(rule: str, text: str) -> list[Finding]:
    """Return what a rule finds in a program."""
    [one] = [each for each in RULES if each.name == rule]
    return list(one.in_source(Project({"app.py": HEAD + text})))


def lines(rule: str, text: str) -> list[int]:
    """Return the lines at which a rule finds something, those of the program counted from 1."""
    return [each.where.line - HEAD_LINES for each in findings(rule, text)]


DEVICE = """\
class Device:
    @property
    def level(self):
        time.sleep(1)
        return 1
    @functools.cached_property
    def serial(self):
        return time.sleep(1)
    @property
    def port(self):
        return 1
    def __enter__(self):
        time.sleep(1)
        return self
    def __exit__(self, *_):
        return None
@contextlib.contextmanager
def opened():
    time.sleep(1)
    yield 1
async def main(device: Device):
"""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("device.level", "The property level sleeps"),
        ("print(device.serial)", "The property serial sleeps"),
        ("with device: pass", "Entering Device sleeps"),
        ("with opened() as it: pass", "opened() sleeps"),
    ],
)
def test_what_runs_without_being_called_is_followed(line: str, told: str) -> None:
    """Looking at a property, and entering a block, runs code: here and now."""
    [one] = findings("blocking-call", f"{DEVICE}    {line}\n")
    assert one.message.startswith(f"{told} on the event loop's thread")
    assert "asyncio.to_thread(...)" in one.remedy


@pytest.mark.parametrize(
    "line", ["device.port", "device.level = 1", "await asyncio.to_thread(lambda: device.level)"]
)
def test_what_runs_nothing_or_elsewhere_is_right(line: str) -> None:
    """A quick property, setting one, and a thread that looks at one hold nothing up."""
    assert lines("blocking-call", f"{DEVICE}    {line}\n") == []


def test_a_property_that_makes_once_what_it_gives_is_a_question() -> None:
    """It is slow the first time only; and it is told once, however often it is looked at."""
    text = """\
class Client:
    def __init__(self):
        self.made = None
    @property
    def inner(self):
        if self.made is None:
            self.made = time.sleep(1)
        return self.made
async def main(client: Client):
    client.inner
    client.inner
"""
    assert [one.confidence for one in findings("blocking-call", text)] == [Confidence.ASK]


def test_a_call_far_away_is_a_question() -> None:
    """Each helper on the way may go another way."""
    helpers = "def h0(): time.sleep(1)\n" + "".join(
        f"def h{number}(): h{number - 1}()\n" for number in range(1, 6)
    )
    found = findings("blocking-call", f"{helpers}async def near(): h3()\nasync def far(): h4()\n")
    assert [one.confidence for one in found] == [Confidence.LIKELY, Confidence.ASK]


@pytest.mark.parametrize(
    ("give", "is_found"),
    [
        ("asyncio.get_running_loop().call_soon(called)", True),
        ("asyncio.get_running_loop().call_later(1, called)", True),
        ("asyncio.create_task(main()).add_done_callback(called)", True),
        ("asyncio.get_running_loop().run_in_executor(None, called)", False),
        ("other.call_soon(called)", False),
    ],
)
def test_callbacks_run_on_the_loop(give: str, *, is_found: bool) -> None:
    """What the loop is given to call holds it like a coroutine, and cannot await."""
    text = f"def called(*_):\n    time.sleep(1)\nasync def main():\n    {give}\n"
    found = findings("blocking-call", text)
    assert [one.where.line - HEAD_LINES for one in found] == [2] * is_found
    assert all("it cannot await" in one.remedy for one in found)


DECORATED = """\
def marked(function):
    @functools.wraps(function)
    def wrapper(*args):
        return {run}
    return wrapper
@marked
def helper():
    time.sleep(1)
async def main():
    helper()
"""


@pytest.mark.parametrize(
    ("run", "is_found"), [("function(*args)", True), ("POOL.submit(function, *args)", False)]
)
def test_decorators_of_the_project_are_looked_into(run: str, *, is_found: bool) -> None:
    """One that calls what it decorates changes nothing; one that gives it to a thread does."""
    assert lines("blocking-call", DECORATED.format(run=run)) == [10] * is_found


@pytest.mark.parametrize(
    "line",
    [
        "ftplib.FTP('h').nlst()",
        "zipfile.ZipFile('x').extractall()",
    ],
)
def test_more_calls_that_block(line: str) -> None:
    """Classes whose name is written in capitals are classes, too."""
    assert set(lines("blocking-call", f"async def main():\n    {line}\n")) == {2}


@pytest.mark.parametrize(
    ("test", "is_found"),
    [("if self.jobs.empty(): pass", False), ("return self.jobs.qsize()", True)],
)
def test_a_queue_is_safe_only_where_somebody_asks_it_first(test: str, *, is_found: bool) -> None:
    """A method that tells how long the queue is guards nothing."""
    text = f"""\
class Inbox:
    def __init__(self):
        self.jobs = queue.Queue()
    def look(self):
        {test}
    async def take(self):
        return self.jobs.get()
"""
    assert lines("blocking-call", text) == [7] * is_found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def later(): return save()\nasync def main(): later()\n", 3),
        (
            "def later() -> Coroutine: return save()\nasync def main(): later()\n",
            3,
        ),
        ("def later() -> asyncio.Task[None]: return save()\nasync def main(): later()\n", None),
        ("def later(): return asyncio.create_task(save())\nasync def main(): later()\n", None),
        ("def later():\n    if x: return 1\n    return save()\nasync def main(): later()\n", None),
        ("@again(3)\nasync def sent(): pass\nasync def main(): sent()\n", 4),
        ("@kept\nasync def sent(): pass\nasync def main(): sent()\n", 4),
        ("@unknown\nasync def sent(): pass\nasync def main(): sent()\n", None),
    ],
)
def test_coroutines_through_helpers_and_decorators(text: str, line: int | None) -> None:
    """A helper that returns a coroutine, and a decorator that wraps one, give one."""
    decorators = """\
def again(times):
    def decorate(function):
        async def wrapper(*args):
            return await function(*args)
        return wrapper
    return decorate
def kept(function):
    ALL.append(function)
    return function
"""
    count = decorators.count("\n")
    found = lines("never-awaited", f"{decorators}async def save(): pass\n{text}")
    assert [one - count for one in found] == ([] if line is None else [line])


@pytest.mark.parametrize(
    ("head", "is_found"),
    [
        ("@routes.get('/')\nasync def page(request):", True),
        ("@app.post('/')\nasync def page():", True),
        ("\nasync def page(request: web.Request):", True),
        ("\nasync def page(request):", False),
        ("@app.on_event('startup')\nasync def page():", False),
    ],
)
def test_a_client_made_in_a_handler_is_made_for_each_request(head: str, *, is_found: bool) -> None:
    """A web framework calls handlers, again and again."""
    text = f"""\
routes, app = web.RouteTableDef(), fastapi.FastAPI()
routes = web.RouteTableDef()
app = fastapi.FastAPI()
{head}
    async with aiohttp.ClientSession() as session:
        await session.get("u")
"""
    text = text.partition("\n")[2]
    assert lines("session-per-request", text) == [5] * is_found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def start(): return asyncio.create_task(job())\nasync def main():\n    start()\n", 3),
        (
            "def start(): return asyncio.create_task(job())\nasync def main(): await start()\n",
            None,
        ),
        (
            "def start(): KEPT.add(asyncio.create_task(job()))\nasync def main(): start()\n",
            None,
        ),
    ],
)
def test_a_task_that_a_helper_hands_out_is_the_callers_to_keep(text: str, line: int | None) -> None:
    """Whoever drops what such a helper returns loses the task."""
    assert lines("lost-task", text) == ([] if line is None else [line])


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("task.done()", True),
        ("task.done() and task.result()", False),
        ("await task", False),
    ],
)
def test_asking_whether_a_task_is_over_is_not_asking_how(body: str, *, is_found: bool) -> None:
    """``done()`` is true of a task that failed, too."""
    text = f"async def main():\n    task = asyncio.create_task(job())\n    {body}\n"
    assert lines("exception-never-retrieved", text) == [2] * is_found


@pytest.mark.parametrize(
    ("use", "is_found"),
    [("return len(done)", True), ("for one in done: one.result()", False)],
)
def test_counting_tasks_is_not_asking_them(use: str, *, is_found: bool) -> None:
    """How many are over says nothing of what became of them."""
    text = f"""\
async def main(names):
    tasks = [asyncio.create_task(load(name)) for name in names]
    done, _ = await asyncio.wait(tasks)
    {use}
"""
    assert lines("exception-never-retrieved", text) == [2] * is_found


@pytest.mark.parametrize(
    ("between", "is_found"), [("", True), ("await first", False), ("if x: return", True)]
)
def test_two_tasks_in_a_row_on_one_reader(between: str, *, is_found: bool) -> None:
    """The second reads while the first still does, unless the first is awaited before."""
    text = f"""\
async def main(reader: asyncio.StreamReader):
    first = asyncio.create_task(reader.readline())
    {between}
    second = asyncio.create_task(reader.readline())
"""
    assert lines("shared-connection", text) == [4] * is_found


@pytest.mark.parametrize(
    ("loop", "inside", "is_found"),
    [
        ("while True", "await work()", True),
        ("while True", "await work(); break", False),
        ("if True", "await work()", False),
    ],
)
def test_suppressed_cancellation_in_a_loop(loop: str, inside: str, *, is_found: bool) -> None:
    """After the block the next round begins, as if nobody had cancelled anything."""
    text = f"""\
async def main():
    {loop}:
        with contextlib.suppress(asyncio.CancelledError):
            {inside}
"""
    assert lines("swallowed-cancellation", text) == [3] * is_found


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("group.create_task(square(1)); group.create_task(square(2))", True),
        ("group.create_task(square(1)); group.create_task(asyncio.sleep(1))", False),
        ("group.create_task(square(1)); await asyncio.sleep(1)", False),
    ],
)
def test_a_group_in_which_nothing_waits(body: str, *, is_found: bool) -> None:
    """Tasks that never wait run one after the other, in a group as in gather."""
    text = f"""\
async def square(number): return number * number
async def main():
    async with asyncio.TaskGroup() as group:
        {body}
"""
    assert lines("pointless-async", text) == [4] * is_found


@pytest.mark.parametrize(
    ("connect", "confidence"),
    [
        ("self.reader, self.writer = await asyncio.open_connection('h', 1)", Confidence.LIKELY),
        ("self.reader = reader", Confidence.ASK),
    ],
)
def test_who_connects_has_to_say_when_a_wait_ends(connect: str, confidence: Confidence) -> None:
    """A reader that came from elsewhere may have an end that its maker knows."""
    text = f"""\
class Line:
    reader: asyncio.StreamReader
    async def open(self, reader: asyncio.StreamReader):
        {connect}
    async def ask(self):
        return await self.reader.readline()
async def main(line: Line):
    async with asyncio.timeout(1):
        await line.open()
    await line.ask()
"""
    assert [one.confidence for one in findings("no-timeout", text)] == [confidence]
