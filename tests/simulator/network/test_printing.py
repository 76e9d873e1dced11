"""What asyncio shows of a connection when it prints one."""

import asyncio

from loopscope.session.simulation import simulate
from loopscope.simulator.hosts.host import Host


def test_a_transport_says_whether_it_reads() -> None:
    """As on a real loop: reading while it is open, closed afterwards."""

    async def main() -> tuple[str, str]:
        _, writer = await asyncio.open_connection("api.example.com", 80)
        shown = repr(writer.transport)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        paused = repr(writer.transport)
        writer.close()
        await writer.wait_closed()
        return shown, paused

    shown, paused = simulate(main, world=[Host("api.example.com")]).result
    assert "read=polling write=<idle, bufsize=0>" in shown
    assert "read=idle" in paused
