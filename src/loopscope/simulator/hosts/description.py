"""A checked description of a host: what a world file or Python code said, ready for use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopscope.simulator.hosts.latency import NOTHING, Latency


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that befalls a request.

    Attributes:
        kind: ``reset``, ``black-hole``, ``status``, ``slow-body`` or ``truncated-body``.
        rate: How often, 0 to 1.
        status: The status code of a ``status``.
        takes_ns: How long a slow body takes.
    """

    kind: str
    rate: float
    status: int = 0
    takes_ns: int = 0


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a host fails, and how; every rate is 0 to 1.

    Attributes:
        dns: Of look-ups: its name is not found.
        refuse: Of attempts to connect: refused.
        unreachable: Of attempts to connect: never answered.
        requests: What befalls requests; their rates add up to 1 at most.
    """

    dns: float = 0.0
    refuse: float = 0.0
    unreachable: float = 0.0
    requests: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One step of what a host does on a WebSocket by itself.

    Attributes:
        after_ns: How long after the step before.
        send: What it sends then; None if it only closes.
        close: The code it closes with; None to go on.
    """

    after_ns: int
    send: str | bytes | None = None
    close: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to requests that match.

    Attributes:
        method: ``GET`` ..., or ``*`` for any.
        path: The path without the query; ``*`` stands for any characters.
        status: The status code.
        headers: Beside those that every answer has.
        latency: How long this answer takes; None = what the host takes.
        body: The body, if it is always the same.
        directory: Where files are that answer the paths below ``path``.
        handler: A function that makes the answer.
        websocket: What happens after an upgrade: None = there is none, empty = it echoes.
    """

    method: str = "*"
    path: str = "*"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    latency: Latency | None = None
    body: bytes | None = None
    directory: Path | None = None
    handler: Callable[..., Any] | None = None
    websocket: tuple[ScriptStep, ...] | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """A host.

    Attributes:
        name: Its name or address; ``*`` stands for any characters.
        port: Where it listens; None at every port.
        kind: ``http``, ``redis`` or ``tcp``.
        latency: From the last byte of a request to the first byte of its answer.
        connect: How long connecting takes.
        dns: How long finding its address takes.
        tls: How long a TLS handshake takes.
        capacity: How many requests it serves at a time; None = any number.
        failures: How it fails.
        answers: What it answers; the first that matches. Empty: a stub.
        handler: What a host of the kind ``tcp`` does with bytes; None: it echoes them. What one of
            the kind ``redis`` does with scripts that it does not know; None: it refuses them.
        data: What is in a Redis at first.
        forward: The address of a server of the program that answers instead.
    """

    name: str
    port: int | None = None
    kind: str = "http"
    latency: Latency = NOTHING
    connect: Latency = NOTHING
    dns: Latency = NOTHING
    tls: Latency = NOTHING
    capacity: int | None = None
    failures: Failures = field(default_factory=Failures)
    answers: tuple[Answer, ...] = ()
    handler: Callable[..., Any] | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    forward: tuple[str, int] | None = None
