"""What determines one run of a program: a seed, and what is decided otherwise than it would."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from loopscope.errors import UsageError

Value = int | str


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that determines a run, beside the program and its world. It can be pickled.

    Attributes:
        seed: Where every random choice comes from.
        guide: How latencies are sampled: "" as the world says, else the name of a guidance.
        forced: What the outside decides, by the key of the choice.
        is_minimal: Whether every choice that is not forced is the usual one.
        cancel_at: The number of the suspension at which a cancellation is injected, from 1.
        cancels_own: Whether it goes to the task that is suspended there, and not to the main task.
    """

    seed: int = 0
    guide: str = ""
    forced: Mapping[str, Value] = field(default_factory=dict)
    is_minimal: bool = False
    cancel_at: int | None = None
    cancels_own: bool = False

    def written(self) -> str:
        """Return it on one line, as ``--case`` takes it: ``17``, or a JSON object."""
        parts: dict[str, object] = {"seed": self.seed}
        if self.guide:
            parts["guide"] = self.guide
        if self.is_minimal or self.forced:
            parts["forced"] = dict(self.forced)
        if self.forced and not self.is_minimal:
            parts["minimal"] = False
        if self.cancel_at is not None:
            parts["cancel-task" if self.cancels_own else "cancel"] = self.cancel_at
        if len(parts) == 1:
            return str(self.seed)
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read_case(text: str) -> Case:
    """Return a case from one line.

    Raises:
        UsageError: It is none.
    """
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable(text) from None
    if isinstance(parts, int) and not isinstance(parts, bool) and parts >= 0:
        return Case(parts)
    if not isinstance(parts, dict) or not set(parts) <= _READERS:
        raise _unreadable(text)
    seed, guide = parts.get("seed", 0), parts.get("guide", "")
    is_own = "cancel-task" in parts
    cancel = parts.get("cancel-task" if is_own else "cancel")
    forced, is_minimal = parts.get("forced", {}), parts.get("minimal", "forced" in parts)
    is_fine = (
        _is_number(seed)
        and isinstance(guide, str)
        and (cancel is None or (_is_number(cancel) and cancel > 0))
        and isinstance(is_minimal, bool)
        and isinstance(forced, dict)
        and all(isinstance(one, str) or _is_number(one) for one in forced.values())
    )
    if not is_fine:
        raise _unreadable(text)
    return Case(seed, guide, forced, is_minimal, cancel, is_own)


_READERS = {"seed", "guide", "forced", "minimal", "cancel", "cancel-task"}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"{text[:60]!r} is no case: give a seed (--case 17), or what a report printed after "
        "--case, in quotes.",
        slug="case-bad",
    )
