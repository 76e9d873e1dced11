"""``loopscope lint``, ``rules`` and ``explain``, as a user types them."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from tests.support import loopscope as loopscope_command

from loopscope.analysis.rules.catalogue import ALL_RULES, RULES
from loopscope.cli.main import loopscope
from loopscope.errors import UsageError
from loopscope.model.finding import Finding
from loopscope.source.project import Project

BLOCKS = "import time\nasync def main():\n    time.sleep(1)\n"


def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str]) -> None:
    """Write a project and make it the working directory."""
    (tmp_path / "pyproject.toml").touch()
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def lint(*arguments: str) -> Result:
    """Run ``loopscope lint``."""
    return CliRunner().invoke(loopscope, ["lint", *arguments])


def found(*arguments: str) -> list[tuple[str, int, str]]:
    """Return the findings of ``loopscope lint --json`` as file, line, rule."""
    document = json.loads(lint("--json", *arguments).stdout)
    return [(one["file"], one["line"], one["rule"]) for one in document["findings"]]


def test_a_finding_has_its_place_its_rule_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text names file, line, column and rule, then the remedy; the exit code is 1."""
    project(tmp_path, monkeypatch, {"app.py": BLOCKS})
    done = lint()
    assert done.stdout == (
        "app.py:3:5: blocking-call: time.sleep() sleeps on the event loop's thread: no other task "
        "runs until it returns.\n    Use await asyncio.sleep(...).\n1 finding in 1 file.\n"
    )
    assert done.exit_code == 1


def test_nothing_found_is_exit_code_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without fault gives one line."""
    project(tmp_path, monkeypatch, {"app.py": "x = 1\n"})
    assert (lint().stdout, lint().exit_code) == ("Nothing found in 1 file.\n", 0)


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (["nowhere.py"], "lint-missing"),
        (["no" * 3000], "lint-missing"),
        (["--select", "blocking"], "rule-unknown"),
        (["--ignore", "blocking-call,other"], "rule-unknown"),
    ],
)
def test_bad_usage_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], slug: str
) -> None:
    """What is wrong is said in a sentence with a slug, which ends with exit code 2."""
    project(tmp_path, monkeypatch, {})
    error = lint(*arguments).exception
    assert isinstance(error, UsageError)
    assert error.slug == slug


@pytest.mark.parametrize(
    "settings",
    [
        "selects = []",
        "select = 'blocking-call'",
        "ignore = [1]",
        "]",
        "select = ['nothing']",
        "select = " + "[" * 2000,
    ],
)
def test_bad_settings_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str
) -> None:
    """A setting that does not exist, or is no list of names, is told and not passed over."""
    project(
        tmp_path,
        monkeypatch,
        {"app.py": BLOCKS, "pyproject.toml": f"[tool.loopscope.lint]\n{settings}\n"},
    )
    assert isinstance(lint().exception, UsageError)


@pytest.mark.parametrize(
    "settings", ["[tool.loopscope]\nselect = []\n", "[tool.loopscope.lnt]\nselect = []\n"]
)
def test_a_setting_in_the_wrong_table_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str
) -> None:
    """Passed over in silence, it would seem to be obeyed."""
    project(tmp_path, monkeypatch, {"app.py": BLOCKS, "pyproject.toml": settings})
    error = lint().exception
    assert isinstance(error, UsageError)
    assert "stands in [tool.loopscope], where only 'lint' does" in str(error)


def test_a_file_that_cannot_be_read_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken source, wrong encodings: a note on stderr, and the rest is looked at."""
    project(
        tmp_path, monkeypatch, {"app.py": BLOCKS, "bad.py": "def :\n", "no.py": "# coding: no\n"}
    )
    (tmp_path / "latin.py").write_bytes(b"x = '\xe4'\n")
    done = lint("--select", "blocking-call")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"loopscope: bad.py was left out: line 1: invalid syntax, says {python}.",
        "loopscope: latin.py was left out: it is not text in the encoding it declares.",
        "loopscope: no.py was left out: it is not text in the encoding it declares.",
    ]


