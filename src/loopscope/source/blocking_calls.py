"""Which calls of the standard library and of common libraries hold the thread that makes them.

The sources are the reference documentation of each library, the tables of blockbuster 1.5 and the
ASYNC2xx rules of ruff, and the calls that real projects moved off their loops.
"""

import ast
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a blocking call waits for, as part of a sentence."""

    SLEEP = "sleeps"
    NETWORK = "waits for the network"
    DNS = "waits for the answer of a name server"
    DATABASE = "waits for the database"
    PROCESS = "waits for another process"
    THREAD = "waits for another thread"
    PERSON = "waits for somebody to type"
    TREE = "reads or writes many files"
    FILE = "waits for the disk"
    NAMED = "is set down as blocking in pyproject.toml and runs"

    @property
    def is_often_quick(self) -> bool:
        """Whether it is over at once on most machines, and slow only on a few."""
        return self is Kind.FILE


@dataclass(frozen=True, slots=True)
class Blocking:
    """A call that blocks.

    Attributes:
        name: The dotted name of what is called.
        kind: What it waits for.
        instead: What an asynchronous program uses, as the object of "use"; "" for a thread.
    """

    name: str
    kind: Kind
    instead: str = ""


def _named(prefix: str, names: str, kind: Kind, instead: str = "") -> dict[str, Blocking]:
    found = (f"{prefix}.{name}" if prefix else name for name in names.split())
    return {name: Blocking(name, kind, instead) for name in found}


HTTP_VERBS = "get post put patch delete head options request"
CURSOR = "execute executemany callproc fetchone fetchmany fetchall copy nextset"

EXACT: dict[str, Blocking] = {
    **_named("time", "sleep", Kind.SLEEP, "await asyncio.sleep(...)"),
    **_named("requests", HTTP_VERBS, Kind.NETWORK, "aiohttp or httpx.AsyncClient"),
    **_named(
        "requests.Session", f"{HTTP_VERBS} send", Kind.NETWORK, "aiohttp or httpx.AsyncClient"
    ),
    **_named("httpx", f"{HTTP_VERBS} stream", Kind.NETWORK, "httpx.AsyncClient"),
    **_named("httpx.Client", f"{HTTP_VERBS} stream send", Kind.NETWORK, "httpx.AsyncClient"),
    **_named("urllib.request", "urlopen urlretrieve", Kind.NETWORK, "aiohttp or httpx.AsyncClient"),
    **_named("urllib3", "request", Kind.NETWORK, "aiohttp or httpx.AsyncClient"),
    **_named(
        "urllib3.PoolManager", "request urlopen", Kind.NETWORK, "aiohttp or httpx.AsyncClient"
    ),
    **_named("http.client.HTTPConnection", "request getresponse connect", Kind.NETWORK),
    **_named("http.client.HTTPSConnection", "request getresponse connect", Kind.NETWORK),
    **_named("socket", "create_connection", Kind.NETWORK, "await asyncio.open_connection(...)"),
    **_named(
        "socket",
        "getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo getfqdn",
        Kind.DNS,
        "await loop.getaddrinfo(...)",
    ),
    **_named("smtplib", "SMTP SMTP_SSL", Kind.NETWORK),
    **_named("smtplib.SMTP", "sendmail send_message login starttls connect quit", Kind.NETWORK),
    **_named("smtplib.SMTP_SSL", "sendmail send_message login connect quit", Kind.NETWORK),
    **_named("ftplib", "FTP FTP_TLS", Kind.NETWORK),
    **_named(
        "ftplib.FTP",
        "connect login cwd dir nlst retrbinary retrlines storbinary storlines",
        Kind.NETWORK,
    ),
    **_named("imaplib", "IMAP4 IMAP4_SSL", Kind.NETWORK),
    **_named("paramiko.SSHClient", "connect exec_command open_sftp", Kind.NETWORK),
    **_named("select", "select", Kind.NETWORK),
    **_named("dns.resolver", "resolve query", Kind.DNS, "dns.asyncresolver"),
    **_named("dns.resolver.Resolver", "resolve query", Kind.DNS, "dns.asyncresolver.Resolver"),
    **_named("whois", "whois", Kind.NETWORK),
    **_named("yfinance", "download", Kind.NETWORK),
    **_named(
        "subprocess",
        "run call check_call check_output getoutput getstatusoutput",
        Kind.PROCESS,
        "await asyncio.create_subprocess_exec(...)",
    ),
    **_named(
        "subprocess.Popen", "wait communicate", Kind.PROCESS, "asyncio.create_subprocess_exec"
    ),
    **_named("os", "system", Kind.PROCESS, "await asyncio.create_subprocess_shell(...)"),
    **_named(
        "os", "popen wait waitpid wait3 wait4", Kind.PROCESS, "asyncio.create_subprocess_exec"
    ),
    **_named("multiprocessing.Process", "join", Kind.PROCESS),
    **_named(
        "multiprocessing.Pool", "map starmap apply join", Kind.PROCESS, "loop.run_in_executor"
    ),
    **_named("", "input", Kind.PERSON),
    **_named("getpass", "getpass", Kind.PERSON),
    **_named("threading.Lock", "acquire", Kind.THREAD, "asyncio.Lock"),
    **_named("threading.RLock", "acquire", Kind.THREAD, "asyncio.Lock"),
    **_named("threading.Semaphore", "acquire", Kind.THREAD, "asyncio.Semaphore"),
    **_named("threading.BoundedSemaphore", "acquire", Kind.THREAD, "asyncio.Semaphore"),
    **_named("threading.Event", "wait", Kind.THREAD, "asyncio.Event"),
    **_named("threading.Condition", "wait wait_for acquire", Kind.THREAD, "asyncio.Condition"),
    **_named("threading.Barrier", "wait", Kind.THREAD, "asyncio.Barrier"),
    **_named("threading.Thread", "join", Kind.THREAD),
    **_named("queue.Queue", "get join", Kind.THREAD, "asyncio.Queue"),
    **_named("queue.SimpleQueue", "get", Kind.THREAD, "asyncio.Queue"),
    **_named("queue.LifoQueue", "get join", Kind.THREAD, "asyncio.LifoQueue"),
    **_named("queue.PriorityQueue", "get join", Kind.THREAD, "asyncio.PriorityQueue"),
    **_named("multiprocessing.Queue", "get", Kind.PROCESS),
    **_named(
        "concurrent.futures.Future",
        "result exception",
        Kind.THREAD,
        "await asyncio.wrap_future(...)",
    ),
    **_named("concurrent.futures", "wait", Kind.THREAD, "asyncio.wait with wrapped futures"),
    **_named(
        "sqlite3.Connection", "execute executemany executescript commit backup", Kind.DATABASE
    ),
    **_named("sqlite3.Cursor", "execute executemany executescript fetchall", Kind.DATABASE),
    **_named("sqlite3", "connect", Kind.DATABASE),
    **_named("psycopg2", "connect", Kind.DATABASE, "asyncpg or psycopg.AsyncConnection"),
    **_named("psycopg2.Connection", "commit rollback", Kind.DATABASE),
    **_named("psycopg2.Cursor", CURSOR, Kind.DATABASE, "asyncpg or psycopg.AsyncConnection"),
    **_named("psycopg", "connect", Kind.DATABASE, "psycopg.AsyncConnection"),
    **_named("psycopg.Connection", "connect execute commit rollback", Kind.DATABASE),
    **_named("psycopg.Cursor", CURSOR, Kind.DATABASE, "psycopg.AsyncConnection"),
    **_named("pymysql", "connect", Kind.DATABASE, "aiomysql"),
    **_named("pymysql.Connection", "commit rollback ping", Kind.DATABASE, "aiomysql"),
    **_named("pymysql.Cursor", CURSOR, Kind.DATABASE, "aiomysql"),
    **_named("MySQLdb", "connect", Kind.DATABASE),
    **_named("MySQLdb.Cursor", CURSOR, Kind.DATABASE),
    **_named("mysql.connector", "connect", Kind.DATABASE),
    **_named("mysql.connector.Cursor", CURSOR, Kind.DATABASE),
    **_named("sqlalchemy.Engine", "connect begin", Kind.DATABASE, "create_async_engine"),
    **_named("sqlalchemy.Connection", "execute scalar scalars commit", Kind.DATABASE),
    **_named(
        "sqlalchemy.orm.Session",
        "execute scalar scalars commit flush refresh get query",
        Kind.DATABASE,
        "sqlalchemy.ext.asyncio.AsyncSession",
    ),
    **_named("pandas", "read_sql read_sql_query read_sql_table", Kind.DATABASE),
    **_named("pandas", "read_csv read_parquet read_excel read_json", Kind.TREE),
    **_named("shutil", "copytree rmtree make_archive unpack_archive", Kind.TREE),
    **_named("shutil", "copy copy2 copyfile copyfileobj move", Kind.FILE),
    **_named("zipfile.ZipFile", "extractall testzip", Kind.TREE),
    **_named("tarfile.TarFile", "extractall", Kind.TREE),
    **_named("os", "walk", Kind.TREE),
    **_named("os", "listdir fsync removedirs", Kind.FILE),
    **_named("", "open", Kind.FILE, "aiofiles, or asyncio.to_thread for all of it"),
    **_named("io", "open", Kind.FILE),
    **_named(
        "pathlib.Path",
        "read_text read_bytes write_text write_bytes open",
        Kind.FILE,
    ),
    **_named("glob", "glob", Kind.FILE),
    **_named("ssl", "create_default_context", Kind.FILE),
}
"""Full dotted name -> what it does.

