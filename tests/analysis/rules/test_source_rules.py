"""The rules that source alone shows: what each finds, and what only looks like it."""

import subprocess
import sys
from pathlib import Path

import pytest

from loopscope.analysis.rules.catalogue import RULES
from loopscope.model.finding import Confidence
from loopscope.source.project import Project

HEAD = """\
import asyncio, concurrent.futures, contextlib, queue, shutil, socket, sqlite3, subprocess
import threading, time, aiohttp, boto3, httpx, openai, psycopg, redis, requests
from pathlib import Path
"""
HEAD_LINES = HEAD.count("\n")


def found(rule: str, text: str, helper: str = "") -> list[int]:
    """Return the lines of a program at which a rule finds something."""
    [one] = [each for each in RULES if each.name == rule]
    files = {"app.py": HEAD + text, "helper.py": HEAD + helper}
    findings = list(one.in_source(Project(files)))
    assert all(each.confidence <= Confidence.LIKELY for each in findings)
    assert all(each.rule == rule for each in findings)
    return [each.where.line - HEAD_LINES for each in findings]


def in_coroutine(*lines: str, before: str = "") -> str:
    """Return a program with a coroutine of these lines; the first one is line 1."""
    body = "\n".join(f"    {line}" for line in lines)
    return f"async def main(db: sqlite3.Connection, f):\n{body}\n{before}"


BLOCKING = [
    "time.sleep(1)",
    "requests.get('u', timeout=1)",
    "requests.Session().post('u', timeout=1)",
    "with requests.Session() as s: s.get('u', timeout=1)",
    "httpx.get('u')",
    "httpx.Client().get('u')",
    "socket.getaddrinfo('h', 1)",
    "subprocess.run(['x'], check=True)",
    "p = subprocess.Popen(['x']); p.wait()",
    "db.execute('select 1')",
    "c = db.cursor(); c.execute('select 1')",
    "psycopg.connect('d').cursor().execute('x')",
    "redis.Redis().get('k')",
    "redis.from_url('r').pipeline().execute()",
    "boto3.client('s3').put_object(Bucket='b', Key='k')",
    "boto3.resource('s3').Bucket('b').upload_file('a', 'b')",
    "openai.OpenAI().chat.completions.create(model='m')",
    "shutil.copytree('a', 'b')",
    "threading.Lock().acquire()",
    "queue.Queue().get()",
    "threading.Event().wait()",
    "concurrent.futures.ThreadPoolExecutor().submit(f).result()",
    "asyncio.run_coroutine_threadsafe(f(), f).result()",
    "t = threading.Thread(target=f); t.start(); t.join()",
    "Path('x').read_text()",
    "open('x')",
    "input()",
]


@pytest.mark.parametrize("line", BLOCKING)
def test_calls_that_block(line: str) -> None:
    """Each of these holds the loop, in a coroutine."""
    assert set(found("blocking-call", in_coroutine(line))) == {2}


@pytest.mark.parametrize("line", BLOCKING)
def test_the_same_calls_elsewhere(line: str) -> None:
    """Outside coroutines they hold no loop."""
    assert found("blocking-call", f"def f(db: sqlite3.Connection, f):\n    {line}\n{line}\n") == []


