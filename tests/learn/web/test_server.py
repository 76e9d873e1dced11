"""Who the server answers: this browser of this user, and nobody else's page."""

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest

from loopscope.learn.flow.desk import Desk
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.web.app import App
from loopscope.learn.web.server import FORM, MOST_BYTES, MOST_FIELDS, make_server

EXERCISE = "/exercise/first/predict"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Client:
    """Somebody who asks the server, with headers of their own making."""

    port: int
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str | None = None, **more: str) -> Answer:
        """Ask, and return the answer. ``Content_Type`` is ``Content-Type``, "" leaves it out."""
        wanted = {"Host": f"127.0.0.1:{self.port}", **self.headers}
        wanted |= {key.replace("_", "-"): value for key, value in more.items()}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        link.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if body is not None and "Content-Length" not in wanted:
            wanted["Content-Length"] = str(len(body))
        for name, value in wanted.items():
            if value:
                link.putheader(name, value)
        link.endheaders(None if body is None else body.encode())
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return Answer(answer.status, dict(answer.getheaders()), text)

    def send(self, form: dict[str, str], path: str = EXERCISE, **more: str) -> Answer:
        """Send a form as a browser does."""
        usual = {"Content_Type": FORM, "Origin": "null", "Sec_Fetch_Site": "same-origin"}
        return self.ask("POST", path, urlencode(form), **{**usual, **more})


@pytest.fixture
def stranger(desk: Desk, lesson: Lesson) -> Iterator[Client]:
    """A client without the cookie."""
    server, address = make_server(App(lambda: desk, [lesson]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server.server_port, urlsplit(address).query.removeprefix("token="))
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(stranger: Client) -> Client:
    """A client that has exchanged the token for the cookie."""
    answer = stranger.ask("GET", f"/?token={stranger.token}")
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    return Client(stranger.port, stranger.token, {"Cookie": cookie})


def test_the_token_is_exchanged_for_a_cookie_and_leaves_the_address(stranger: Client) -> None:
    """The cookie is for this server and no script; the token has 128 bits and is not the cookie."""
    answer = stranger.ask("GET", f"/?token={stranger.token}")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie, *rest = answer.headers["Set-Cookie"].split("; ")
    assert rest == ["HttpOnly", "SameSite=Strict", "Path=/"]
    assert stranger.token not in cookie
    assert len(stranger.token) * 6 >= 128
    assert stranger.ask("GET", "/", Cookie=cookie).status == 200


@pytest.mark.parametrize(
    "path", ["/", EXERCISE, "/run/first/predict", "/state/first/predict", "/x"]
)
def test_without_the_cookie_there_is_nothing(stranger: Client, path: str) -> None:
    """Whatever is asked for, without the cookie the answer says only what to do."""
    for wrong in ("", "loopscope_learn=x", f"loopscope_learn_{stranger.port}=x", "\x01=;;", "a=ü"):
        answer = stranger.ask("GET", path, Cookie=wrong.encode().decode("latin-1"))
        assert answer.status == 403
        assert "loopscope learn --web" in answer.body
    assert stranger.ask("GET", "/?token=x").status == 403
    assert stranger.ask("GET", f"/exercise?token={stranger.token}").status == 403
    assert stranger.send({"do": "hint"}).status == 403


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:{}", "[::1]:{}"],
)
def test_another_name_is_refused_first(client: Client, host: str) -> None:
    """Under another name (DNS rebinding) neither the token nor the cookie opens anything."""
    for path in ("/", f"/?token={client.token}"):
        answer = client.ask("GET", path, Host=host.format(client.port))
        assert answer.status == 403
        assert "another name" in answer.body
        assert "Set-Cookie" not in answer.headers


def test_the_other_name_of_this_machine_is_fine(client: Client) -> None:
    """People type localhost."""
    assert client.ask("GET", "/", Host=f"localhost:{client.port}").status == 200


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("http://evil.example", "cross-site"),
        ("http://evil.example", ""),
        ("http://127.0.0.1:1", "same-site"),
        ("http://127.0.0.1:1", ""),
        ("https://127.0.0.1:{}", "same-origin"),
        ("null", "cross-site"),
        ("null", "same-site"),
        ("null", ""),
        ("", "cross-site"),
        ("", "same-site"),
    ],
)
def test_a_foreign_page_is_refused(client: Client, desk: Desk, origin: str, site: str) -> None:
    """Another site, another port of this machine, or a page that hides where it is from."""
    form = {"do": "hint", "stage": "predict"}
    answer = client.send(form, Origin=origin.format(client.port), Sec_Fetch_Site=site)
    assert (answer.status, answer.body) == (403, "This request comes from a foreign page.\n")
    assert desk.progress.record("first/predict").hints == 0