Calls that only touch an entry of a directory (``exists``, ``stat``, ``mkdir``, ``unlink``) are
left out, as are lazy listings and what is done with a file once it is open: source cannot tell
the few disks on which they are slow, and a recorded run finds those.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_REDIS_QUIET = _words("pipeline pubsub lock register_script from_url get_encoder")
_AWS_QUIET = _words(
    "get_paginator get_waiter generate_presigned_url generate_presigned_post can_paginate close"
)
_AWS_RESOURCE = _words(
    "put get delete load reload upload_file upload_fileobj download_file download_fileobj put_item "
    "get_item delete_item update_item query scan send_message send_messages receive_messages "
    "publish invoke put_object get_object create wait_until_exists"
)
_SDK = _words(
    "create parse retrieve delete list update generate_content embed_content count_tokens chat "
    "complete embed rerank generate"
)
_MONGO = _words(
    "find_one insert_one insert_many update_one update_many delete_one delete_many replace_one "
    "count_documents distinct create_index find_one_and_update bulk_write command drop"
)
_EXCHANGE = _words(
    "load_markets fetch_ticker fetch_tickers fetch_balance fetch_ohlcv fetch_order_book "
    "fetch_trades fetch_my_trades fetch_order fetch_orders fetch_open_orders fetch_positions "
    "create_order cancel_order cancel_all_orders set_leverage"
)
_SOCKET = _words("connect recv recv_into recvfrom accept sendall")
_SEARCH = _words("search index get bulk delete update count")
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Family:
    """A client whose methods all call a service, or those named."""

    prefix: str
    kind: Kind
    instead: str
    only: frozenset[str] = _NONE
    never: frozenset[str] = _NONE

    def holds(self, name: str) -> bool:
        if not name.startswith(f"{self.prefix}."):
            return False
        last = name.rpartition(".")[2]
        if last[:1].isupper() or last.startswith("_") or last in self.never:
            return False
        return not self.only or last in self.only