@pytest.mark.parametrize(
    "lines",
    [
        ["time.sleep(0)"],
        ["await asyncio.sleep(1)"],
        ["await asyncio.to_thread(time.sleep, 1)"],
        ["threading.Lock().acquire(blocking=False)"],
        ["threading.Lock().acquire(False)"],
        ["queue.Queue().get_nowait()"],
        ["queue.Queue().get(block=False)"],
        ["jobs = queue.Queue()", "if not jobs.empty(): jobs.get()"],
        ["threading.Event().wait(0)"],
        ["s = socket.socket()", "s.setblocking(False)", "s.recv(1)"],
        ["s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "s.connect(('h', 1))"],
        ["socket.getaddrinfo('1.2.3.4', 1, flags=socket.AI_NUMERICHOST)"],
        ["sqlite3.connect(':memory:')"],
        ["async with httpx.AsyncClient() as c:", "    await c.get('u')"],
        ["await redis.asyncio.Redis().get('k')"],
        ["x = concurrent.futures.Future()", "if x.done():", "    x.result()"],
        ["x = concurrent.futures.Future()", "await asyncio.wrap_future(x)", "x.result()"],
        ["t = threading.Thread(target=f)", "t.start()", "await f()", "t.join()"],
        ["later = lambda: time.sleep(1)"],
        ["def later(): time.sleep(1)", "await asyncio.to_thread(later)"],
        ["time = f()", "time.sleep(1)"],
        ["done, _ = await asyncio.wait(f)", "[one.result() for one in done]"],
        ["Path('x').exists()"],
        ["f.get('u')", "f.execute('x')"],
    ],
)
def test_calls_that_only_look_as_if_they_blocked(lines: list[str]) -> None:
    """These return at once, or run elsewhere."""
    assert found("blocking-call", in_coroutine(*lines)) == []


def test_blocking_calls_are_followed_through_helpers_methods_and_files() -> None:
    """The finding is at the coroutine's call; the message names the way to what blocks."""
    text = """\
from helper import Client, middle
class App:
    def __init__(self):
        self.client = Client()
    async def run(self):
        self.client.fetch()
        middle()
        self.quiet()
    def quiet(self): pass
"""
    helper = """\
def middle(): deep()
def deep(): time.sleep(1)
class Base:
    def __init__(self): self.session = requests.Session()
    def fetch(self): return self.session.get('u', timeout=1)
class Client(Base): pass
"""
    assert found("blocking-call", text, helper) == [6, 7]
    rule = RULES[0]
    messages = [
        one.message for one in rule.in_source(Project({"app.py": text, "helper.py": HEAD + helper}))
    ]
    assert messages[1] == (
        "middle() sleeps on the event loop's thread: no other task runs until it returns. The way "
        "there: middle (helper.py:4) -> deep (helper.py:5) -> time.sleep."
    )


@pytest.mark.parametrize(
    "helper",
    [
        "async def helper(): time.sleep(1)",
        "def helper():\n    yield time.sleep(1)",
        "@in_thread\ndef helper(): time.sleep(1)",
        "def helper(): helper()",
    ],
)
def test_helpers_whose_code_does_not_run_when_they_are_called(helper: str) -> None:
    """A coroutine, a generator, a decorated function, endless recursion: nothing is claimed."""
    text = f"from elsewhere import in_thread\nasync def main():\n    helper()\n{helper}\n"
    assert found("blocking-call", text)[:1] != [3]


CORO = "\nasync def coro(): pass\nclass Door:\n    async def open(self): pass\n"


@pytest.mark.parametrize(
    "lines",
    [
        ["coro()"],
        ["asyncio.sleep(1)"],
        ["if coro(): pass"],
        ["if not coro(): pass"],
        ["while coro(): pass"],
        ["x = coro()"],
        ["x = coro()", "print(x is not None)"],
        ["x = coro()", "return x['key']"],
        ["print(coro())"],
        ["return f'{coro()}'"],
        ["for x in coro(): pass"],
        ["a, b = coro()"],
        ["coro().close_all()"],
        ["[coro() for _ in f]"],
        ["Door().open()"],
        ["if (x := coro()): print(x)"],
        ["asyncio.Queue().put(1)"],
        ["coro() if f else None"],
    ],
)
def test_coroutines_that_are_never_awaited(lines: list[str]) -> None:
    """Dropped, tested, or used as if they were their result."""
    assert found("never-awaited", in_coroutine(*lines, before=CORO)) == [2]


def test_the_advice_is_the_call_as_it_is_written() -> None:
    """``queue.put(1)`` becomes ``await queue.put(1)``, whatever class the queue is of."""
    [rule] = [each for each in RULES if each.name == "never-awaited"]
    text = in_coroutine("queue = asyncio.Queue()", "queue.put(1)")
    [one] = rule.in_source(Project({"app.py": HEAD + text}))
    assert one.remedy == "Write await queue.put(...)."
    assert one.message.startswith("asyncio.Queue.put() only makes a coroutine")


@pytest.mark.parametrize(
    "line",
    [
        "asyncio.get_running_loop().call_later(1, coro)",
        "asyncio.get_running_loop().call_soon_threadsafe(Door().open)",
        "asyncio.get_running_loop().add_signal_handler(15, coro)",
        "asyncio.get_running_loop().call_soon(functools.partial(coro))",
        "asyncio.get_running_loop().call_soon(lambda: coro())",
        "asyncio.create_task(f()).add_done_callback(coro)",
        "await asyncio.to_thread(coro)",
        "await asyncio.get_running_loop().run_in_executor(None, coro)",
        "threading.Thread(target=coro).start()",
        "threading.Timer(1, coro).start()",
        "signal.signal(15, coro)",
        "atexit.register(coro)",
    ],
)
def test_coroutine_functions_given_to_who_only_calls(line: str) -> None:
    """The loop, a thread, a signal and the exit call what they get, and await nothing."""
    text = in_coroutine(line, before=f"{CORO}import atexit, functools, signal\n")
    assert found("never-awaited", text) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "asyncio.get_running_loop().call_later(1, plain)",
        "asyncio.get_running_loop().call_soon(lambda: asyncio.create_task(coro()))",
        "asyncio.get_running_loop().call_soon(asyncio.create_task, coro())",
        "await asyncio.to_thread(asyncio.run, coro())",
        "await asyncio.to_thread(lambda: asyncio.run(coro()))",
        "await (await asyncio.to_thread(coro))",
        "threading.Thread(target=asyncio.run, args=(coro(),)).start()",
        "f.call_later(1, coro)",
        "await asyncio.to_thread(decorated)",
    ],
)
def test_callbacks_that_start_something(line: str) -> None:
    """Ordinary functions, coroutines that somebody runs, and callers that may await."""
    more = f"{CORO}from x import start\n@start\nasync def decorated(): pass\ndef plain(): pass\n"
    assert found("never-awaited", in_coroutine(line, before=more)) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["await coro()"],
        ["x = coro()", "await x"],
        ["return coro()"],
        ["x = [coro() for _ in f]", "await asyncio.gather(*x)"],
        ["f(coro())"],
        ["x = coro()", "f.append(x)"],
        ["x = coro()", "x.close()"],
        ["asyncio.create_task(coro())"],
        ["x = coro() if f else None", "await x"],
        ["self.x = coro()"],
        ["x = coro()", "def later(): return x", "return later"],
        ["print(await coro())"],
        ["decorated()"],
        ["x = await coro()", "print(x is None)"],
    ],
)
def test_coroutines_that_somebody_may_await(lines: list[str]) -> None:
    """Awaited, handed on, kept, or made by a function that somebody else changes."""
    more = f"{CORO}from x import start\n@start\nasync def decorated(): pass\n"
    assert found("never-awaited", in_coroutine(*lines, before=more)) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["asyncio.create_task(coro())"], 2),
        (["asyncio.ensure_future(coro())"], 2),
        (["asyncio.get_running_loop().create_task(coro())"], 2),
        (["f.loop.create_task(coro())"], 2),
        (["task = asyncio.create_task(coro())"], 2),
        (["asyncio.gather(coro(), coro())"], 2),
        (["[asyncio.create_task(coro()) for _ in f]"], 2),
        (["f.call_later(1, lambda: asyncio.create_task(coro()))"], 2),
        (["await asyncio.create_task(coro())"], None),
        (["task = asyncio.create_task(coro())", "await task"], None),
        (["task = asyncio.create_task(coro())", "await asyncio.sleep(1)"], None),
        (["f.add(asyncio.create_task(coro()))"], None),
        (["f.group.create_task(coro())"], None),
        (["async with asyncio.TaskGroup() as group:", "    group.create_task(coro())"], None),
        (["return asyncio.create_task(coro())"], None),
        (["f.map(lambda: asyncio.create_task(coro()))"], None),
    ],
)
def test_tasks_that_nobody_keeps(lines: list[str], line: int | None) -> None:
    """A task needs somebody who refers to it."""
    assert found("lost-task", in_coroutine(*lines, before=CORO)) == ([line] if line else [])


