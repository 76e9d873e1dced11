"""What a watch is asked to do."""

from dataclasses import dataclass

from spotprice.symbol import Symbol


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What to watch, and how.

    Attributes:
        exchanges: Ids, at least one.
        symbols: At least one.
        deadline_s: For the answers of one round.
        interval_s: From one round to the next, and from one line of output to the next.
        is_stream: Whether exchanges push their prices, where they can, instead of being asked.
        as_json: Whether to write one JSON document a line.
    """

    exchanges: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    deadline_s: float
    interval_s: float
    is_stream: bool
    as_json: bool