@pytest.mark.parametrize(
    ("origin", "site"),
    [("null", "same-origin"), ("http://127.0.0.1:{}", ""), ("http://127.0.0.1:{}", "same-origin")],
)
def test_our_own_page_may_send_a_form(client: Client, desk: Desk, origin: str, site: str) -> None:
    """Browsers send the origin, or null where the policy is no-referrer."""
    form = {"do": "hint", "stage": "predict"}
    assert client.send(form, Origin=origin.format(client.port), Sec_Fetch_Site=site).status == 200
    assert desk.progress.record("first/predict").hints == 1


@pytest.mark.parametrize(
    "path",
    [
        "/exercise/../../etc/passwd",
        "/run/first/../../../etc/passwd",
        "/run/%2e%2e/%2e%2e/etc/passwd",
        "/run//etc/passwd",
        "/state/first/predict/..",
        "/exercise/first",
        "/exercise",
        "//evil.example/",
        "/learn.css",
        "/favicon.ico",
        "http://[evil/",
    ],
)
def test_there_are_no_other_paths(client: Client, path: str) -> None:
    """Names are looked up among the exercises; no path is made from an address."""
    assert client.ask("GET", path).status == 404
    assert client.send({"do": "hint"}, path).status == 404


def test_a_run_is_not_shown_before_the_answers_are_in(client: Client) -> None:
    """Whoever guesses the address of the run finds nothing."""
    assert client.ask("GET", "/run/first/predict").status == 404


def test_bodies_that_are_no_forms_are_refused(client: Client) -> None:
    """Too long, of another kind, without a length, with too many fields, or not UTF-8."""
    long = "a=" + "b" * MOST_BYTES
    usual = {"Origin": "null", "Sec_Fetch_Site": "same-origin"}
    assert (
        client.ask(
            "POST", EXERCISE, "", **usual, Content_Length=str(10**12), Content_Type=FORM
        ).status
        == 413
    )
    assert client.ask("POST", EXERCISE, long, **usual, Content_Type=FORM).status == 413
    for kind in ("", "application/json", "text/plain", "multipart/form-data"):
        assert client.send({"do": "hint"}, Content_Type=kind).status == 415
    for length in ("-1", "x", "1_0"):
        answer = client.ask("POST", EXERCISE, "", **usual, Content_Type=FORM, Content_Length=length)
        assert answer.status == 411
    many = "&".join(f"a{n}=1" for n in range(MOST_FIELDS + 1))
    assert client.ask("POST", EXERCISE, many, **usual, Content_Type=FORM).status == 400
    answer = client.ask("POST", EXERCISE, "do=%ff&stage=%00&x=<script>", **usual, Content_Type=FORM)
    assert answer.status == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_other_methods_are_not_known(client: Client, method: str) -> None:
    """There is GET and POST; every answer, also this one, bears the headers."""
    answer = client.ask(method, "/")
    assert answer.status == 501
    assert ALWAYS.items() <= answer.headers.items()


def test_every_page_forbids_what_it_does_not_need(client: Client) -> None:
    """Only the script and the style of the page run; it asks only this server."""
    for path in ("/", EXERCISE, "/nothing"):
        answer = client.ask("GET", path)
        assert ALWAYS.items() <= answer.headers.items()
        policy = dict(
            part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
        )
        nonce = policy.pop("script-src")
        assert policy.pop("style-src") == nonce
        assert policy == {
            "default-src": "'none'",
            "img-src": "data:",
            "connect-src": "'self'",
            "frame-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        word = nonce.removeprefix("'nonce-").removesuffix("'")
        assert answer.body.count(f'nonce="{word}"') == 2
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_two_pages_have_the_same_nonce(client: Client) -> None:
    """What has seen one page cannot get a script into the next."""
    policies = {client.ask("GET", "/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize("early", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x", b"\xff\r\n\r\n"])
def test_a_browser_that_goes_away_is_no_news(
    client: Client, capfd: pytest.CaptureFixture[str], early: bytes
) -> None:
    """Nothing is written to the learner's terminal, and the next one is served."""
    with socket.create_connection(("127.0.0.1", client.port)) as link:
        linger = struct.pack("ii", 1, 0)  # closed with a reset, not politely
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        link.sendall(early)
    assert client.ask("GET", "/").status == 200
    assert capfd.readouterr().err == ""