@pytest.mark.parametrize(
    "lines",
    [
        ["await asyncio.open_connection('h', 1)"],
        ["async with aiohttp.ClientSession(timeout=None) as s:", "    await s.get('u')"],
        ["limit = aiohttp.ClientTimeout(total=None)", "s = aiohttp.ClientSession(timeout=limit)",
         "await s.get('u')"],
        ["await httpx.AsyncClient().get('u', timeout=None)"],
        ["requests.get('u')"],
        ["await asyncio.to_thread(requests.get, 'u')"],
        ["await asyncio.wait_for(asyncio.open_connection('h', 1), None)"],
    ],
)  # fmt: skip
def test_waits_without_a_limit(lines: list[str]) -> None:
    """Nothing ends these."""
    assert found("no-timeout", in_coroutine(*lines)) == [1 + len(lines)]


@pytest.mark.parametrize(
    "lines",
    [
        ["async with asyncio.timeout(1):", "    await asyncio.open_connection('h', 1)"],
        ["await asyncio.wait_for(asyncio.open_connection('h', 1), 1)"],
        ["x = asyncio.open_connection('h', 1)", "await asyncio.wait_for(x, timeout=1)"],
        ["async with aiohttp.ClientSession() as s:", "    await s.get('u')"],
        ["async with aiohttp.ClientSession(timeout=None) as s:", "    await s.get('u', timeout=1)"],
        ["await httpx.AsyncClient().get('u')"],
        ["requests.get('u', timeout=1)"],
        ["requests.get('u', **f)"],
        ["await asyncio.to_thread(requests.get, 'u', timeout=1)"],
        ["f.give_up_after(1, asyncio.open_connection('h', 1))"],
    ],
)
def test_waits_with_a_limit(lines: list[str]) -> None:
    """A limit around the wait, at the call, or of the client."""
    assert found("no-timeout", in_coroutine(*lines)) == []


