"""Who may ask: this browser of this user, and no page of anybody else's.

Any web page can send requests to a server on this machine, under any name that resolves to it. So
the name is looked at first, then where the request comes from, then the cookie.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Protocol


class Headers(Protocol):
    """The headers of a request."""

    def get_all(self, name: str) -> Sequence[str] | None:
        """Return all values of a header; None for none."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The secrets of one server.

    Attributes:
        port: Where it listens.
        token: 128 random bits that are in the address it prints.
        cookie: 128 more, which the browser gets for the token.
    """

    port: int
    token: str
    cookie: str

    @classmethod
    def new(cls, port: int) -> "Guard":
        """Return a guard with secrets of its own."""
        return cls(port, secrets.token_urlsafe(16), secrets.token_urlsafe(16))

    @property
    def origin(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def is_our_name(self, headers: Headers) -> bool:
        """Whether a request calls the server by its own name, with its port, once."""
        return self._is_one_of(headers, "Host", "")

    def is_our_page(self, headers: Headers) -> bool:
        """Whether a request comes from a page of this server, or from the address bar.

        Forms of pages with the policy ``no-referrer`` are sent with the origin ``null``; then the
        browser must say itself that they stay on this server.
        """
        sites = headers.get_all("Sec-Fetch-Site") or []
        if not set(sites) <= {"same-origin", "none"}:
            return False
        origins = headers.get_all("Origin") or []
        if not origins or origins == ["null"]:
            return not origins or sites == ["same-origin"]
        return self._is_one_of(headers, "Origin", "http://")

    def _is_one_of(self, headers: Headers, header: str, before: str) -> bool:
        names = {f"{before}{host}:{self.port}" for host in ("127.0.0.1", "localhost")}
        values = headers.get_all(header) or []
        return len(values) == 1 and values[0].strip().lower() in names

    def has_token(self, query: Mapping[str, Sequence[str]]) -> bool:
        """Whether an address holds the token."""
        return any(_same(one, self.token) for one in query.get("token", ()))

    def has_cookie(self, headers: Headers) -> bool:
        """Whether a request brings the cookie."""
        for text in headers.get_all("Cookie") or []:
            try:
                morsel = SimpleCookie(text).get(self._cookie_name)
            except CookieError:
                continue
            if morsel is not None and _same(morsel.value, self.cookie):
                return True
        return False

    def set_cookie(self) -> str:
        """Return the header that gives the cookie to a browser. Ports share cookies, names not."""
        return f"{self._cookie_name}={self.cookie}; HttpOnly; SameSite=Strict; Path=/"

    @property
    def _cookie_name(self) -> str:
        return f"loopscope_learn_{self.port}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
