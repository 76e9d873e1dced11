"""What names tell: verbs that read or write, guards, and classes by how they share.

Sources: the reference documentation of each library, in what it says about concurrent use
(aiohttp, httpx: one session for many requests at a time).
"""

import re
from typing import Final

from loopscope.source.single_use import SINGLE_USE
from loopscope.source.starters import KEPT_BY_CALLER


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PART: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

READING: Final = _words(
    "get fetch fetchval fetchrow read list load select query count head find search exists look"
    " scalar scalars stream describe options download ping stat mget hget hgetall show"
    " getaddrinfo resolve receive recv iterate scan"
)
WRITING: Final = _words(
    "post put patch delete insert update write save send publish commit create set push execute"
    " charge remove add append upload store drop incr decr expire rpush lpush hset sadd zadd flush"
    " rename move copy unlink mkdir close run call submit transfer pay book order apply"
    " reply respond edit notify broadcast forward ban kick mute"
)
GUARDS: Final = _words(
    "check validate ensure auth authenticate authorize login verify acquire begin connect init"
    " initialize setup lock require prepare start open enter subscribe unwatch migrate"
)
SETTING_UP: Final = _words(
    "auth authenticate login acquire begin connect init initialize setup lock start open enter"
    " subscribe migrate"
)
LIFE: Final = _words(
    "start stop close aclose kill join aenter aexit teardown register unregister shutdown cleanup"
    " finish finalize terminate disconnect cancel abort reset"
)
"""Verbs of beginnings and ends, whose order is often meant."""

CHANGING_METHODS: Final = _words(
    "append add update pop popitem popleft appendleft remove clear extend insert setdefault discard"
    " sort reverse set put put_nowait get_nowait task_done release acquire notify notify_all cancel"
    " set_result set_exception write writelines seek truncate send throw rotate reset"
)
LOOKING_METHODS: Final = _words(
    "get items keys values copy upper lower strip lstrip rstrip split rsplit splitlines join format"
    " encode decode startswith endswith replace title capitalize casefold json text index count"
    " is_set locked empty full qsize done cancelled result exception total_seconds isoformat"
    " timestamp strftime date time as_posix with_suffix relative_to raise_for_status getvalue"
    " model_dump dict hexdigest digest partition rpartition isalpha isdigit zfill union"
    " intersection difference group groups match most_common elements bit_length tolist"
)

LOGGING_METHODS: Final = _words("debug info warning warn error exception critical log")
HANDING_OUT: Final = _words("acquire release connection begin close aclose terminate")
"""Methods of pools and clients that ask nothing of what is behind them."""

SAFE: Final = {
    "aiohttp.ClientSession": "http",
    "httpx.AsyncClient": "http",
    "asyncpg.Pool": "db",
    "asyncpg.pool.Pool": "db",
    "psycopg_pool.AsyncConnectionPool": "db",
    "sqlalchemy.ext.asyncio.AsyncEngine": "db",
    "databases.Database": "db",
    "motor.motor_asyncio.AsyncIOMotorClient": "db",
    "redis.asyncio.Redis": "redis",
    "aioredis.Redis": "redis",
    "openai.AsyncOpenAI": "model",
    "anthropic.AsyncAnthropic": "model",
}
"""Classes whose objects serve several tasks at a time -> what they lead to."""

SINGLE: Final = frozenset(SINGLE_USE)
"""Classes whose objects do one operation at a time."""

SINGLE_NAMES: Final = _words(
    "connection conn cursor cur reader writer websocket ws socket sock stream transaction tx"
    " pipeline pipe db_session serial bus"
)
"""What such objects are called where nobody says their class."""

ORDERED: Final = frozenset(
    {
        "asyncio.Queue",
        "asyncio.PriorityQueue",
        "asyncio.LifoQueue",
        "asyncio.Event",
        "asyncio.Condition",
        "asyncio.Lock",
        "asyncio.Semaphore",
        "asyncio.BoundedSemaphore",
        "asyncio.Barrier",
        "contextvars.ContextVar",
    }
)
"""Classes whose methods' order is their meaning."""

LOCKS: Final = frozenset(
    {"asyncio.Lock", "asyncio.Condition", "threading.Lock", "threading.RLock", "anyio.Lock"}
)
LOCK_NAMES: Final = _words("lock mutex guard gate transaction begin atomic")

PURE: Final = _words(
    "abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter"
    " float format frozenset getattr hasattr hash hex id int isinstance issubclass iter len list"
    " map max memoryview min object oct ord pow range repr reversed round set slice sorted str sum"
    " super tuple type vars zip copy.copy copy.deepcopy os.getpid os.cpu_count os.getcwd"
    " os.getenv os.fspath asyncio.gather asyncio.wait_for asyncio.shield asyncio.timeout"
    " asyncio.create_task asyncio.ensure_future asyncio.wait asyncio.as_completed"
    " asyncio.current_task asyncio.get_running_loop asyncio.get_event_loop asyncio.timeout_at"
    " asyncio.iscoroutine asyncio.open_connection asyncio.to_thread"
)
PURE_MODULES: Final = _words(
    "math json re itertools functools operator collections dataclasses datetime decimal fractions"
    " statistics string typing enum hashlib base64 urllib.parse uuid random textwrap logging"
    " contextlib warnings html abc types numbers heapq bisect struct zlib os.path posixpath"
    " secrets traceback inspect pprint locale unicodedata"
)
CLOCKS: Final = _words(
    "time.time time.monotonic time.perf_counter time.time_ns time.monotonic_ns"
    " time.perf_counter_ns datetime.datetime.now datetime.datetime.utcnow"
)
SLEEPS: Final = frozenset({"asyncio.sleep", "anyio.sleep"})
NOT_CALLS: Final = KEPT_BY_CALLER | {"asyncio.wait"}

FILES_READ: Final = _words(
    "read_text read_bytes exists is_file is_dir stat iterdir glob rglob readlines"
)
FILES_WRITTEN: Final = _words(
    "write_text write_bytes unlink mkdir rmdir rename replace touch chmod symlink_to"
)


def verbs(name: str) -> list[str]:
    """Return the words of a name: ``checkQuota_now`` gives check, quota, now."""
    return [part.lower() for part in _PART.findall(name.rpartition(".")[2])]


def writes(name: str) -> bool | None:
    """Return whether a function so named changes what it concerns, None if its name is mute."""
    for word in verbs(name):
        if word in WRITING:
            return True
        if word in READING:
            return False
    return None