def test_limits_around_every_caller_count() -> None:
    """A function is bounded if all its callers are; one that is not is enough."""
    text = """\
async def ask():
    await asyncio.open_connection('h', 1)
async def between():
    await ask()
async def main():
    await asyncio.wait_for(between(), 1)
"""
    assert found("no-timeout", text) == []
    assert found("no-timeout", f"{text}    await ask()\n") == [2]
    assert found("no-timeout", f"{text}    start(between)\n") == [2]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("for x in f:\n        async with aiohttp.ClientSession() as s: await s.get(x)", [3]),
        ("for _ in range(3):\n        async with aiohttp.ClientSession() as s: await s.get(f)", []),
        ("while f:\n        async with aiohttp.ClientSession() as s: await s.get(f)", []),
        ("async with aiohttp.ClientSession() as s:\n        for x in f: await s.get(x)", []),
        ("await asyncio.gather(*(one(x) for x in f))", [5]),
        ("await asyncio.gather(*(near(x) for x in f))", [5]),
        ("await one(f)", []),
        ("[made() for x in f]", []),
    ],
)
def test_sessions_for_one_request(text: str, lines: list[int]) -> None:
    """A client made in a loop, or in what a loop calls; not in tries, factories, or once."""
    more = """
async def one(x):
    async with aiohttp.ClientSession() as s: await s.get(x)
async def near(x): return await one(x)
async def made():
    s = aiohttp.ClientSession()
    return s
"""
    program = in_coroutine(text, before=more)
    shift = program.count("\n", 0, program.index("async def one")) - 3
    expected = [line + shift if line == 5 else line for line in lines]
    assert found("session-per-request", program) == expected


