"""World files: what is read from them, and the one sentence for everything that does not fit."""

import datetime as dt
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.errors import WorldError
from loopscope.simulator.hosts.description import (
    Answer,
    Description,
    Failure,
    Failures,
    ScriptStep,
)
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.host import Host
from loopscope.simulator.hosts.latency import Constant, Lognormal, Normal, Samples, Uniform
from loopscope.simulator.hosts.read_host import KEYS, read_host
from loopscope.simulator.world_file import check_world, read_world

MS = 1_000_000


def world(tmp_path: Path, text: str) -> Path:
    """Write a world file."""
    path = tmp_path / "W.toml"
    path.write_text(text)
    return path


def hosts_in(tmp_path: Path, text: str) -> list[Description]:
    """Return the hosts of a world file."""
    return read_world(world(tmp_path, text))


def complaint(tmp_path: Path, text: str) -> str:
    """Return what is said of a world file, without the path of its directory and the line."""
    with pytest.raises(WorldError) as caught:
        hosts_in(tmp_path, text)
    said = str(caught.value).replace(f"{tmp_path}/", "").replace(str(tmp_path), "here")
    return re.sub(r"^W\.toml:\d+: ", "W.toml: ", said)


def test_every_key_is_read(tmp_path: Path) -> None:
    """A file that uses every key of an HTTP host gives the description that it means."""
    (tmp_path / "body.json").write_text("{}")
    (tmp_path / "pages").mkdir()
    (tmp_path / "measured.txt").write_text("# milliseconds\n1ms\n\n2.5ms\n")
    text = """
        [[host]]
        name = "API.example.com"
        port = 443
        kind = "http"
        latency = { lognormal = { median = "80ms", sigma = 0.5 } }
        connect = { uniform = ["1ms", "2ms"] }
        dns = { normal = { mean = "5ms", deviation = "1ms" } }
        tls = { samples = "measured.txt" }
        capacity = 4

        [host.failures]
        dns = 0.01
        refuse = 0.02
        unreachable = 0.03
        reset = 0.04
        black-hole = 0.05
        503 = 0.06
        slow-body = { rate = 0.07, takes = "3s" }
        truncated-body = 0.08

        [[host.answer]]
        method = "POST"
        path = "/a/*"
        status = 201
        latency = "1s"
        headers = { X-Mine = "yes", Content-Type = "text/x-mine" }
        body = "text"

        [[host.answer]]
        path = "/json"
        json = { price = [1, 2.5, true] }

        [[host.answer]]
        path = "/file"
        file = "body.json"

        [[host.answer]]
        path = "/pages/*"
        directory = "pages"

        [[host.answer]]
        path = "/old"
        redirect = "/new"
        status = 308

        [[host.answer]]
        path = "/ws"
        websocket = [{ after = "1s", send = "hello" }, { close = 1001 }]

        [[host.answer]]
        path = "/echo"
        websocket = "echo"
    """
    assert hosts_in(tmp_path, text) == [
        Description(
            "api.example.com",
            port=443,
            latency=Lognormal(80 * MS, 0.5),
            connect=Uniform(1 * MS, 2 * MS),
            dns=Normal(5 * MS, 1 * MS),
            tls=Samples((1 * MS, 2_500_000)),
            capacity=4,
            failures=Failures(
                0.01,
                0.02,
                0.03,
                (
                    Failure("reset", 0.04),
                    Failure("black-hole", 0.05),
                    Failure("status", 0.06, status=503),
                    Failure("slow-body", 0.07, takes_ns=3000 * MS),
                    Failure("truncated-body", 0.08),
                ),
            ),
            answers=(
                Answer(
                    "POST",
                    "/a/*",
                    201,
                    (("content-type", "text/x-mine"), ("x-mine", "yes")),
                    Constant(1000 * MS),
                    b"text",
                ),
                Answer(
                    path="/json",
                    headers=(("content-type", "application/json"),),
                    body=b'{"price": [1, 2.5, true]}',
                ),
                Answer(path="/file", headers=(("content-type", "application/json"),), body=b"{}"),
                Answer(path="/pages/*", directory=tmp_path / "pages"),
                Answer(path="/old", status=308, headers=(("location", "/new"),), body=b""),
                Answer(
                    path="/ws",
                    websocket=(ScriptStep(1000 * MS, "hello"), ScriptStep(0, None, 1001)),
                ),
                Answer(path="/echo", websocket=()),
            ),
        )
    ]


