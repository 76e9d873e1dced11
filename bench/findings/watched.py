"""Runs one program of the suite really, under one of the tools that watch programs run.

python bench/findings/watched.py TOOL PROGRAM

It prints, as JSON, what the tool reports: for each block or lost task the lines of the program on
its stack, innermost first. Hosts that the suite's world describes are served on this machine, and
functions whose simulated cost is given really compute so long. Runs in the peers' environment,
without loopscope.
"""

import ast
import asyncio
import contextlib
import io
import json
import re
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from traceback import FrameSummary
from types import CodeType, FrameType
from typing import Any

Report = dict[str, Any]
ANSWERS_AFTER_S = 0.15
MOST_BLOCKS = 12
_COST = re.compile(r"--cost (?:__main__\.)?([\w.]+)=([\d.]+)s")


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(ANSWERS_AFTER_S)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  (the server's own names)

    def log_request(self, *_: object) -> None:
        """Say nothing."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            time.sleep(ANSWERS_AFTER_S)
            self.wfile.write(line)


class _Store(socketserver.StreamRequestHandler):
    """As much of a redis server as the suite asks."""

    def handle(self) -> None:
        while head := self.rfile.readline():
            parts = [self._bulk() for _ in range(int(head[1:]))]
            time.sleep(ANSWERS_AFTER_S)
            is_get = parts[0].upper() == b"GET"
            self.wfile.write(b"$-1\r\n" if is_get else b"+OK\r\n")

    def _bulk(self) -> bytes:
        size = int(self.rfile.readline()[1:])
        return self.rfile.read(size + 2)[:-2]


def serve_the_world() -> None:
    """Serve every host of the suite on this machine, and let names lead there."""
    servers = {
        80: ThreadingHTTPServer(("127.0.0.1", 0), _Page),
        7: _Server(("127.0.0.1", 0), _Echo),
        6379: _Server(("127.0.0.1", 0), _Store),
    }
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = {port: server.server_address[1] for port, server in servers.items()}
    find = socket.getaddrinfo

    def found(host: Any, port: Any, *rest: Any, **options: Any) -> Any:  # noqa: ANN401  (as the original)
        if isinstance(host, str) and host.endswith(".test"):
            time.sleep(0.02)
            return find("127.0.0.1", ports.get(int(port), port), *rest, **options)
        return find(host, port, *rest, **options)

    def named(host: str) -> str:
        time.sleep(0.1)
        return "127.0.0.1" if host.endswith(".test") else host

    socket.getaddrinfo = found
    socket.gethostbyname = named


def compiled(path: Path) -> CodeType:
    """Compile a program in which functions compute as long as their simulated cost says."""
    text = path.read_text()
    tree = ast.parse(text)
    for name, seconds in _COST.findall(text):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == name.rpartition(".")[2]:
                burn = ast.parse(f"__import__('watched').burn({seconds})").body[0]
                for one in ast.walk(burn):
                    ast.copy_location(one, node.body[0])
                node.body.insert(0, burn)
    code: CodeType = compile(ast.fix_missing_locations(tree), str(path), "exec")
    return code


def burn(seconds: float) -> None:
    """Compute for so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(200))


def run(path: Path) -> None:
    """Run a program; what it prints and how it fails is no concern here."""
    sys.argv = [str(path)]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        exec(compiled(path), {"__name__": "__main__", "__file__": str(path)})  # noqa: S102


def frames_of(stack: Sequence[FrameSummary] | None, path: Path) -> list[int]:
    """Return the program's lines on a stack, innermost first."""
    return [frame.lineno or 0 for frame in reversed(stack or []) if frame.filename == str(path)]


# ---------------------------------------------------------------------------------------- the tools


