"""Looking at source: lines a second of one core, without what was kept and with it.

python bench/linting.py [DIRECTORY ...]        (default: installed packages that use asyncio)
"""

import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = (
    "aiohttp",
    "anyio",
    "asyncpg",
    "distributed",
    "httpx",
    "loopscope",
    "redis",
    "spotprice",
)
LINES_BAR = 5_000


def main(directories: list[Path]) -> int:
    """Look at each twice, then after a change of one file; exit code 1 if one is too slow."""
    held = True
    print(f"{'':<14}{'lines':>8}{'lines a second':>16}{'first':>9}{'again':>9}{'one changed':>13}")
    for directory in directories:
        with tempfile.TemporaryDirectory() as place:
            copied = Path(place, directory.name)
            shutil.copytree(directory, copied, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
            (Path(place) / "pyproject.toml").touch()
            files = sorted(copied.rglob("*.py"))
            lines = sum(file.read_bytes().count(b"\n") for file in files)
            first, again = _seconds(copied), _seconds(copied)
            with files[len(files) // 2].open("a", encoding="utf-8") as changed:
                changed.write("\n# changed\n")
            once_more = _seconds(copied)
        held &= lines / first >= LINES_BAR
        print(
            f"{directory.name:<14}{lines:>8,}{lines / first:>16,.0f}{first:>7.2f} s{again:>7.2f} s"
            f"{once_more:>11.2f} s",
            flush=True,
        )
    print("holds" if held else "MISSED", f"(bar: {LINES_BAR:,} lines a second, all in)")
    return 0 if held else 1


def _seconds(directory: Path) -> float:
    """Return the processor time of the whole command, its start included."""
    command = [sys.executable, "-m", "loopscope", "lint", "--json", str(directory)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, capture_output=True, cwd=directory.parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _installed() -> list[Path]:
    found = (importlib.util.find_spec(name) for name in PACKAGES)
    return [Path(one.origin).parent for one in found if one is not None and one.origin]


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles everything anew
    sys.exit(main([Path(one) for one in sys.argv[1:]] or _installed()))