def test_other_kinds_of_hosts(tmp_path: Path) -> None:
    """A Redis with data, a plain TCP host, and one that forwards."""
    text = """
        host = [
            { name = "cache", kind = "redis", data = { a = "1" }, latency = "1ms" },
            { name = "line", kind = "tcp" },
            { name = "api", forward = "localhost:8080", failures = { refuse = 1 } },
            { name = "*", latency = { samples = ["1ms", "2ms"] } },
        ]
    """
    assert hosts_in(tmp_path, text) == [
        Description("cache", kind="redis", data={"a": "1"}, latency=Constant(MS)),
        Description("line", kind="tcp"),
        Description("api", kind="tcp", forward=("127.0.0.1", 8080), failures=Failures(refuse=1.0)),
        Description("*", latency=Samples((MS, 2 * MS))),
    ]


def test_an_empty_file_describes_no_host(tmp_path: Path) -> None:
    """A world without hosts is a world."""
    assert hosts_in(tmp_path, "# nobody here\n") == []


HOST = '[[host]]\nname = "a.test"\n'

HERE = "W.toml: host a.test: "
"""What ``~`` stands for in the following."""

WRONG = [
    ("name = 1\nhost = []", "W.toml: there is no key 'name'; there are: host."),
    ("[host]", "W.toml: host: there may be several; write [[host]]."),
    ("host = 3", "W.toml: host: 3 is no list; write [ ... ]."),
    ("[[host]]", 'W.toml: host 1: the key name is missing; write name = "api.example.com".'),
    (
        '[[host]]\nname = "a b"',
        (
            "W.toml: host 1: name: 'a b' is no name of a host; write \"api.example.com\", "
            'an address, or a pattern as in "*.example.com".'
        ),
    ),
    (
        HOST + "colour = 1",
        "W.toml: host 1: there is no key 'colour'; there are: " + ", ".join(KEYS) + ".",
    ),
    (HOST + "port = 0", "~port: 0 is no whole number from 1 to 65535."),
    (HOST + "port = true", "~port: True is no whole number from 1 to 65535."),
    (HOST + 'kind = "ftp"', "~kind: 'ftp' is none of: http, redis, tcp."),
    (
        HOST + 'latency = "fast"',
        (
            "~latency: 'fast' is no duration: write a number and a unit (ns, us, "
            "ms, s, min, h), such as 100ms or 1.5s."
        ),
    ),
    (
        HOST + 'latency = "99999h"',
        "~latency: '99999h' is too long: at most 10000h.",
    ),
    (
        HOST + "latency = 5",
        (
            '~latency: 5 is no latency; write a duration, as in "100ms", or a '
            "table with one of: uniform, normal, lognormal, samples."
        ),
    ),
    (
        HOST + 'latency = { uniform = ["2s", "1s"] }',
        ("~latency: uniform: the least is more than the most; write them the other way round."),
    ),
    (
        HOST + 'latency = { uniform = ["2s"] }',
        ('~latency: uniform: write the least and the most, as in ["50ms", "150ms"].'),
    ),
    (
        HOST + 'latency = { normal = { mean = "1s" } }',
        "~latency: normal: the key deviation is missing.",
    ),
    (
        HOST + 'latency = { lognormal = { median = "1s", sigma = nan } }',
        "~latency: lognormal: sigma: nan is no number from 0 to 10.",
    ),
    (
        HOST + "latency = { samples = [] }",
        "~latency: samples: there are no samples; write at least one duration.",
    ),
    (
        HOST + 'latency = { samples = "none.txt" }',
        "~latency: samples: there is no file 'none.txt' in here.",
    ),
    (
        HOST + "capacity = 1.5",
        "~capacity: 1.5 is no whole number from 1 to 1000000.",
    ),
    (
        HOST + "failures = 1",
        "~failures: 1 is no table; write { refuse = 0.1 }.",
    ),
    (
        HOST + "failures = { reset = 2 }",
        "~failures: reset: 2 is no number from 0 to 1.",
    ),
    (
        HOST + "failures = { reset = nan }",
        "~failures: reset: nan is no number from 0 to 1.",
    ),
    (
        HOST + "failures = { fire = 0.1 }",
        (
            "~failures: there is no failure 'fire' here; there are: dns, refuse, "
            "unreachable, reset, black-hole, slow-body, truncated-body, and status codes such "
            "as 503."
        ),
    ),
    (
        HOST + 'kind = "redis"\nfailures = { 503 = 0.1 }',
        (
            "~failures: there is no failure '503' here; there are: dns, refuse, "
            "unreachable, reset, black-hole."
        ),
    ),
    (
        HOST + "failures = { reset = 0.7, 503 = 0.7 }",
        ("~failures: the rates of what befalls requests add up to 1.4; at most 1."),
    ),
    (
        HOST + "answer = 1",
        "~answer: 1 is no list; write [ ... ].",
    ),
    (
        HOST + 'answer = { body = "a", json = 1 }',
        "~answer: body and json exclude each other; keep one of them.",
    ),
    (
        HOST + 'answer = { path = "a" }',
        "~answer: path: 'a' does not begin with \"/\".",
    ),
    (
        HOST + "answer = [{}, { status = 99 }]",
        "~answer 2: status: 99 is no whole number from 200 to 599.",
    ),
    (
        HOST + 'answer = { method = "get" }',
        ("~answer: method: 'get' is none of: *, GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS."),
    ),
    (
        HOST + "answer = { json = 1979-05-27 }",
        (
            "~answer: json: datetime.date(1979, 5, 27) cannot be written as JSON: "
            "Object of type date is not JSON serializable."
        ),
    ),
    (
        HOST + "answer = { json = inf }",
        (
            "~answer: json: inf cannot be written as JSON: Out of range float "
            "values are not JSON compliant"
        ),
    ),
    (
        HOST + 'answer = { headers = { a = "b\\r\\nc" } }',
        ("~answer: headers: a: 'b\\r\\nc' is no value of a header: a line of text."),
    ),
    (
        HOST + 'answer = { headers = { "a b" = "c" } }',
        "~answer: headers: 'a b' is no name of a header.",
    ),
    (
        HOST + 'answer = { headers = { Content-Length = "5" } }',
        ("~answer: headers: Content-Length: the host sets this header itself; leave it out."),
    ),
    (
        HOST + 'answer = { file = "../none" }',
        "~answer: file: there is no file '../none' in here.",
    ),
    (
        HOST + 'answer = { directory = "none" }',
        "~answer: directory: there is no directory 'none' in here.",
    ),
    (
        HOST + 'answer = { redirect = "/", status = 200 }',
        ("~answer: redirect: the status of a redirect is 301, 302, 303, 307 or 308, not 200."),
    ),
    (
        HOST + 'answer = { websocket = "shout" }',
        (
            "~answer: websocket: 'shout' is no script; write \"echo\", or steps "
            'as in [{ after = "1s", send = "text" }].'
        ),
    ),
    (
        HOST + "answer = { websocket = [{ close = 1 }] }",
        ("~answer: websocket: step 1: close: 1 is no whole number from 1000 to 4999."),
    ),
    (
        HOST + 'answer = { handler = "os.system" }',
        ("~answer: handler: 'os.system' is no handler; write \"module:function\"."),
    ),
    (
        HOST + 'answer = { handler = "no_such_module_here:f" }',
        (
            "~answer: handler: the module no_such_module_here cannot be imported: "
            "ModuleNotFoundError: No module named 'no_such_module_here'."
        ),
    ),
    (
        HOST + 'answer = { handler = "json:nothing" }',
        "~answer: handler: the module json has no function nothing.",
    ),
    (
        HOST + 'answer = { handler = "asyncio:sleep" }',
        (
            "~answer: handler: asyncio:sleep is a coroutine function; a handler "
            "is a plain function, since it answers at one instant: how long the host takes is its "
            "latency."
        ),
    ),
    (
        HOST + 'handler = "json:loads"',
        '~handler: only a host of kind = "redis" or "tcp" has this key.',
    ),
    (
        HOST + 'kind = "redis"\ndata = { a = 1 }',
        "~data: a: 1 is no text.",
    ),
    (
        HOST + 'forward = "example.com:80"',
        (
            "~forward: 'example.com:80' is no address of a server of the program; "
            'write "127.0.0.1:8080".'
        ),
    ),
    (
        HOST + 'forward = "127.0.0.1:80"\ncapacity = 1',
        "~capacity: a host with forward has this from the server behind it.",
    ),
    (
        HOST + HOST,
        "W.toml: the host a.test is described twice without a port; keep one.",
    ),
    (
        HOST + "port = 80\n" + HOST + "port = 80",
        "W.toml: the host a.test is described twice at port 80; keep one.",
    ),
    ("[[host]", "W.toml: this is no TOML: Expected ']]' at the end of an array declaration"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    """Each mistake is told with its file, host and key, and with what is allowed there."""
    assert complaint(tmp_path, text).startswith(said.replace("~", HERE))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# prices\n{HOST}port = 0", 4),
        (f"{HOST}port = 1\ncolour = 1", 4),
        (f"{HOST}\n[[host]]\nport = 1", 4),
        (f"{HOST}\n{HOST}", 4),
        (f"{HOST}[host.failures]\nreset = 0.5\n503 = 2", 5),
        (f"{HOST}latency.uniform = [\n  '1s',\n  1,\n]", 3),
        (f"{HOST}[[host.answer]]\nbody = '1'\n[[host.answer]]\n'status' = 1", 6),
        (f'{HOST}[[host.answer]]\nbody = """\nport = 1\n"""\nfile = \'none\'', 3),
        (f"{HOST}[[host.answer]]\nfile = '1'\n{HOST}", 4),
        ("host = [\n { name = 'a', port = 0 } ]", 1),
        ("\n[host]\nname = 'a'", 2),
        ("port = 1", 1),
        ("\n[[hosts]]", 2),
        (f"{HOST}failures.reset = 1\nfailures.often = 1", 4),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """The line is that of the key, or of the innermost table or key above it that has one."""
    path = world(tmp_path, text)
    with pytest.raises(WorldError) as caught:
        read_world(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is missing, no text, too long or nested too deeply is refused in a sentence."""
    with pytest.raises(WorldError, match="the file cannot be read: No such file or directory"):
        read_world(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"a = '\xff'")
    with pytest.raises(WorldError, match="the file is not UTF-8 at byte 5"):
        read_world(binary)
    long = tmp_path / "long.toml"
    long.write_bytes(b"#" * (5 * 1024 * 1024))
    with pytest.raises(WorldError, match="longer than 4 MiB"):
        read_world(long)
    deep = "[" * 20_000 + "]" * 20_000
    assert "nested too deeply" in complaint(tmp_path, f"host = {deep}")
    many = HOST * 10_001
    assert "there are 10001 entries; at most 10000" in complaint(tmp_path, many)


def test_all_hosts_are_checked(tmp_path: Path) -> None:
    """Of every host the first mistake is told, and the right ones are returned."""
    text = HOST + "port = 0\n" + '[[host]]\nname = "b.test"\n[[host]]\nname = "c.test"\nport = -1'
    hosts, errors = check_world(world(tmp_path, text), imports=False)
    assert [host.name for host in hosts] == ["b.test"]
    assert [str(error).partition(": host ")[2][:6] for error in errors] == ["a.test", "c.test"]


def test_a_handler_is_imported_only_when_asked_for(tmp_path: Path) -> None:
    """A module beside the file is imported to simulate, not to check."""
    (tmp_path / "answers_of_a_test.py").write_text("def price(request):\n    return 5\n")
    text = HOST + 'answer = { handler = "answers_of_a_test:price" }'
    read_world(world(tmp_path, text), imports=False)
    assert "answers_of_a_test" not in sys.modules
    [host] = read_world(world(tmp_path, text))
    handler = host.answers[0].handler
    assert handler is not None
    assert handler(None) == 5
    assert str(tmp_path) not in sys.path
    del sys.modules["answers_of_a_test"]


def test_a_host_in_python_means_what_it_means_in_a_file(tmp_path: Path) -> None:
    """The same words give the same description, and the same complaints."""
    text = HOST + 'port = 80\nlatency = "1s"\nfailures = { 503 = 0.5 }\nanswer = { json = 1 }'
    failures: dict[str | int, Any] = {503: 0.5}
    in_python = Host("a.test", port=80, latency="1s", failures=failures, answer=1)
    assert hosts_in(tmp_path, text) == [in_python.description]
    with pytest.raises(WorldError, match=r"^Host: host a.test: port: 0 is no whole number"):
        Host("a.test", port=0)
    with pytest.raises(WorldError, match="answer and answers exclude each other"):
        Host("a.test", answer="a", answers=[{}])
    with pytest.raises(WorldError, match="cannot be written as JSON"):
        Host("a.test", answer={1, 2})


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.integers(),
        st.floats(),
        st.booleans(),
        st.text(max_size=10),
        st.just("1s"),
        st.just("echo"),
        st.just("json:loads"),
        st.just(dt.date(2026, 1, 1)),
        st.integers(min_value=10**5000, max_value=10**5001),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    *KEYS,
                    "uniform",
                    "samples",
                    "mean",
                    "deviation",
                    "path",
                    "body",
                    "json",
                    "headers",
                    "websocket",
                    "after",
                    "reset",
                    "503",
                    "rate",
                    "takes",
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_any_values_are_accepted_or_refused_in_one_sentence(given_host: dict[str, Any]) -> None:
    """Whatever TOML can hold, a host comes of it or one sentence of a reasonable length."""
    value = {"name": "a.test"} | given_host
    try:
        host = read_host(value, Place("W.toml", Path("/nowhere"), imports=False), 1)
    except WorldError as error:
        said = str(error)
        assert said.startswith("W.toml: host ")
        assert said.endswith(".")
        assert len(said) < 700
        assert "\n" not in said
    else:
        assert isinstance(host, Description)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory that many files of a property are written to, one after the other."""
    return tmp_path_factory.mktemp("worlds")


@given(text=st.text(max_size=200))
def test_any_text_is_a_world_or_no_world(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Whatever a file holds, it is read or refused with a sentence, never a traceback."""
    path = tmp_path_factory.mktemp("any") / "W.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        read_world(path, imports=False)
    except WorldError as error:
        assert str(error).startswith(str(path))