FAMILIES = (
    _Family("redis.Redis", Kind.NETWORK, "redis.asyncio.Redis", never=_REDIS_QUIET),
    _Family("redis.Pipeline", Kind.NETWORK, "redis.asyncio.Redis", _words("execute")),
    _Family("boto3.client", Kind.NETWORK, "aioboto3", never=_AWS_QUIET),
    _Family("boto3.resource", Kind.NETWORK, "aioboto3", _AWS_RESOURCE),
    _Family("pymongo.MongoClient", Kind.DATABASE, "motor", _MONGO),
    _Family("openai.OpenAI", Kind.NETWORK, "openai.AsyncOpenAI", _SDK),
    _Family("openai.AzureOpenAI", Kind.NETWORK, "openai.AsyncAzureOpenAI", _SDK),
    _Family("openai.ChatCompletion", Kind.NETWORK, "openai.AsyncOpenAI", _SDK),
    _Family("anthropic.Anthropic", Kind.NETWORK, "anthropic.AsyncAnthropic", _SDK),
    _Family("mistralai.Mistral", Kind.NETWORK, "its async methods", _SDK),
    _Family("cohere.Client", Kind.NETWORK, "cohere.AsyncClient", _SDK),
    _Family("groq.Groq", Kind.NETWORK, "groq.AsyncGroq", _SDK),
    _Family("google.genai.Client.models", Kind.NETWORK, "client.aio", _SDK),
    *(
        _Family(f"ccxt.{exchange}", Kind.NETWORK, "ccxt.async_support", _EXCHANGE)
        for exchange in ("binance", "bybit", "coinbase", "kraken", "kucoin", "okx")
    ),
    _Family("binance.Client", Kind.NETWORK, "binance.AsyncClient", never=_words("close")),
    _Family("binance.client.Client", Kind.NETWORK, "binance.AsyncClient", never=_words("close")),
    _Family("pybit.unified_trading.HTTP", Kind.NETWORK, ""),
    _Family("jira.JIRA", Kind.NETWORK, "", never=_words("close")),
    _Family("github.Github", Kind.NETWORK, "", _words("get_repo get_user get_organization")),
    _Family("tweepy.API", Kind.NETWORK, "tweepy.asynchronous.AsyncClient"),
    _Family("tweepy.Client", Kind.NETWORK, "tweepy.asynchronous.AsyncClient"),
    _Family("yt_dlp.YoutubeDL", Kind.NETWORK, "", _words("download extract_info")),
    _Family("yfinance.Ticker", Kind.NETWORK, "", _words("history")),
    _Family("xmlrpc.client.ServerProxy", Kind.NETWORK, ""),
    _Family("stripe", Kind.NETWORK, "its async methods", _words("create retrieve")),
    _Family("twilio.rest.Client", Kind.NETWORK, "its async client", _SDK),
    _Family(
        "slack_sdk.WebClient",
        Kind.NETWORK,
        "slack_sdk.web.async_client.AsyncWebClient",
    ),
    _Family(
        "elasticsearch.Elasticsearch",
        Kind.NETWORK,
        "elasticsearch.AsyncElasticsearch",
        _SEARCH,
    ),
    _Family(
        "socket.socket",
        Kind.NETWORK,
        "asyncio's streams, or loop.sock_recv and its like",
        _SOCKET,
    ),
)


