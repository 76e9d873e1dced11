"""``loopscope simulate`` behaves as ``python`` does, in virtual time, and tells what went wrong."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support import loopscope

from loopscope.trace.reader import read_trace

HELLO = """
import asyncio, sys, time
async def main():
    await asyncio.sleep(3600)
    print("hello", sys.argv, __name__, sys.path[0], time.monotonic())
asyncio.run(main())
"""

DEADLOCK = """
import asyncio
async def main():
    await asyncio.Event().wait()
try:
    asyncio.run(main())
except Exception:
    print("swallowed")
finally:
    print("cleaned up")
"""


def test_a_server_that_is_not_there_is_pointed_out(tmp_path: Path) -> None:
    """The program finds nobody at a port of its own machine: the end says how to describe one."""
    (tmp_path / "lonely.py").write_text(
        "import socket\n"
        "print(socket.socket().connect_ex(('localhost', 6379)) > 0)\n"
        "socket.create_server(('127.0.0.1', 8080))\n"
        "print(socket.socket().connect_ex(('127.0.0.1', 8081)) > 0)\n"
    )
    done = loopscope("simulate", "lonely.py", cwd=tmp_path)
    said = " ".join(done.stderr.split())
    assert done.stdout == "True\nTrue\n"
    assert 'describe it: a [[host]] with name = "localhost" and port = 6379.' in said
    assert "Nothing listens at port 8081 of this machine" in said


def test_an_hour_passes_at_once(tmp_path: Path) -> None:
    """The program sees its own arguments and path; the trace and the summary tell of an hour."""
    (tmp_path / "hello.py").write_text(HELLO)
    done = loopscope("simulate", "--cost", "none", "hello.py", "--seed", "x", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == f"hello ['hello.py', '--seed', 'x'] __main__ {tmp_path} 3600.0\n"
    assert "The program took 3600 s of virtual time." in done.stderr
    assert "simulated, seed 0" in done.stderr
    assert "loopscope show hello.simulated.loopscope" in done.stderr
    assert read_trace(tmp_path / "hello.simulated.loopscope").info.is_complete


def test_modules_run_as_python_runs_them(tmp_path: Path) -> None:
    """-m runs a module with its own arguments, options before it are loopscope's."""
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__main__.py").write_text(
        "import sys, time\ntime.sleep(5)\nprint(sys.argv[1:], time.monotonic())\n"
    )
    options = ("simulate", "-q", "--cost", "none", "--seed", "3", "-m", "pack", "--cost", "x")
    done = loopscope(*options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "['--cost', 'x'] 5.0\n")
    assert read_trace(tmp_path / "pack.simulated.loopscope").info.seed == 3


