"""Simulated exchanges begin, change and end without leaving anything behind."""

import asyncio
import gc
import http.client
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from spotprice.errors import UsageError
from spotprice.exchanges import EXCHANGES
from spotprice.simulated.latency import Constant
from spotprice.simulated.plan import Behaviour, Failure, Plan
from spotprice.simulated.running import World, serve, simulated_exchanges
from spotprice.simulated.voices import VOICES

AN_HOUR = Constant(3_600_000_000_000)
WAITING = {
    "okx": Behaviour(failure_rate=1, failures=(Failure.BLACK_HOLE,)),
    "kraken": Behaviour(failure_rate=1, failures=(Failure.SLOW_BODY,)),
    "gate": Behaviour(failure_rate=1, failures=(Failure.HUGE_BODY,)),
    "gemini": Behaviour(latency=AN_HOUR),
}
FEW = {name: EXCHANGES[name] for name in ("binance", "kraken")}


def port_of(world: World, name: str) -> int:
    """Return the port of an exchange's first host."""
    return int(world.exchanges[name].hosts[0].rpartition(":")[2])


def ask(world: World, name: str) -> int:
    """Ask for Bitcoin's ticker; return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(world, name), timeout=30)
    connection.request(
        "GET", VOICES[name].target(VOICES[name].example), headers={"User-Agent": "x"}
    )
    status = connection.getresponse().status
    connection.close()
    return status


def send(world: World, name: str) -> socket.socket:
    """Send a request for Bitcoin's ticker and return the connection, nothing read from it."""
    connection = socket.create_connection(("127.0.0.1", port_of(world, name)), timeout=30)
    target = VOICES[name].target(VOICES[name].example)
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def is_over(connection: socket.socket) -> bool:
    """Read what is left on a connection; tell whether it ends."""
    try:
        while connection.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    return True


async def until(is_so: Callable[[], bool]) -> None:
    """Let the loop run until something is so; nothing tells when a server has read a request."""
    while not is_so():  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.001)


async def sent(world: World) -> None:
    """Wait until every request of ``WAITING`` has arrived; each is one in the log."""
    await until(lambda: len(world.log) == len(WAITING))


def open_files() -> int:
    """Count the file descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_ending_with_open_connections_leaves_nothing_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Unanswered, slow, huge and late answers end at once: no thread, socket, warning or log."""
    gc.collect()  # what other tests left open is not counted
    threads, files = threading.enumerate(), open_files()
    with ExitStack() as stack, caplog.at_level(logging.DEBUG):
        with simulated_exchanges(Plan(venues=WAITING)) as world:
            connections = [stack.enter_context(send(world, name)) for name in WAITING]
            idle = socket.create_connection(("127.0.0.1", port_of(world, "bybit")), timeout=30)
            connections.append(stack.enter_context(idle))
            asyncio.run(sent(world))
        assert all(is_over(one) for one in connections)
        assert threading.enumerate() == threads
    gc.collect()
    assert open_files() == files
    assert [one.getMessage() for one in caplog.records if one.levelno > logging.DEBUG] == []


def test_within_a_running_loop_no_task_is_left() -> None:
    """``serve`` ends its handlers, the waiting ones too, before it returns."""

    async def main() -> tuple[bool, int]:
        async with serve(Plan(venues=WAITING)) as world:
            connections = [send(world, name) for name in WAITING]
            await sent(world)
        over = [is_over(one) for one in connections]
        for one in connections:
            one.close()
        return all(over), len(asyncio.all_tasks())

    assert asyncio.run(main()) == (True, 1)


def test_a_client_that_goes_away_is_forgotten() -> None:
    """A handler ends with its connection, so that unanswered requests do not pile up."""

    async def main() -> int:
        async with serve(Plan(venues=WAITING)) as world:
            before = len(asyncio.all_tasks())
            connections = [send(world, name) for name in WAITING]
            await sent(world)
            for one in connections:
                one.close()
            await until(lambda: len(asyncio.all_tasks()) == before)
            return len(world.log)

    assert asyncio.run(main()) == len(WAITING)