def with_pyleak(path: Path) -> list[Report]:
    """Watch with pyleak: blocks over its own threshold of 100 ms, and tasks left over."""
    import pyleak  # type: ignore[import-not-found]  # noqa: PLC0415  (each tool where it is used)

    reports: list[Report] = []
    run_loop = asyncio.run

    async def watched(main: Coroutine[Any, Any, None]) -> None:
        try:
            async with (
                pyleak.no_task_leaks(action="raise", enable_creation_tracking=True),
                pyleak.no_event_loop_blocking(action="raise"),
            ):
                await main
        except pyleak.EventLoopBlockError as error:
            stacks = [block.blocking_stack for block in error.blocking_events]
            reports.extend({"kind": "block", "lines": frames_of(one, path)} for one in stacks)
        except pyleak.TaskLeakError as error:
            stacks = [task.creation_stack for task in error.leaked_tasks]
            reports.extend({"kind": "task", "lines": frames_of(one, path)} for one in stacks)

    vars(asyncio)["run"] = lambda main, **_: run_loop(watched(main))
    run(path)
    return reports


def with_aiocop(path: Path) -> list[Report]:
    """Watch with aiocop at its own threshold of 30 ms."""
    import aiocop  # type: ignore[import-not-found]  # noqa: PLC0415

    reports: list[Report] = []
    line = re.compile(re.escape(path.name) + r"\D{1,12}?(\d+)")

    def slow(event: aiocop.SlowTaskEvent) -> None:
        if not event.exceeded_threshold:
            return
        for one in (*event.blocking_events, *event.cpu_stack_samples):
            text = f"{one['trace']}\n{one['entry_point']}"
            reports.append({"kind": "block", "lines": [int(each) for each in line.findall(text)]})

    aiocop.patch_audit_functions()
    aiocop.start_blocking_io_detection(trace_depth=20)
    aiocop.detect_slow_tasks(threshold_ms=30, on_slow_task=slow)
    run_loop = asyncio.run

    async def watched(main: Coroutine[Any, Any, None]) -> None:
        aiocop.activate()  # finds the loop that runs
        await asyncio.create_task(main)

    vars(asyncio)["run"] = lambda main, **_: run_loop(watched(main))
    run(path)
    return reports


def with_blockbuster(path: Path) -> list[Report]:
    """Watch with blockbuster. It raises, so each program runs until it raises nothing new."""
    import blockbuster.blockbuster as module  # type: ignore[import-not-found]  # noqa: PLC0415

    reports: list[Report] = []
    seen: set[int] = set()
    error = module.BlockingError

    class Noted(error):  # type: ignore[misc, valid-type]
        """Raised once for each line, noted, and then let through by the check below."""

        def __init__(self, function: str) -> None:
            super().__init__(function)
            lines = _lines_now(path)
            if lines and lines[0] not in seen:
                seen.add(lines[0])
                reports.append({"kind": "block", "lines": lines})

    module.BlockingError = Noted
    for _ in range(MOST_BLOCKS):
        before = len(seen)
        blocker = module.BlockBuster()
        for function in blocker.functions.values():
            function.can_block_predicate = _already(seen, path, function.can_block_predicate)
        blocker.activate()
        run(path)
        blocker.deactivate()
        if len(seen) == before:
            break
    return reports


def _already(seen: set[int], path: Path, first: Callable[..., bool] | None) -> Callable[..., bool]:
    def may_block(*args: object, **options: object) -> bool:
        lines = _lines_now(path)
        if lines and lines[0] in seen:
            return True
        return bool(first and first(*args, **options))

    return may_block


def _lines_now(path: Path) -> list[int]:
    lines = []
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  (as the tool itself looks)
    while frame is not None:
        if frame.f_code.co_filename == str(path):
            lines.append(frame.f_lineno)
        frame = frame.f_back
    return lines


TOOLS = {"pyleak": with_pyleak, "aiocop": with_aiocop, "blockbuster": with_blockbuster}

if __name__ == "__main__":
    tool, program = sys.argv[1:3]
    serve_the_world()
    print(json.dumps(TOOLS[tool](Path(program))), flush=True)