@pytest.mark.parametrize(
    "text",
    [
        "raise SystemExit",
        "raise SystemExit(7)",
        "raise SystemExit('sorry')",
        "1 / 0",
        "import asyncio\nasync def f(): raise KeyError(1)\nasyncio.run(f())",
        "import threading\nthreading.Thread(target=lambda: 1 / 0, name='t').start()",
        "import os; os._exit(9)",
        "raise KeyboardInterrupt",
        "import asyncio\nasync def f(): raise SystemExit(4)\nasyncio.run(f())",
        "import atexit, time\natexit.register(lambda: print(time.sleep(1)))",
    ],
)
def test_exit_code_and_traceback_are_the_programs(text: str, tmp_path: Path) -> None:
    """However the program ends, exit code, output and traceback are those under python."""
    (tmp_path / "ends.py").write_text(text + "\n")
    plain = subprocess.run(
        [sys.executable, "ends.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    done = loopscope("simulate", "-q", "--cost", "none", "ends.py", cwd=tmp_path)
    ends = [(one.returncode, one.stdout, one.stderr) for one in (done, plain)]
    assert ends[0] == ends[1]


def test_threads_are_joined_in_virtual_time(tmp_path: Path) -> None:
    """Python's wait for threads at the end of a program takes no real time either."""
    (tmp_path / "late.py").write_text(
        "import threading, time\n"
        "def late():\n    time.sleep(1000)\n    print('late', time.monotonic())\n"
        "threading.Thread(target=late).start()\n"
    )
    done = loopscope("simulate", "--cost", "none", "late.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "late 1000.0\n")
    assert "The program took 1000 s of virtual time." in done.stderr


def test_a_deadlock_is_reported_with_exit_code_1(tmp_path: Path) -> None:
    """The clean-up runs, `except Exception` cannot hide it, and the report comes last."""
    (tmp_path / "stuck.py").write_text(DEADLOCK)
    done = loopscope("simulate", "-q", "--cost", "none", "stuck.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "cleaned up\n")
    head, *lines = done.stderr.splitlines()
    assert head.startswith("loopscope: The program is deadlocked: at 0 s every task and thread")
    assert lines == [
        "  Task-1 (main) waits for event 1, which nobody has set",
        "      at stuck.py:4, in main: await asyncio.Event().wait()",
    ]


def test_tasks_that_wait_in_a_circle_add_nothing_to_the_report(tmp_path: Path) -> None:
    """They cannot be cancelled at the end, and the attempt is no news of the program."""
    (tmp_path / "circle.py").write_text(
        "import asyncio\n"
        "async def main():\n"
        "    main_task = asyncio.current_task()\n"
        "    async def back():\n"
        "        await main_task\n"
        "    await asyncio.create_task(back())\n"
        "asyncio.run(main())\n"
    )
    done = loopscope("simulate", "-q", "--cost", "none", "circle.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    head, *lines = done.stderr.splitlines()
    assert head.startswith("loopscope: The program is deadlocked: at 0 s every task and thread")
    assert lines == [
        "  Task-1 (main) waits for Task-2 (back)",
        "      at circle.py:6, in main: await asyncio.create_task(back())",
        "  Task-2 (back) waits for Task-1 (main)",
        "      at circle.py:5, in back: await main_task",
        "",
        "  They wait in a circle: Task-1 (main) -> Task-2 (back) -> Task-1 (main)",
    ]


def test_a_swallowed_deadlock_is_exit_code_1_as_well(tmp_path: Path) -> None:
    """A program that catches everything and ends well is deadlocked nevertheless."""
    text = DEADLOCK.replace("except Exception", "except BaseException")
    (tmp_path / "stuck.py").write_text(text)
    done = loopscope("simulate", "--json", "--cost", "none", "stuck.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "swallowed\ncleaned up\n")
    document = json.loads(done.stderr)
    assert document["seed"] == 0
    assert [one["slug"] for one in document["failures"]] == ["deadlock"]


IN_POOL = "pool.submit(lambda: pool.submit(int).result()).result()"


@pytest.mark.parametrize(
    "text",
    [
        "import threading\nthreading.Thread(target=threading.Event().wait).start()\n{WAIT}\n",
        "import threading\nthreading.Thread(target=threading.Event().wait).start()\n",
        "from concurrent.futures import ThreadPoolExecutor as Pool\npool = Pool(1)\n{IN_POOL}\n",
    ],
    ids=["main waits, too", "main is over", "pool"],
)
def test_threads_of_a_deadlocked_program_end_in_silence(text: str, tmp_path: Path) -> None:
    """What Python would wait for at its end adds nothing to the report."""
    (tmp_path / "stuck.py").write_text(
        text.format(IN_POOL=IN_POOL, WAIT="threading.Event().wait()")
    )
    done = loopscope("simulate", "-q", "--cost", "none", "stuck.py", cwd=tmp_path)
    assert done.returncode == 1
    head, *lines = done.stderr.splitlines()
    assert head.startswith("loopscope: The program is deadlocked: at 0 s every task and thread")
    assert {line[:8] for line in lines} <= {"  thread", "      at"}


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--max-steps", "100"], "after 100 steps"), (["--max-time", "90s"], "at 90 s of virtual")],
)
def test_endless_programs_are_stopped(options: list[str], words: str, tmp_path: Path) -> None:
    """The limits end a heartbeat, with exit code 1 and what it was doing."""
    (tmp_path / "beats.py").write_text(
        "import asyncio\nasync def main():\n    while True:\n        await asyncio.sleep(0.5)\n"
        "asyncio.run(main())\n"
    )
    done = loopscope("simulate", "-q", "--cost", "none", *options, "beats.py", cwd=tmp_path)
    assert done.returncode == 1
    assert words in done.stderr
    assert "at beats.py:4, in main: await asyncio.sleep(0.5)" in done.stderr


def test_unknown_hosts_answer_with_latency(tmp_path: Path) -> None:
    """--latency lets any host answer; without it, an undescribed one is reported."""
    (tmp_path / "asks.py").write_text(
        "import time, urllib.request\n"
        "try:\n"
        "    with urllib.request.urlopen('http://api.example.com/') as answer:\n"
        "        print(answer.status, time.monotonic())\n"
        "except Exception as error:\n"
        "    print('swallowed')\n"
    )
    done = loopscope("simulate", "-q", "--cost", "none", "--latency", "1s", "asks.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "200 1.0\n", "")
    done = loopscope("simulate", "-q", "--cost", "none", "asks.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "swallowed\n")
    assert "api.example.com" in done.stderr


def test_ctrl_c_ends_a_simulation(tmp_path: Path) -> None:
    """A real SIGINT cancels main as ever; the trace is complete, and the process dies of it."""
    (tmp_path / "spins.py").write_text(
        "import asyncio\n"
        "async def main():\n"
        "    print('up', flush=True)\n"
        "    try:\n"
        "        while True: await asyncio.sleep(1)\n"
        "    finally: print('down', flush=True)\n"
        "asyncio.run(main())\n"
    )
    options = ["-q", "--cost", "none", "--max-steps", "1000000000", "--max-time", "10000h"]
    with subprocess.Popen(
        [sys.executable, "-m", "loopscope", "simulate", *options, "spins.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert out == "down\n"
    assert err.endswith("KeyboardInterrupt\n")
    assert str(Path("src") / "loopscope") not in err
    assert process.returncode == -signal.SIGINT
    assert read_trace(tmp_path / "spins.simulated.loopscope").info.is_complete


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "There is no program to run"),
        (["gone.py"], "The script gone.py cannot be read"),
        (["--cost", "much", "ok.py"], "--cost much is no cost"),
        (["--cost", "nothing=1s", "ok.py"], "ok.py defines no function nothing"),
        (["--cost", "os.nothing=1s", "ok.py"], "os has no nothing"),
        (["--world", "gone.toml", "ok.py"], "gone.toml"),
        (["--out", "no/such/place", "ok.py"], "cannot be written"),
        (["--out", "notes.txt", "ok.py"], "notes.txt exists and is no loopscope trace"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    """A user's mistake is told in one sentence, and nothing of the program runs."""
    (tmp_path / "ok.py").write_text("print('ran')")
    (tmp_path / "notes.txt").write_text("dear diary")
    done = loopscope("simulate", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("loopscope: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["--seed", "-1"], ["--latency", "soon"], ["--max-time", "5"], ["--max-steps", "0"]],
)
def test_values_that_do_not_fit_are_named(arguments: list[str], tmp_path: Path) -> None:
    """A value that an option cannot take is named with the option; exit code 2."""
    (tmp_path / "ok.py").write_text("print('ran')")
    done = loopscope("simulate", *arguments, "ok.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Invalid value for '{arguments[0]}'" in done.stderr