def test_a_client_that_hangs_up_is_no_error_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Clients that leave in the middle of a long answer leave no complaint in any log."""
    plan = Plan(0, Behaviour(failure_rate=1, failures=(Failure.HUGE_BODY,)))
    with simulated_exchanges(plan, exchanges=FEW) as world:
        for _ in range(30):
            with send(world, "kraken") as connection:
                for _ in range(20):
                    connection.recv(1 << 16)
    assert [one.getMessage() for one in caplog.records if one.levelno > logging.DEBUG] == []


def test_an_error_of_the_caller_passes_and_ends_the_exchanges() -> None:
    """What is raised inside of the context comes out as it is; the thread has ended."""
    threads = threading.enumerate()
    with pytest.raises(ZeroDivisionError), simulated_exchanges(Plan(), exchanges=FEW):
        raise ZeroDivisionError
    assert threading.enumerate() == threads


def test_exchanges_are_themselves_but_for_their_hosts() -> None:
    """Everything about an exchange is kept, and every host has a port on loopback of its own."""
    with simulated_exchanges(Plan()) as world:
        hosts = [host for one in world.exchanges.values() for host in one.hosts]
        assert list(world.exchanges) == list(EXCHANGES)
        for name, one in world.exchanges.items():
            assert replace(one, hosts=EXCHANGES[name].hosts) == EXCHANGES[name]
            assert len(one.hosts) == len(EXCHANGES[name].hosts)
    assert len(set(hosts)) == len(hosts)
    assert all(host.startswith("http://127.0.0.1:") for host in hosts)


def test_another_plan_begins_anew_at_the_same_addresses() -> None:
    """After ``play`` attempts count from 1, the log is empty, and fates are the new plan's."""
    blocked = Behaviour(failure_rate=1, failures=(Failure.BLOCKED,))
    with simulated_exchanges(Plan(1), exchanges=FEW) as world:
        assert (ask(world, "binance"), ask(world, "binance")) == (200, 200)
        world.play(Plan(2, blocked))
        assert ask(world, "binance") in (403, 451)
        assert [(one.attempt, one.fate.failure) for one in world.log] == [(1, Failure.BLOCKED)]
        assert world.plan == Plan(2, blocked)


def test_a_plan_that_closes_ports_is_not_played() -> None:
    """Ports cannot be closed later; the plan that was played goes on."""
    closed = Behaviour(failure_rate=1, failures=(Failure.REFUSE,))
    with simulated_exchanges(Plan(1), exchanges=FEW) as world:
        with pytest.raises(UsageError, match="cannot be opened or closed"):
            world.play(Plan(2, closed))
        assert ask(world, "kraken") == 200
        assert world.plan == Plan(1)


def free_ports(number: int) -> int:
    """Return a port from which on so many are free."""
    for base in range(20_000, 30_000, 100):
        with ExitStack() as stack:
            try:
                for port in range(base, base + number):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return base
    raise AssertionError


def test_ports_follow_the_base_and_can_be_used_again() -> None:
    """Ports are in the order of exchanges and hosts, and free again when the exchanges end."""
    base = free_ports(3)
    for _ in range(2):
        with simulated_exchanges(Plan(), exchanges=FEW, port_base=base) as world:
            assert [host for one in world.exchanges.values() for host in one.hosts] == [
                f"http://127.0.0.1:{base + number}" for number in range(3)
            ]
            assert ask(world, "kraken") == 200


def test_a_port_that_is_taken_is_said_and_frees_the_others() -> None:
    """One port in use: an error names it, and the ports before it are free again."""
    base = free_ports(3)
    with socket.socket() as other:
        other.bind(("127.0.0.1", base + 2))
        other.listen()
        with (
            pytest.raises(UsageError, match=f"Port {base + 2} cannot be used"),
            simulated_exchanges(Plan(), exchanges=FEW, port_base=base),
        ):
            pass
    with simulated_exchanges(Plan(), exchanges=FEW, port_base=base) as world:
        assert ask(world, "kraken") == 200


def test_ports_end_at_the_last_one() -> None:
    """A base that leaves too few ports is refused."""
    with (
        pytest.raises(UsageError, match="no port 65536"),
        simulated_exchanges(Plan(), exchanges=FEW, port_base=65_535),
    ):
        pass


def test_an_exchange_without_a_voice_is_refused() -> None:
    """What cannot be simulated is named, with what can."""
    strange = {"mtgox": replace(EXCHANGES["kraken"], id="mtgox")}
    with (
        pytest.raises(UsageError, match="mtgox cannot be simulated: choose from binance"),
        simulated_exchanges(Plan(), exchanges=strange),
    ):
        pass


def test_several_worlds_live_beside_one_another() -> None:
    """Two worlds have ports and logs of their own."""
    with (
        simulated_exchanges(Plan(1), exchanges=FEW) as one,
        simulated_exchanges(Plan(2), exchanges=FEW) as other,
    ):
        assert ask(one, "kraken") == 200
        assert (len(one.log), len(other.log)) == (1, 0)