def blocking(name: str) -> Blocking | None:
    """Return what is known of a foreign name that is called, None if it does not block."""
    found = EXACT.get(name)
    if found is not None:
        return found
    for family in FAMILIES:
        if family.holds(name):
            return Blocking(name, family.kind, family.instead)
    return None


_OF_THREADS = ("threading", "queue", "multiprocessing", "concurrent", "subprocess")
_NO_WAIT = {
    "acquire": "False",
    "get": "False",
    "wait": "0",
    "join": "0",
    "result": "0",
    "exception": "0",
}
"""Method of a thread's or process's object -> the first argument that keeps it from waiting."""


def returns_at_once(call: ast.Call, name: str) -> bool:
    """Tell whether the arguments of a blocking call keep it from waiting."""
    values = {one.arg: _shown(one.value) for one in call.keywords if one.arg}
    if "False" in (values.get(word) for word in ("blocking", "block", "wait")):
        return True
    if values.get("timeout") == "0":
        return True
    first = _shown(call.args[0]) if call.args else ""
    if name in ("os.waitpid", "os.wait4", "os.wait3"):
        return any("WNOHANG" in ast.dump(one) for one in call.args)
    if name == "select.select":
        return _shown(call.args[-1]) == "0" if call.args else False
    special = {"time.sleep": "0", "sqlite3.connect": "':memory:'"}.get(name)
    if name.partition(".")[0] in _OF_THREADS:
        special = _NO_WAIT.get(name.rpartition(".")[2])
    return special is not None and first == special


def _shown(value: ast.expr) -> str:
    """Return a constant as Python shows it, "" for all else; 0.0 is 0."""
    if not isinstance(value, ast.Constant):
        return ""
    return "0" if value.value == 0 and value.value is not False else repr(value.value)
