"""loopscope shows what an asyncio program really did, and why.

``record`` records a block of code, ``simulate`` runs a function in virtual time; the command
``loopscope`` does the rest.
"""

from typing import TYPE_CHECKING, Any

from loopscope.errors import LoopscopeError

if TYPE_CHECKING:
    from loopscope.session.recording import record
    from loopscope.session.simulation import Simulated, simulate
    from loopscope.simulator.hosts.host import Host
    from loopscope.simulator.hosts.http_reply import Reply
    from loopscope.simulator.hosts.http_request import Request

__all__ = ["Host", "LoopscopeError", "Reply", "Request", "Simulated", "record", "simulate"]

_HOMES = {
    "Host": "loopscope.simulator.hosts.host",
    "Reply": "loopscope.simulator.hosts.http_reply",
    "Request": "loopscope.simulator.hosts.http_request",
    "Simulated": "loopscope.session.simulation",
    "record": "loopscope.session.recording",
    "simulate": "loopscope.session.simulation",
}
"""What is imported when it is first used: the package is in every session of pytest."""


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever is asked for)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415  (only where it is used)

    return getattr(importlib.import_module(_HOMES[name]), name)
