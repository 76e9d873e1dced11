"""All facts that a question can be about, by the names that lessons use."""

from collections.abc import Callable
from typing import Final

from loopscope.learn.facts.fact import Arguments, Fact
from loopscope.learn.facts.loop_facts import next_move, ready_at, state
from loopscope.learn.facts.output import exit_code, last_lines, lines_printed, printed_order
from loopscope.learn.facts.places import line_that_blocks, line_that_waits
from loopscope.learn.facts.stated import stated
from loopscope.learn.facts.studied import Studied
from loopscope.learn.facts.totals import blocked, loops, tasks, threads, together, total
from loopscope.learn.facts.whatif import whatif

FACTS: Final[dict[str, Callable[[Studied, Arguments], Fact]]] = {
    "total": total,
    "blocked": blocked,
    "tasks": tasks,
    "together": together,
    "threads": threads,
    "loops": loops,
    "exit-code": exit_code,
    "lines-printed": lines_printed,
    "printed-order": printed_order,
    "last-lines": last_lines,
    "line-that-blocks": line_that_blocks,
    "line-that-waits": line_that_waits,
    "next-move": next_move,
    "ready-at": ready_at,
    "state": state,
    "whatif": whatif,
    "stated": stated,
}
