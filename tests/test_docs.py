"""The documentation says what the code does."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_format_page_is_up_to_date() -> None:
    """docs/trace-format.md is what tools/trace_format.py makes of the code."""
    command = [sys.executable, str(ROOT / "tools" / "trace_format.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_python_examples_in_the_docs_run(tmp_path: Path) -> None:
    """Every block of Python in README and docs runs as it stands."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    blocks = [
        block
        for page in pages
        for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    ]
    assert blocks
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "app.loopscope").exists()


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link in README, ARCHITECTURE and docs names a file that exists."""
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_is_found() -> None:
    """Each page of docs is in the navigation of the site, and all but the index in the index."""
    navigation = (ROOT / "mkdocs.yml").read_text().partition("\nnav:\n")[2]
    index = (ROOT / "docs" / "index.md").read_text()
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {name for name in pages if f": {name}\n" not in navigation} == set()
    assert {name for name in pages if f"({name})" not in index} == {"index.md"}


def test_the_architecture_names_files_that_exist() -> None:
    """Every path that ARCHITECTURE.md gives in the package is there."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    source = ROOT / "src"
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|h|c))`", text))
    assert named
    places = {name: (source / name, source / "loopscope" / name) for name in sorted(named)}
    assert [name for name, both in places.items() if not any(map(Path.exists, both))] == []
    every = {path.name for path in source.rglob("*.*")}
    assert set(re.findall(r"`(?:\w+/)*(\w+\.(?:py|h|c|js))`", text)) <= every


def test_the_architecture_names_every_package() -> None:
    """Nobody has to guess what a folder is for: ARCHITECTURE.md speaks of each."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    source = ROOT / "src"
    packages = [path.parent.relative_to(source) for path in source.rglob("*/*/__init__.py")]
    names = {str(one).removeprefix("loopscope/") for one in packages}
    assert {name for name in names if f"`{name}" not in text} == set()
