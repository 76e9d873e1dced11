"""What real projects do that was once called a mistake, or missed; each beside its twin."""

import pytest
from tests.analysis.rules.test_source_rules import found

from loopscope.source.independence.decide import why
from loopscope.source.independence.verdict import Level
from loopscope.source.project import Project


def level_of(text: str) -> Level:
    """Return how sure it is that the awaits of the marked lines may run together."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# <-")]
    return why(Project({"app.py": f"{text}\n"}), "app.py", lines[0], lines[-1]).level


BEGUN = """\
import asyncio, httpx
client = httpx.AsyncClient()
async def ask(name):
    await asyncio.sleep(1)
    return object()
async def subject(job):
    {first}  # <-
    {second}  # <-
"""


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("job.process = await ask('a')", "out = await job.process.finish()", Level.NO),
        ("job.process = await ask('a')", "job.other = await ask('b')", Level.LIKELY),
        ("await self._sleep(5)", "out = await ask('b')", Level.NO),
        ("row = await users.create(name='a')", "out = await client.get('http://h/')", Level.ASK),
        ("row = await users.find(name='a')", "out = await client.get('http://h/')", Level.LIKELY),
    ],
)
def test_what_an_await_needs_of_the_one_before(first: str, second: str, level: Level) -> None:
    """An answer kept on an object, items of a comprehension, a pause of another name."""
    assert level_of(BEGUN.format(first=first, second=second)) == level


def test_the_items_of_a_comprehension_may_come_of_the_answer_before() -> None:
    """What is awaited for each item needs the items."""
    text = (
        "async def names():\n    numbers = await listing()\n"
        "    return {await name_of(one): one for one in numbers}\n"
        "async def listing():\n    await asyncio.sleep(1)\n    return [1]\n"
        "async def name_of(one):\n    await asyncio.sleep(1)\n    return one\n"
    )
    assert found("sequential-awaits", text) == [3]


CLASSES = """\
import asyncio
class Feed:
    async def open_book(self):
        return {{}}
    async def open_line(self):
        return True
    async def start(self):
        await asyncio.gather(self.open_book(), self.open_line())
{more}"""

DERIVED = """\
class Remote(Feed):
    async def open_book(self):
        await asyncio.sleep(1)
"""


@pytest.mark.parametrize(("more", "is_told"), [("", True), (DERIVED, False)])
def test_a_method_that_a_derived_class_replaces_may_wait_there(more: str, is_told: bool) -> None:
    """What the base class does is not all that can run."""
    assert bool(found("pointless-async", CLASSES.format(more=more))) is is_told


def test_a_method_that_others_are_to_write_may_wait() -> None:
    """A protocol says nothing of what will run."""
    text = (
        "class Opener:\n    async def __call__(self, name): ...\n"
        "async def all_of(opener: Opener):\n    await asyncio.gather(opener('a'), opener('b'))\n"
    )
    assert found("pointless-async", text) == []


def test_a_cast_gives_the_function_that_the_thread_runs() -> None:
    """``cast`` returns its argument."""
    text = "import typing\nasync def f(g):\n    await asyncio.to_thread(typing.cast('C', g))\n"
    assert found("pointless-async", text) == []


HANDLERS = """\
import asyncio
class Words:
    async def judge_message(self, context):
        await asyncio.sleep(1)
        context.verdict = "bad"
async def judge(filters, context):
    for one in filters:
        out = await one.{name}(context)  # <-
        filters_said.append(out)
