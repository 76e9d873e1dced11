"""Makes HTML in which every text is text, whoever wrote it."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_VOID: Final = {"input", "link", "meta"}


@dataclass(frozen=True, slots=True)
class Html:
    """HTML that is finished. Everything else that goes into a page is escaped."""

    text: str


Inside = Html | str


def tag(name: str, /, *inside: Inside, **attributes: str | bool) -> Html:
    """Return an element.

    Args:
        name: What it is.
        inside: What is in it; texts are escaped.
        attributes: ``class_`` is ``class``, and ``aria_label`` is ``aria-label``. True is an
            attribute without a value, False is none.
    """
    head = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{head}>")
    return Html(f"<{name}{head}>{joined(inside).text}</{name}>")


def joined(parts: Iterable[Inside]) -> Html:
    """Return several parts, one after the other."""
    return Html("".join(one.text if isinstance(one, Html) else html.escape(one) for one in parts))


def raw_element(name: str, text: str, nonce: str) -> Html:
    """Return a style or script of loopscope's own; what is in it comes with the package."""
    return Html(f'<{name} nonce="{html.escape(nonce)}">{text}</{name}>')


def _attribute(key: str, value: str | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{html.escape(value)}"'
