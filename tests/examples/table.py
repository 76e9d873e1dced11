"""Every program of examples/: how it is run, what it says, and how long it ideally takes."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support import EXAMPLES

SAID = Path(__file__).parent / "said"
API = "examples/network/slow_api.py"
POSTGRES = "tools/postgres.py"


@dataclass(frozen=True, slots=True)
class Example:
    """One program.

    Attributes:
        path: Below examples/.
        total_s: From the first to the last moment of its event loops, if computing cost nothing;
            0 if it has none.
        beside: The program that starts the service it needs; "" if it needs none.
        code: Its exit code.
        complaint: What its standard error matches; "" for nothing at all.
        costs: What computing costs in its simulation.
        is_simulated: Whether it can run in the simulation.
    """

    path: str
    total_s: float
    beside: str = ""
    code: int = 0
    complaint: str = ""
    costs: str = "none"
    is_simulated: bool = True

    @property
    def program(self) -> Path:
        """Where the program is."""
        return EXAMPLES / self.path

    @property
    def simulation(self) -> str:
        """The command that simulates it, as the tour has it."""
        world = "--world examples/worlds/api.toml " if self.beside == API else ""
        return f"loopscope simulate --cost {self.costs} {world}examples/{self.path}"

    @property
    def said(self) -> list[str]:
        """The lines that it prints, with the times that it ideally takes."""
        return (SAID / self.path).with_suffix(".txt").read_text(encoding="utf-8").splitlines()


TABLE = [
    Example("sequential.py", 1.0),
    Example("gathered.py", 0.5),
    Example("user_and_orders.py", 0.8),
    Example("blocking_client.py", 1.2),
    Example("cpu_bound.py", 0.6, costs="checksum=0.2s"),
    Example("restaurant.py", 1.1),
    Example("producer_consumer.py", 1.04),
    Example("aiohttp_app.py", 0.4),
    Example("loop/task_states.py", 0.1),
    Example("loop/lifecycle.py", 0.9),
    Example("loop/inspection.py", 0.5),
    Example("loop/manual_loop.py", 1.0),
    Example("loop/callbacks.py", 0.8),
    Example("loop/coroutine_objects.py", 0.4, complaint="coroutine 'later' was never awaited"),
    Example("patterns/gather.py", 0.8),
    Example("patterns/background_task.py", 0.9),
    Example("patterns/task_group.py", 0.4),
    Example("patterns/timeouts.py", 0.8),
    Example("patterns/error_handling.py", 0.5),
    Example("patterns/in_turn_and_together.py", 1.05),
    Example("patterns/graceful_main.py", 0.4, code=130),
    Example("network/one_request_sync.py", 0.0, beside=API),
    Example("network/one_request_async.py", 0.1, beside=API),
    Example("network/blocking_requests.py", 0.5, beside=API),
    Example("network/overlapping_requests.py", 0.1, beside=API),
    Example("network/shared_pool.py", 0.6, beside=API),
    Example("network/endpoint_tester.py", 0.9, beside=API),
    Example("network/database_pool.py", 0.8, beside=POSTGRES, is_simulated=False),
    Example("practices/close_clients_wrong.py", 0.3, beside=API, complaint="unclosed transport"),
    Example("practices/close_clients_right.py", 0.3, beside=API),
    Example("practices/handle_errors_wrong.py", 1.0, beside=API),
    Example("practices/handle_errors_right.py", 1.0, beside=API),
    Example("practices/type_hints_wrong.py", 0.1),
    Example("practices/type_hints_right.py", 0.1),
    Example("practices/do_not_block_wrong.py", 0.5),
    Example("practices/do_not_block_right.py", 0.5),
    Example("practices/gather_results_wrong.py", 0.1),
    Example("practices/gather_results_right.py", 0.1),
    Example("practices/run_main_wrong.py", 0.1, complaint="Task was destroyed but it is pending"),
    Example("practices/run_main_right.py", 0.2, code=1),
]


def without_times(lines: list[str]) -> list[str]:
    """Take out what the machine decides: the numbers of seconds that were measured."""
    return [re.sub(r"\d+\.\d+(?= s\b| times)", "#", line) for line in lines]