def test_where_there_is_no_python_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty directory, and one whose only file is no Python, were not looked at."""
    project(tmp_path, monkeypatch, {"docs/bad.py": "def f(:\n"})
    (tmp_path / "empty").mkdir()
    for path in ("empty", "docs"):
        done = lint(path)
        assert (done.stdout, done.exit_code) == ("There was no Python file to look at.\n", 0)
    assert json.loads(lint("--json", "docs").stdout)["files"] == 0


def test_what_may_not_be_entered_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory without permission hides what is in it, and nothing else."""
    with TemporaryDirectory() as directory:
        place = Path(directory)
        project(place, monkeypatch, {"app.py": BLOCKS, "shut/a.py": "", "half/in/a.py": ""})
        place.chmod(0o755)
        (place / "shut").chmod(0o000)
        (place / "half").chmod(0o444)
        was = os.geteuid()
        try:
            if was == 0:
                os.seteuid(65534)  # whom permissions concern
            done = lint("--no-cache")
        finally:
            os.seteuid(was)
            (place / "shut").chmod(0o755)
            (place / "half").chmod(0o755)
    assert done.stdout.endswith("1 finding in 1 file.\n")
    assert "loopscope: shut was left out: Permission denied." in done.stderr.splitlines()


def test_a_link_in_a_circle_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links that lead to themselves, or upwards, end nowhere."""
    project(tmp_path, monkeypatch, {"a/app.py": BLOCKS})
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "self.py").symlink_to("self.py")
    done = lint("--no-cache")
    assert done.stdout.endswith("1 finding in 1 file.\n")
    assert done.stderr == "loopscope: a/self.py was left out: Too many levels of symbolic links.\n"


def test_source_that_no_rule_can_follow_to_the_end_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that runs in circles is named, and the others go on."""

    def runs_in_circles(_: Project) -> list[Finding]:
        raise RecursionError

    rule = replace(RULES[1], in_source=runs_in_circles)
    monkeypatch.setattr("loopscope.session.linting.RULES", (rule, RULES[0]))
    project(tmp_path, monkeypatch, {"app.py": BLOCKS})
    for done in (lint(), lint()):
        assert "app.py:3:5: blocking-call" in done.stdout
        assert done.stderr == (
            f"loopscope: {rule.name} was not looked for to the end: the source is nested too deep, "
            "or goes in circles.\n"
        )


def test_a_named_file_brings_its_helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook names only the files of a commit; calls are followed all the same."""
    project(
        tmp_path,
        monkeypatch,
        {
            "src/p/__init__.py": "",
            "src/p/app.py": "from p.helper import slow\nasync def main():\n    slow()\n",
            "src/p/helper.py": "import time\ndef slow():\n    time.sleep(1)\n",
        },
    )
    assert found("src/p/app.py") == [("src/p/app.py", 3, "blocking-call")]


def test_a_changed_helper_changes_what_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept of a file holds only while all that it imports is the same."""
    project(
        tmp_path,
        monkeypatch,
        {
            "app.py": "from middle import slow\nasync def main():\n    slow()\n",
            "middle.py": "from helper import slow\n",
            "helper.py": "def slow(): pass\n",
        },
    )
    assert found() == []
    assert found() == []
    (tmp_path / "helper.py").write_text("import time\ndef slow(): time.sleep(1)\n")
    assert found() == [("app.py", 3, "blocking-call")] == found()
    (tmp_path / "helper.py").write_text("def slow(): pass\n")
    assert found() == []


def test_what_is_kept_is_used_and_may_be_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look takes what the first one kept; a spoilt cache is no cache."""
    project(tmp_path, monkeypatch, {"app.py": BLOCKS})
    lint()
    kept = tmp_path / ".loopscope_cache" / "lint.json"
    text = kept.read_text()
    kept.write_text(text.replace("time.sleep() sleeps", "told from the cache"))
    assert "told from the cache" in lint().stdout
    assert "told from the cache" not in lint("--no-cache").stdout
    spoilt_ones = ["", "[]", "{", text[:-20], text.replace('"where"', '"there"'), "[" * 99_999]
    for spoilt in (*spoilt_ones, text.replace('"main", 3', '"main", Infinity')):
        kept.write_text(spoilt)
        assert found() == [("app.py", 3, "blocking-call")]


def test_settings_select_ignore_exclude_and_name_blocking_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of pyproject.toml says which rules, which files, and which calls block."""
    settings = """
[tool.loopscope.lint]
select = ["blocking-call", "polling"]
ignore = ["polling"]
exclude = ["old", "made_*.py"]
blocking = ["vendor.fetch"]
"""
    calls = "import vendor\nasync def main():\n    vendor.fetch()\n    main()\n"
    project(
        tmp_path,
        monkeypatch,
        {"pyproject.toml": settings, "a.py": calls, "old/b.py": BLOCKS, "made_c.py": BLOCKS},
    )
    assert found() == [("a.py", 3, "blocking-call")]
    assert found("old/b.py", "--ignore", "blocking-call") == []


