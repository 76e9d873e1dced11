"""``loopscope run`` behaves as ``python`` does, and says its own mistakes in one sentence."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support import loopscope

from loopscope.trace.reader import read_trace

HELLO = """
import asyncio, sys
async def main():
    await asyncio.sleep(0)
    print("hello", sys.argv, __name__, __file__, sys.path[0])
asyncio.run(main())
"""


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    """A small program."""
    path = tmp_path / "hello.py"
    path.write_text(HELLO)
    return path


def test_argv_name_file_and_path_are_those_of_python(hello: Path) -> None:
    """argv, __name__, __file__ and sys.path[0] are the same as under python."""
    plain = subprocess.run(
        [sys.executable, "hello.py", "--quiet", "x"],
        cwd=hello.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    done = loopscope("run", "hello.py", "--quiet", "x", cwd=hello.parent)
    assert (done.returncode, done.stdout) == (0, plain.stdout)


def test_the_summary_goes_to_stderr(hello: Path) -> None:
    """What loopscope has to say is on stderr, with the command that shows more."""
    done = loopscope("run", "hello.py", cwd=hello.parent)
    assert done.stdout.startswith("hello [")
    assert "hello.py" in done.stderr
    assert "loopscope show hello.loopscope" in done.stderr


def test_quiet_says_nothing(hello: Path) -> None:
    """--quiet leaves stderr empty and still writes the trace."""
    done = loopscope("run", "--quiet", "hello.py", cwd=hello.parent)
    assert done.stderr == ""
    assert len(read_trace(hello.with_suffix(".loopscope")).tasks) == 3


def test_json_is_one_document_on_stderr(hello: Path) -> None:
    """--json prints the summary as JSON to stderr."""
    done = loopscope("run", "--json", "hello.py", cwd=hello.parent)
    assert json.loads(done.stderr)["format"] == "loopscope-summary"


def test_modules_run_as_python_runs_them(tmp_path: Path) -> None:
    """-m runs a module of a package, with relative imports and its own arguments."""
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "words.py").write_text("GREETING = 'good day'")
    (package / "__main__.py").write_text(
        "import asyncio, sys\nfrom .words import GREETING\n"
        "async def main(): print(GREETING, sys.argv[1:], __package__)\n"
        "asyncio.run(main())\n"
    )
    done = loopscope("run", "-m", "pack", "-q", "--out", "x", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "good day ['-q', '--out', 'x'] pack\n")
    assert (tmp_path / "pack.loopscope").exists()


def test_stdin_reaches_the_program(tmp_path: Path) -> None:
    """The program reads its standard input."""
    (tmp_path / "reads.py").write_text("print(input()[::-1])")
    done = loopscope("run", "-q", "reads.py", cwd=tmp_path, input="abc\n")
    assert done.stdout == "cba\n"


def test_exit_handlers_and_threads_end_before_the_summary(tmp_path: Path) -> None:
    """What the program does at its very end is recorded, and printed before the summary."""
    (tmp_path / "late.py").write_text(
        "import asyncio, atexit\n"
        "async def last(): print('the last loop')\n"
        "atexit.register(lambda: asyncio.run(last()))\n"
    )
    done = loopscope("run", "late.py", cwd=tmp_path)
    assert done.stdout == "the last loop\n"
    assert "late.py" in done.stderr
    assert len(read_trace(tmp_path / "late.loopscope").loops) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise SystemExit", 0),
        ("raise SystemExit(7)", 7),
        ("raise SystemExit('sorry')", 1),
        ("1 / 0", 1),
        ("import os; os._exit(9)", 9),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("raise KeyboardInterrupt", -signal.SIGINT),
    ],
)
def test_the_exit_code_is_the_programs(text: str, code: int, tmp_path: Path) -> None:
    """However the program ends, its exit code (or signal) and stderr are those under python."""
    (tmp_path / "ends.py").write_text(text + "\n")
    command = [sys.executable, "ends.py"]
    plain = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    done = loopscope("run", "-q", "ends.py", cwd=tmp_path)
    assert plain.returncode == code
    assert (done.returncode, done.stderr) == (plain.returncode, plain.stderr)


def hear_sigint() -> None:
    """Undo what a shell does to the programs that it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_cancels_as_ever(tmp_path: Path) -> None:
    """SIGINT reaches asyncio.run, which cancels main; the trace is complete."""
    (tmp_path / "waits.py").write_text(
        "import asyncio\n"
        "async def main():\n"
        "    print('up', flush=True)\n"
        "    try: await asyncio.Event().wait()\n"
        "    finally: print('down', flush=True)\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-m", "loopscope", "run", "-q", "waits.py"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_sigint,  # noqa: PLW1509  (no other thread runs here)
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert out == "down\n"
    assert "KeyboardInterrupt" in err
    assert str(Path("src") / "loopscope") not in err
    assert process.returncode == -signal.SIGINT
    assert read_trace(tmp_path / "waits.loopscope").info.is_complete


def test_a_program_without_a_loop_is_no_error(tmp_path: Path) -> None:
    """A program that runs no event loop runs as ever, and the summary says so."""
    (tmp_path / "plain.py").write_text("print('no loop')")
    done = loopscope("run", "plain.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "no loop\n")
    assert "No event loop ran" in done.stderr


def test_loops_that_cannot_be_recorded_are_named(tmp_path: Path) -> None:
    """Whoever finds no loop in the recording of a program for uvloop is told why."""
    (tmp_path / "uvloop.py").write_text("")
    (tmp_path / "app.py").write_text("import uvloop\n")
    done = loopscope("run", "app.py", cwd=tmp_path)
    assert done.returncode == 0
    assert "uvloop is loaded" in done.stderr
    assert "--loop asyncio" in done.stderr


def test_a_spawned_child_can_import_main(tmp_path: Path) -> None:
    """Multiprocessing finds the program's functions in its children, as under python."""
    (tmp_path / "spawns.py").write_text(
        "import multiprocessing as mp\n"
        "def double(x): return 2 * x\n"
        "if __name__ == '__main__':\n"
        "    with mp.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(double, [1, 2]))\n"
        "        pool.close(), pool.join()  # so that no child is terminated while it ends\n"
    )
    done = loopscope("run", "-q", "spawns.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[2, 4]\n", "")


@pytest.mark.parametrize(
    ("arguments", "files", "sentence"),
    [
        (["run"], {}, "There is no program to run"),
        (["run", "gone.py"], {}, "The script gone.py cannot be read (No such file or directory)"),
        (["run", "-m", "gone"], {}, "There is no module gone that can be run"),
        (["run", "-m", "gone.deep"], {}, "The module gone.deep cannot be found"),
        (["run", "bad.py"], {"bad.py": "def f(:\n"}, "bad.py has a syntax error at line 1"),
        (["run", "nul.py"], {"nul.py": "x = 1\0"}, "nul.py is no Python source"),
        (["run", "--out", "no/such/place", "ok.py"], {"ok.py": ""}, "cannot be written"),
        (["run", "--out", ".", "ok.py"], {"ok.py": ""}, ". is a directory"),
        (
            ["run", "--out", "notes.txt", "ok.py"],
            {"ok.py": "", "notes.txt": "dear diary"},
            "notes.txt exists and is no loopscope trace",
        ),
        (["show", "gone"], {}, "The trace gone cannot be read"),
        (["show", "text"], {"text": "no trace"}, "text is not a loopscope trace"),
        (["show", "."], {}, "The trace . cannot be read"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(
    arguments: list[str], files: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    """A user's mistake is told in one sentence on stderr, and the exit code is 2."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = loopscope(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("loopscope: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unwritable_directory_is_told(hello: Path) -> None:
    """A working directory where nothing can be written is told in one sentence."""
    done = loopscope("run", hello, cwd=Path("/proc"))
    assert done.returncode == 2
    assert "The trace hello.loopscope cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_another_programs_trace_is_kept(tmp_path: Path) -> None:
    """The default name is not taken from another program, but from the same one it is."""
    (tmp_path / "a").mkdir()
    for script in (tmp_path / "a" / "app.py", tmp_path / "app.py"):
        script.write_text("import asyncio\nasync def main(): pass\nasyncio.run(main())\n")
    assert loopscope("run", "-q", "app.py", cwd=tmp_path).returncode == 0
    assert loopscope("run", "-q", "app.py", cwd=tmp_path).returncode == 0
    done = loopscope("run", "-q", "a/app.py", cwd=tmp_path)
    assert done.returncode == 2
    assert "app.loopscope holds the recording of" in done.stderr


def test_a_page_that_could_not_be_written_takes_nothing_with_it(tmp_path: Path) -> None:
    """The summary is told all the same, and the exit code says that something is missing."""
    (tmp_path / "out").mkdir()
    program = tmp_path / "app.py"
    program.write_text("import asyncio, os\nos.rmdir('out')\nasyncio.run(asyncio.sleep(0))\n")
    done = loopscope("run", "--html", "out/report.html", program, cwd=tmp_path)
    assert done.returncode == 1
    assert "Recorded in app.loopscope." in done.stderr
    assert "open it in a browser" not in done.stderr
    assert "out/report.html cannot be written (No such file or directory)" in done.stderr