@pytest.mark.parametrize(
    ("body", "handler", "is_found"),
    [
        ("return await asyncio.gather(*(coro(x) for x in f))", "except OSError: return []", True),
        ("x, y = await asyncio.gather(coro(1), coro(2))", "except Exception as e: print(e)", True),
        ("await asyncio.gather(coro(1), coro(2))", "except OSError: pass", False),
        ("return await asyncio.gather(*(coro(x) for x in f))", "except OSError: raise", False),
        ("return await asyncio.gather(*(coro(x) for x in f))", "except TimeoutError: pass", False),
        ("return await asyncio.gather(*f, return_exceptions=True)", "except OSError: pass", False),
        ("return await asyncio.gather(*(safe(x) for x in f))", "except OSError: pass", False),
        ("return await asyncio.gather(coro(1))", "except OSError: pass", False),
    ],
)
def test_one_failure_loses_all_results(body: str, handler: str, *, is_found: bool) -> None:
    """Results are wanted, and a handler goes on without them."""
    more = """
async def coro(x): return x
async def safe(x):
    try: return f()
    except E: pass
"""
    program = in_coroutine("try:", f"    {body}", handler, before=more)
    assert found("gather-loses-results", program) == ([3] if is_found else [])


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        (["await asyncio.gather(*(f(x) for x in f), return_exceptions=True)"], True),
        (["x = await asyncio.gather(f(), f(), return_exceptions=True)", "return len(x)"], True),
        (["x = await asyncio.gather(f(), return_exceptions=True)", "for y in x: print(y)"], True),
        (["x = await asyncio.gather(f(), return_exceptions=True)", "return x"], False),
        (["x = await asyncio.gather(f(), return_exceptions=True)",
          "return [y for y in x if isinstance(y, int)]"], False),
        (["f.cancel()", "await asyncio.gather(f(), return_exceptions=True)"], False),
        (["await asyncio.gather(*(x.close() for x in f), return_exceptions=True)"], False),
        (["await asyncio.gather(*(f(x) for x in f))"], False),
    ],
)  # fmt: skip
def test_results_that_may_be_exceptions(lines: list[str], *, is_found: bool) -> None:
    """Somebody has to look at what kind of thing came back."""
    expected = [2] if is_found else []
    assert found("unchecked-results", in_coroutine(*lines)) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("try: await f()\n    except: pass", 3),
        ("try: await f()\n    except BaseException as e: print(e)", 3),
        ("while True:\n        try: await f()\n        except asyncio.CancelledError: pass", 4),
        ("with contextlib.suppress(BaseException): await f()", 2),
        ("try: await f()\n    finally: return 1", 3),
        ("while f:\n        try: await f()\n        except (E, asyncio.CancelledError): break", 4),
        ("try: await f()\n    except: raise", None),
        ("try: await f()\n    except Exception: pass", None),
        ("try: await f()\n    except asyncio.CancelledError: return", None),
        ("try: await f()\n    except BaseException as e: f.set_exception(e)", None),
        ("try: await f()\n    except asyncio.CancelledError: raise\n    except: pass", None),
        ("f.cancel()\n    try: await f\n    except asyncio.CancelledError: pass", None),
        ("with contextlib.suppress(asyncio.CancelledError): await f", None),
        ("try: f()\n    except: pass", None),
    ],
)
def test_cancellations_that_go_no_further(text: str, line: int | None) -> None:
    """A handler ends a cancellation of its own task and goes on."""
    assert found("swallowed-cancellation", in_coroutine(text)) == ([line] if line else [])


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        (["ALL.append(asyncio.create_task(coro()))"], True),
        (["ts = [asyncio.create_task(coro()) for _ in f]", "await asyncio.wait(ts)"], True),
        (["ts = [asyncio.create_task(coro()) for _ in f]", "d, _ = await asyncio.wait(ts)"], True),
        (["asyncio.get_running_loop().run_in_executor(None, f)"], True),
        (["t = asyncio.create_task(coro())", "t.add_done_callback(lambda d: print(d.get_name()))"],
         True),
        (["t = asyncio.create_task(coro())", "t.add_done_callback(lambda d: print(d.exception()))"],
         False),
        (["t = asyncio.create_task(coro())", "t.add_done_callback(f)"], False),
        (["ts = [asyncio.create_task(coro()) for _ in f]", "d, _ = await asyncio.wait(ts)",
          "return d"], False),
        (["ts = [asyncio.create_task(coro()) for _ in f]", "await asyncio.gather(*ts)"], False),
        (["f.append(asyncio.create_task(coro()))", "await f[0]"], False),
        (["await asyncio.get_running_loop().run_in_executor(None, f)"], False),
        (["ALL.append(asyncio.create_task(idle()))"], False),
        (["ALL.append(asyncio.create_task(safe()))"], False),
    ],
)  # fmt: skip
def test_tasks_that_nobody_asks(lines: list[str], *, is_found: bool) -> None:
    """A task that can fail has to be asked by somebody."""
    more = """
ALL = []
async def coro(): return int("x")
async def idle(): await asyncio.sleep(1)
async def safe():
    try: await coro()
    except Exception: pass
"""
    expected = [2] if is_found else []
    assert found("exception-never-retrieved", in_coroutine(*lines, before=more)) == expected


def test_the_page_of_rules_is_up_to_date() -> None:
    """docs/rules.md is what tools/rules_page.py makes of the catalogue."""
    tool = Path(__file__).parents[3] / "tools" / "rules_page.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], check=False)
    assert done.returncode == 0
