"""Writes docs/rules.md from the catalogue of rules; ``--check`` fails where the page is not so.

python tools/rules_page.py [--check]
"""

import sys
from pathlib import Path

from loopscope.analysis.rules.catalogue import ALL_RULES
from loopscope.analysis.rules.rule import Rule

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"
HEAD = """\
# Rules

<!-- Written by tools/rules_page.py from the catalogue of rules. -->

What findings are about, the mistake that real projects make most often first. The names are the
same wherever a rule is named: in findings, for `--select` and `--ignore`, in `loopscope explain`,
in comments of the source, and in `pyproject.toml`. [How to look for them in source](lint.md).
"""


def page() -> str:
    """Return the text of the page."""
    return "\n".join([HEAD, *(section(rule) for rule in ALL_RULES)])


def section(rule: Rule) -> str:
    """Return what the page says of one rule."""
    return f"""\
## {rule.name}

**{rule.title}.** {rule.why}

```py
{rule.example.rstrip()}
```
"""


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    return 0 if PAGE.read_text(encoding="utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main())