def test_comments_ignore_findings_and_idle_ones_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment ignores its line, or the next one; one without effect is a finding itself."""
    text = """\
import time
async def main():
    time.sleep(1)  # loopscope: ignore[blocking-call] nothing runs yet
    # loopscope: ignore[blocking-call] nor here
    time.sleep(1)
    time.sleep(1)  # loopscope: ignore[blocking]
    time.sleep(1)  # loopscope: ignore
    x = 1  # loopscope: ignore[blocking-call]
    s = "# loopscope: ignore[blocking-call]"
"""
    project(tmp_path, monkeypatch, {"app.py": text})
    assert found() == [
        ("app.py", 6, "useless-ignore"),
        ("app.py", 6, "blocking-call"),
        ("app.py", 7, "useless-ignore"),
        ("app.py", 7, "blocking-call"),
        ("app.py", 8, "useless-ignore"),
    ]
    assert json.loads(lint("--json").stdout)["ignored"] == 2
    assert found("--select", "polling,useless-ignore") == [
        ("app.py", 6, "useless-ignore"),
        ("app.py", 7, "useless-ignore"),
    ]


def test_github_gets_one_command_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names cannot break out of a workflow command."""
    project(tmp_path, monkeypatch, {"a,b%::c.py": BLOCKS})
    line, *rest = lint("--github").stdout.splitlines()
    assert line.startswith(
        "::warning file=a%2Cb%25%3A%3Ac.py,line=3,endLine=3,title=loopscope%3A blocking-call::time."
    )
    assert rest == []


def test_sarif_has_what_the_standard_requires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version, tool, rules and results refer to each other as SARIF 2.1.0 wants it."""
    project(tmp_path, monkeypatch, {"a b.py": BLOCKS, "bad.py": "("})
    log = json.loads(lint("--sarif").stdout)
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "loopscope"
    names = [rule["id"] for rule in driver["rules"]]
    assert names == [rule.name for rule in ALL_RULES]
    [result] = run["results"]
    assert names[result["ruleIndex"]] == result["ruleId"] == "blocking-call"
    assert result["message"]["text"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b.py"},
                "region": {"startLine": 3, "endLine": 3},
            }
        }
    ]
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert len(invocation["toolExecutionNotifications"]) == 1


@pytest.mark.parametrize("form", ["--json", "--sarif", "--github"])
def test_a_name_that_is_no_text_has_findings_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Bytes that are no UTF-8 in the name of a file are written as each format can."""
    project(tmp_path, monkeypatch, {os.fsdecode(b"a\xff.py"): BLOCKS})
    done = lint(form)
    assert done.exit_code == 1
    assert "blocking-call" in done.stdout


def test_names_of_files_reach_the_terminal_without_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a file or a setting is called is anybody's text: nothing in it is obeyed."""
    project(tmp_path, monkeypatch, {"a\x1b[31m.py": BLOCKS, "b\x1b]0;x\x07.py": "def :"})
    assert "\x1b" not in lint().output
    settings = '[tool.loopscope.lint]\nselect = ["\\u001b]0;x\\u0007"]\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    done = loopscope_command("lint", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"loopscope: There is no rule  ]0;x , which {tmp_path / 'pyproject.toml'} names: "
        "'loopscope rules' lists them.\n"
    )


def test_every_rule_is_listed_and_explained() -> None:
    """Each has a line in the list, and an explanation with a wrong and a right program."""
    listed = CliRunner().invoke(loopscope, ["rules"]).stdout
    for rule in ALL_RULES:
        assert f"{rule.name} " in listed
        told = CliRunner().invoke(loopscope, ["explain", rule.name])
        assert told.exit_code == 0
        assert rule.why in told.stdout
    unknown = CliRunner().invoke(loopscope, ["explain", "nothing"]).exception
    assert isinstance(unknown, UsageError)
