"""What the functions of common libraries return, as far as rules need to know it.

A call of a name whose last part begins with a capital letter makes an object of that class; the
tables name what is not so. Sources: the reference documentation of each library.
"""

RETURNS: dict[str, str] = {
    "ftplib.FTP": "ftplib.FTP",
    "ftplib.FTP_TLS": "ftplib.FTP",
    "smtplib.SMTP": "smtplib.SMTP",
    "smtplib.SMTP_SSL": "smtplib.SMTP_SSL",
    "asyncio.Queue.get_nowait": "?",
    "asyncio.create_task": "asyncio.Task",
    "asyncio.ensure_future": "asyncio.Task",
    "asyncio.gather": "asyncio.Future",
    "asyncio.shield": "asyncio.Future",
    "asyncio.get_event_loop": "asyncio.AbstractEventLoop",
    "asyncio.get_running_loop": "asyncio.AbstractEventLoop",
    "asyncio.new_event_loop": "asyncio.AbstractEventLoop",
    "asyncio.AbstractEventLoop.create_future": "asyncio.Future",
    "asyncio.AbstractEventLoop.create_task": "asyncio.Task",
    "asyncio.AbstractEventLoop.run_in_executor": "asyncio.Future",
    "asyncio.run_coroutine_threadsafe": "concurrent.futures.Future",
    "asyncio.TaskGroup.create_task": "asyncio.Task",
    "asyncio.create_subprocess_exec": "asyncio.subprocess.Process",
    "asyncio.create_subprocess_shell": "asyncio.subprocess.Process",
    "asyncio.current_task": "asyncio.Task",
    "asyncpg.connect": "asyncpg.Connection",
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncpg.Pool.acquire": "asyncpg.Connection",
    "aiohttp.ClientSession.ws_connect": "aiohttp.ClientWebSocketResponse",
    "aiohttp.ClientSession.get": "aiohttp.ClientResponse",
    "aiohttp.ClientSession.post": "aiohttp.ClientResponse",
    "aiohttp.ClientSession.request": "aiohttp.ClientResponse",
    "boto3.client": "boto3.client",
    "boto3.resource": "boto3.resource",
    "boto3.Session.client": "boto3.client",
    "boto3.Session.resource": "boto3.resource",
    "boto3.session.Session.client": "boto3.client",
    "boto3.session.Session.resource": "boto3.resource",
    "concurrent.futures.Executor.submit": "concurrent.futures.Future",
    "concurrent.futures.ProcessPoolExecutor.submit": "concurrent.futures.Future",
    "concurrent.futures.ThreadPoolExecutor.submit": "concurrent.futures.Future",
    "open": "io.TextIOWrapper",
    "io.open": "io.TextIOWrapper",
    "pathlib.Path.open": "io.TextIOWrapper",
    "MySQLdb.connect": "MySQLdb.Connection",
    "MySQLdb.Connection.cursor": "MySQLdb.Cursor",
    "mysql.connector.connect": "mysql.connector.Connection",
    "mysql.connector.Connection.cursor": "mysql.connector.Cursor",
    "pymysql.connect": "pymysql.Connection",
    "pymysql.Connection.cursor": "pymysql.Cursor",
    "psycopg.connect": "psycopg.Connection",
    "psycopg.Connection.connect": "psycopg.Connection",
    "psycopg.Connection.cursor": "psycopg.Cursor",
    "psycopg.Connection.execute": "psycopg.Cursor",
    "psycopg.AsyncConnection.connect": "psycopg.AsyncConnection",
    "psycopg2.connect": "psycopg2.Connection",
    "psycopg2.Connection.cursor": "psycopg2.Cursor",
    "pymongo.MongoClient.get_database": "pymongo.Database",
    "redis.from_url": "redis.Redis",
    "redis.Redis.from_url": "redis.Redis",
    "redis.StrictRedis.from_url": "redis.Redis",
    "redis.Redis.pipeline": "redis.Pipeline",
    "redis.asyncio.from_url": "redis.asyncio.Redis",
    "redis.asyncio.Redis.from_url": "redis.asyncio.Redis",
    "redis.asyncio.Redis.pipeline": "redis.asyncio.Pipeline",
    "requests.session": "requests.Session",
    "socket.create_connection": "socket.socket",
    "socket.socket": "socket.socket",
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.Engine.connect": "sqlalchemy.Connection",
    "sqlalchemy.Engine.begin": "sqlalchemy.Connection",
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "sqlalchemy.orm.sessionmaker()": "sqlalchemy.orm.Session",
    "sqlite3.connect": "sqlite3.Connection",
    "sqlite3.Connection.cursor": "sqlite3.Cursor",
    "sqlite3.Connection.execute": "sqlite3.Cursor",
    "threading.Lock": "threading.Lock",
    "websockets.asyncio.client.connect": "websockets.ClientConnection",
    "websockets.connect": "websockets.ClientConnection",
    "threading.RLock": "threading.RLock",
    "jira.JIRA": "jira.JIRA",
    "pybit.unified_trading.HTTP": "pybit.unified_trading.HTTP",
    "ccxt.binance": "ccxt.binance",
    "ccxt.bybit": "ccxt.bybit",
    "ccxt.coinbase": "ccxt.coinbase",
    "ccxt.kraken": "ccxt.kraken",
    "ccxt.kucoin": "ccxt.kucoin",
    "ccxt.okx": "ccxt.okx",
}
"""Function, or method as ``class.method`` -> the class of what it returns, awaited or not.

``class()`` stands for calling an object of the class, and ``"?"`` for nothing that is known.
"""

UNPACKS: dict[str, tuple[str, ...]] = {
    "asyncio.open_connection": ("asyncio.StreamReader", "asyncio.StreamWriter"),
    "asyncio.open_unix_connection": ("asyncio.StreamReader", "asyncio.StreamWriter"),
}
"""Function -> the classes of the tuple that it returns."""

CANONICAL: dict[str, str] = {
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
    "asyncio.events.AbstractEventLoop": "asyncio.AbstractEventLoop",
    "asyncio.locks": "asyncio",
    "asyncio.queues": "asyncio",
    "asyncio.tasks": "asyncio",
    "concurrent.futures.thread.ThreadPoolExecutor": "concurrent.futures.ThreadPoolExecutor",
    "os.path": "os.path",
    "posixpath": "os.path",
    "psycopg2.extensions.connection": "psycopg2.Connection",
    "psycopg2.extensions.cursor": "psycopg2.Cursor",
    "pymysql.connections.Connection": "pymysql.Connection",
    "redis.StrictRedis": "redis.Redis",
    "redis.client.Redis": "redis.Redis",
    "redis.asyncio.client.Redis": "redis.asyncio.Redis",
    "requests.api": "requests",
    "requests.sessions.Session": "requests.Session",
    "sqlalchemy.engine.Engine": "sqlalchemy.Engine",
    "sqlalchemy.orm.session.Session": "sqlalchemy.orm.Session",
}
"""Names under which a library also knows something -> its usual name."""


def canonical(name: str) -> str:
    """Return the usual name of something foreign."""
    known = CANONICAL.get(name)
    if known is not None:
        return known
    head, _, last = name.rpartition(".")
    return f"{CANONICAL[head]}.{last}" if head in CANONICAL else name


def returned_class(name: str) -> str | None:
    """Return the class of what calling a foreign name gives, None where nobody knows."""
    known = RETURNS.get(name)
    if known is not None:
        return None if known == "?" else known
    last = name.rpartition(".")[2]
    return name if last[:1].isupper() and not last.isupper() else None