"""


@pytest.mark.parametrize(("name", "level"), [("judge_message", Level.NO), ("fetch", Level.LIKELY)])
def test_any_method_of_a_telling_name_may_be_the_one_that_runs(name: str, level: Level) -> None:
    """Where the class of an object is unknown, all of the project that have the method count."""
    assert level_of(HANDLERS.format(name=name).replace("filters_said", "said")) in (
        level,
        Level.ASK,
    )


def test_a_function_that_is_handed_in_is_code_that_nobody_has_seen() -> None:
    """An annotation says that it can be called, not what it does."""
    text = (
        "from collections.abc import Awaitable, Callable\n"
        "async def each(ask: Callable[[int], Awaitable[int]], items):\n    out = []\n"
        "    for one in items:\n        out.append(await ask(one))  # <-\n    return out"
    )
    assert level_of(text) == Level.ASK


def test_a_lock_that_nobody_holds_is_no_wait() -> None:
    """Two looks at counters gain nothing side by side."""
    text = (
        "import asyncio\nclass Counter:\n    def __init__(self):\n"
        "        self._lock = asyncio.Lock()\n        self.count = 0\n"
        "    async def state(self):\n        async with self._lock:\n"
        "            return self.count\n"
        "async def both(a: Counter, b: Counter):\n"
        "    x = await a.state()  # <-\n    y = await b.state()  # <-\n    return x, y"
    )
    assert level_of(text) == Level.NO


def test_the_order_of_a_test_is_its_story() -> None:
    """The same awaits are told outside of tests."""
    text = "async def {}(client: httpx.AsyncClient):\n"
    text += "    a = await client.get('http://h/1')\n    b = await client.get('http://h/2')\n"
    assert found("sequential-awaits", text.format("page")) == [2]
    assert found("sequential-awaits", text.format("test_page")) == []
    assert found("sequential-awaits", "@pytest.fixture\n" + text.format("page")) == []


POLLING = [
    ("if not self.stop: await asyncio.sleep(1)", "work(self)", []),
    (
        "if not self.ready:\n            await asyncio.sleep(1)\n            continue",
        "work(self)",
        [4],
    ),
    ("if self.on:\n            await asyncio.sleep(1)\n            break", "pass", []),
]


@pytest.mark.parametrize(("pause", "rest", "lines"), POLLING)
def test_a_pause_between_two_rounds_of_work_is_no_polling(
    pause: str, rest: str, lines: list[int]
) -> None:
    """After the sleep something else than another look comes."""
    text = f"async def run(self):\n    while True:\n        {pause}\n        {rest}\n"
    assert found("polling", text) == lines


WAITS = [
    ("asyncio.open_connection('h', 1)", [2]),
    ("asyncio.open_connection(sock=s)", []),
    ("asyncio.open_connection(sock=s, ssl=True)", [2]),
    ("(await asyncio.create_subprocess_exec('chmod', '600', 'f')).wait()", []),
    ("(await asyncio.create_subprocess_exec('ffmpeg', 'f')).wait()", [2]),
]


@pytest.mark.parametrize(("call", "lines"), WAITS)
def test_what_is_soon_over_by_itself_needs_no_timeout(call: str, lines: list[int]) -> None:
    """A socket that is connected already, a tool that changes one file."""
    text = f"async def main(s):\n    await {call}\nasync def top(): await main(1)\n"
    assert found("no-timeout", text) == lines


CLIENTS = """\
async def ask(urls):
    for url in urls:
        async with httpx.AsyncClient() as client:
            {use}
"""


@pytest.mark.parametrize(
    ("use", "lines"),
    [("got.append(await client.get(url))", [3]), ("return await client.get(url)", [])],
)
def test_places_that_are_asked_until_one_helps_are_seldom_many(use: str, lines: list[int]) -> None:
    """A client whose answer ends the loop is usually the only one."""
    assert found("session-per-request", CLIENTS.format(use=use)) == lines


MAIN = """\
async def main():
    {first}
    await asyncio.sleep(1)
    time.sleep(2)
async def worker():
    time.sleep(3)
asyncio.{run}
"""


@pytest.mark.parametrize(
    ("first", "run", "lines"),
    [
        ("time.sleep(1)", "run(main())", [4, 6]),
        ("asyncio.create_task(worker()); time.sleep(1)", "run(main())", [2, 4, 6]),
        ("for n in range(2): time.sleep(1)", "run(main())", [2, 4, 6]),
        ("time.sleep(1)", "create_task(main())", [2, 4, 6]),
    ],
)
def test_before_its_first_await_the_main_coroutine_holds_nobody_up(
    first: str, run: str, lines: list[int]
) -> None:
    """There is no other task yet."""
    assert found("blocking-call", MAIN.format(first=first, run=run)) == lines


SERVICES = [
    "jira.JIRA('u').create_issue(fields={})",
    "client = HTTP(testnet=True); client.get_positions(category='linear')",
    "ccxt.binance().fetch_ticker('BTC/USDT')",
    "binance.Client('k', 's').get_account()",
    "yt_dlp.YoutubeDL({}).extract_info('u')",
    "dns.resolver.resolve('h', 'MX')",
    "yfinance.download('AAPL')",
]
ANSWERED_BY_THE_LOOP = [
    "await ccxt.async_support.binance().fetch_ticker('BTC/USDT')",
    "x = asyncio.gather(ccxt.async_support.binance().fetch_ticker('BTC/USDT'))",
    "jira.JIRA('u').close()",
    "await asyncio.to_thread(dns.resolver.resolve, 'h', 'MX')",
    "await loop.run_in_executor(None, lambda: binance.Client('k', 's').get_account())",
]
SERVICE_HEAD = """\
import binance, ccxt, ccxt.async_support, dns.resolver, jira
import yfinance, yt_dlp
from pybit.unified_trading import HTTP
async def main(loop):
    {}
"""


@pytest.mark.parametrize("line", SERVICES)
def test_clients_of_services_wait_for_the_network(line: str) -> None:
    """Libraries of bots and of traders that have no other way to ask."""
    assert found("blocking-call", SERVICE_HEAD.format(line)) == [5]


@pytest.mark.parametrize("line", ANSWERED_BY_THE_LOOP)
def test_their_asynchronous_twins_do_not(line: str) -> None:
    """Nor what only makes a request, or is done in a thread."""
    assert found("blocking-call", SERVICE_HEAD.format(line)) == []
