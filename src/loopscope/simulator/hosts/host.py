"""Describing a host in Python code, in the words of the world file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from loopscope.simulator.hosts.description import Description
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.read_answer import whole_answer
from loopscope.simulator.hosts.read_host import read_host

Duration = str | Mapping[str, Any]
"""``"100ms"``, or a distribution as in a world file: ``{"uniform": ["50ms", "150ms"]}``."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host of a simulated world. All keys mean what they mean in a world file.

    Attributes:
        name: Its name or address; ``*`` stands for any characters.
        port: Where it listens; None = at every port.
        kind: ``http``, ``redis`` or ``tcp``.
        latency: From the last byte of a request to the first byte of its answer.
        connect: How long connecting takes.
        dns: How long finding its address takes.
        tls: How long a TLS handshake takes.
        capacity: How many requests it serves at a time; None = any number.
        failures: What fails -> how often: ``{"refuse": 0.2, 503: 0.1}``.
        answer: What every request is answered: bytes, text, a ``Reply``, anything that JSON can
            hold, or a function that takes the request and returns one of these.
        answers: Several answers, as the tables ``[[host.answer]]`` of a world file.
        handler: Of the kind ``tcp``: takes bytes and returns the bytes of the answer. Of the kind
            ``redis``: takes a script (its ``script``, ``keys``, ``args`` and ``call``) and returns
            what it answers.
        data: What is in a Redis at first.
        forward: The address of a server of the program that answers instead: ``127.0.0.1:8080``.
        description: What was understood.

    Raises:
        WorldError: Something does not fit.
    """

    name: str
    port: int | None = None
    kind: str = "http"
    latency: Duration = "0s"
    connect: Duration = "0s"
    dns: Duration = "0s"
    tls: Duration = "0s"
    capacity: int | None = None
    failures: Mapping[str | int, Any] = field(default_factory=dict)
    answer: Any = None
    answers: Sequence[Mapping[str, Any]] = ()
    handler: Callable[[Any], Any] | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    forward: str | None = None
    description: Description = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check it, so that a mistake is told where it is made."""
        object.__setattr__(self, "description", _describe(self))


def _describe(host: Host) -> Description:
    place = Place("Host", Path.cwd())
    given: dict[str, Any] = {}
    for one in fields(host):
        value = getattr(host, one.name, None)
        if one.init and value != _DEFAULTS.get(one.name):
            given[one.name] = dict(value) if isinstance(value, Mapping) else value
    here = place.at(f"host {host.name}")
    if "answer" in given and "answers" in given:
        here.refuse("answer and answers exclude each other.")
    if "answer" in given:
        given["answer"] = [whole_answer(host.answer, here.at("answer"))]
    if "answers" in given:
        given["answer"] = list(given.pop("answers"))
    return read_host(given, place, 1)


_DEFAULTS: Final = {
    one.name: one.default_factory() if callable(one.default_factory) else one.default
    for one in fields(Host)
    if one.init and one.name != "name"
}
