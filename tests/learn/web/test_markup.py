"""Whatever a text holds, in a page it is that text and nothing else."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from loopscope.learn.web.markup import joined, tag
from loopscope.learn.web.prose import inline, listing, prose

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"))


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.values: list[str | None] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.values.extend(value for _, value in attrs)

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


@given(text=texts, value=texts)
def test_texts_and_attributes_come_out_as_they_went_in(text: str, value: str) -> None:
    """No text can open an element, and no value can leave its attribute."""
    page = Reader(tag("p", text, tag("b", text), title=value).text)
    assert page.tags == ["p", "b"]
    assert page.text == text * 2
    assert page.values == [value]


@given(text=texts)
def test_prose_and_listings_make_no_element_of_what_they_hold(text: str) -> None:
    """A lesson's text makes paragraphs, lists and code; a program makes lines."""
    assert set(Reader(prose(text).text).tags) <= {"p", "ul", "li", "code"}
    assert set(Reader(inline(text).text).tags) <= {"code"}
    assert set(Reader(listing([text], text).text).tags) <= {"pre", "span"}


def test_attributes_without_a_value_are_there_or_not() -> None:
    """True is an attribute without a value, False is none; an element of one tag has no end."""
    box = tag("input", type="checkbox", checked=True, disabled=False, aria_label="a<b")
    assert box.text == '<input type="checkbox" checked aria-label="a&lt;b">'
    assert joined(["<", box]).text.startswith("&lt;<input")


def test_prose_has_lists_and_code() -> None:
    """Points are a list, backticks are code, and a lonely backtick is itself."""
    text = "Read `a < b`,\nplease:\n\n- one\n- `two`\n\nIt's `odd"
    assert prose(text).text == (
        "<p>Read <code>a &lt; b</code>, please:</p>"
        "<ul><li>one</li><li><code>two</code></li></ul><p>It&#x27;s `odd</p>"
    )
