"""Joins modules, style and data into the one file that opens by itself."""

import hashlib
import html
import importlib.metadata
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from loopscope.analysis.summary import Summary
from loopscope.model.finding import Finding
from loopscope.views.html.findings_data import findings_data
from loopscope.views.html.head_words import plain_words, totals_text
from loopscope.views.html.pack import pack_columns, pack_json
from loopscope.views.html.places import clip
from loopscope.views.html.recording_data import recording_data
from loopscope.views.html.source_data import source_data
from loopscope.views.html.summary_data import summary_data

_IMPORT: Final = re.compile(r'(?<=from "|port ")\./(?=[a-z_]+\.js";)')
_MARK: Final = re.compile(r"@@([a-z_]+)@@")
_BOOT: Final = "boot.js"
"""The one script that is no module: it is in the page as it is."""


def make_page(summary: Summary, findings: Sequence[Finding]) -> str:
    """Return the whole page of a recording; the same for the same recording and findings.

    The scripts are ES modules that import each other by name through an import map of ``data:``
    addresses, which ``boot.js`` makes, so they run from a file without a server. Names and
    sources of the trace are in the page as packed data, which nothing but the scripts reads, and
    in the few words of the head, escaped.
    """
    columns, words = recording_data(summary)
    found = findings_data(summary, findings)
    panels = {
        "findings": found,
        "source": source_data(summary.timeline, summary.lives),
        "summary": summary_data(summary),
    }
    parts = {
        "title": html.escape(clip(summary.trace.info.short_name or "recording", 120)),
        "totals": html.escape(totals_text(summary)),
        "words": html.escape(plain_words(summary, found)),
        "version": html.escape(importlib.metadata.version("loopscope")),
        "style": "".join(_asset(name) for name in _names(".css")),
        "boot": _asset(_BOOT),
        "data_scripts": pack_json({name: _module(name) for name in _names(".js")}),
        "data_columns": pack_columns(columns),
        "data_words": pack_json(words),
        "data_panels": pack_json(panels),
    }
    # Only what bears this word may run. A trace cannot hold it, since it follows from the trace.
    parts["nonce"] = hashlib.sha256("".join(parts.values()).encode()).hexdigest()[:32]
    return _MARK.sub(lambda mark: parts[mark[1]], _asset("page.html"))


def _asset(name: str) -> str:
    return files("loopscope.views.html").joinpath("assets", name).read_text("utf-8")


def _names(ending: str) -> list[str]:
    """Return the names of assets; of style sheets the one with the colours first."""
    folder = files("loopscope.views.html").joinpath("assets")
    names = (one.name for one in folder.iterdir() if one.name.endswith(ending))
    names = (name for name in names if name != _BOOT)
    return sorted(names, key=lambda name: (name != "style.css", name))


def _module(name: str) -> str:
    """Return a module that imports others by their bare names, as the import map knows them."""
    return f"{_IMPORT.sub('', _asset(name))}\n//# sourceURL=loopscope/{name}\n"
