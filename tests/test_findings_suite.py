"""The labelled suite of findings: its labels are sound, and its bars hold."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUITE = ROOT / "bench" / "findings"
LEAST_MARKS = 120
LEAST_LOOKALIKES = 60


@pytest.mark.slow
def test_the_bars_of_the_suite_hold() -> None:
    """Recall and precision of findings and of lint alone are what the benchmark asks for."""
    done = subprocess.run(
        [sys.executable, str(SUITE / "compare.py"), "--verbose"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    head = done.stdout.splitlines()[0].split()
    assert int(head[2]) >= LEAST_MARKS
    assert int(head[5]) >= LEAST_LOOKALIKES


def test_a_finding_counts_only_where_its_rule_is_marked(tmp_path: Path) -> None:
    """A hit needs the rule and the statement; the one without the other is a false alarm."""
    script = tmp_path / "count.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(SUITE)!r})\n"
        "from pathlib import Path\n"
        "from marks import read_program\n"
        "from scoring import Said, score\n"
        "text = '# how: run\\nf(\\n    1,  # expect: polling=a\\n)\\n"
        "g()  # expect: polling=a\\nh()  # right: polling\\ni()  # accept: polling\\n'\n"
        "path = Path('p.py')\n"
        "path.write_text(text)\n"
        "program = read_program(path)\n"
        "for line, rule in [(2, 'polling'), (5, 'polling'), (6, 'polling'), (7, 'polling'),\n"
        "                   (2, 'lost-task')]:\n"
        "    one = score([program], [Said('p.py', line, line, frozenset({rule}))])\n"
        "    print(one.recall, one.true_alarms, len(one.false_alarms))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "1.0 1 0",
        "1.0 1 0",
        "0.0 0 1",
        "0.0 0 0",
        "0.0 0 1",
    ]
