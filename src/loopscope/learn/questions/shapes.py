"""The shapes an answer can have: how each is asked for, read, written and compared.

An answer is a tuple of words, whatever its shape: ``("6000",)`` for 6 s, ``("b", "a")`` for an
order of two options. So it is kept, compared and written to a file in one way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final, Protocol

Answer = tuple[str, ...]

MOST_OPTIONS: Final = len(ascii_lowercase)
_SECONDS: Final = re.compile(r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*(s|ms)?")
_NUMBER: Final = re.compile(r"\d{1,9}")
_PAIR: Final = re.compile(r"(\d{1,2})([a-z])")


class NotAnAnswer(ValueError):  # noqa: N818  (it is no fault of the program)
    """What was typed is no answer of this shape; the message says what would be."""


class Shape(Protocol):
    """How one kind of question is answered."""

    @property
    def how(self) -> str:
        """How to answer, in a few words."""

    @property
    def options(self) -> tuple[str, ...]:
        """What there is to choose from, told apart by letters; empty where nothing is."""

    def read(self, text: str) -> Answer:
        """Return the answer that a text means.

        Raises:
            NotAnAnswer: It means none.
        """

    def written(self, answer: Answer) -> str:
        """Return an answer as a person would say it."""

    def parting(self, given: Answer, right: Answer) -> str:
        """Return, in a sentence, where two answers part first; "" where they do not."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time, kept in milliseconds. A difference of ``tolerance_ms`` or less is none."""

    tolerance_ms: int = 1
    options: tuple[str, ...] = ()
    how: str = "seconds, such as 1.5"

    def read(self, text: str) -> Answer:
        """Return the milliseconds a text means: ``1.5``, ``1.5 s``, ``1500ms``."""
        found = _SECONDS.fullmatch(text.strip().lower())
        if found is None:
            raise NotAnAnswer("Give a time in seconds, such as 1.5.")
        return (str(round(float(found[1]) * (1 if found[2] == "ms" else 1000))),)

    def written(self, answer: Answer) -> str:
        """Return the time in seconds, with as many digits as it needs."""
        return f"{int(answer[0]) / 1000:g} s"

    def parting(self, given: Answer, right: Answer) -> str:
        """Return both times where they differ."""
        if abs(int(given[0]) - int(right[0])) <= self.tolerance_ms:
            return ""
        return f"You said {self.written(given)}, and it was {self.written(right)}."


@dataclass(frozen=True, slots=True)
class Number:
    """A count."""

    options: tuple[str, ...] = ()
    how: str = "a number"

    def read(self, text: str) -> Answer:
        """Return a whole number from 0."""
        if _NUMBER.fullmatch(text.strip()) is None:
            raise NotAnAnswer("Give a whole number, such as 3.")
        return (str(int(text)),)

    def written(self, answer: Answer) -> str:
        """Return the number."""
        return answer[0]

    def parting(self, given: Answer, right: Answer) -> str:
        """Return both numbers where they differ."""
        return "" if given == right else f"You said {given[0]}, and it was {right[0]}."


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the program, by its number or its text. ``source`` are all its lines."""

    source: tuple[str, ...]
    options: tuple[str, ...] = ()
    how: str = "the number of a line"

    def read(self, text: str) -> Answer:
        """Return the number of a line: the one given, or of the one line that holds the text."""
        wanted = text.strip()
        if _NUMBER.fullmatch(wanted):
            lines = [int(wanted)] if 1 <= int(wanted) <= len(self.source) else []
        else:
            lines = [n for n, line in enumerate(self.source, 1) if wanted and wanted in line]
        if len(lines) != 1:
            raise NotAnAnswer(f"Give the number of a line, from 1 to {len(self.source)}.")
        return (str(lines[0]),)

    def written(self, answer: Answer) -> str:
        """Return the line's number with what stands there."""
        number = int(answer[0])
        text = self.source[number - 1].strip() if 1 <= number <= len(self.source) else ""
        return f"line {number}: {text}"

    def parting(self, given: Answer, right: Answer) -> str:
        """Return both lines where they differ."""
        if given == right:
            return ""
        return f"You said {self.written(given)}. It was {self.written(right)}."


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options."""

    options: tuple[str, ...]
    how: str = "one letter"

    def read(self, text: str) -> Answer:
        """Return the letter of an option."""
        letters = _letters(text, len(self.options))
        if len(letters) != 1:
            raise NotAnAnswer(f"Give one letter, {_range(self.options)}.")
        return letters

    def written(self, answer: Answer) -> str:
        """Return the option's text."""
        return self.options[ascii_lowercase.index(answer[0])]

    def parting(self, given: Answer, right: Answer) -> str:
        """Return both options where they differ."""
        if given == right:
            return ""
        said, was = (self.written(one).rstrip(".") for one in (given, right))
        return f"You said: {said}. It was: {was}."


@dataclass(frozen=True, slots=True)
class Several:
    """Some of the options, in any order, or none of them."""

    options: tuple[str, ...]
    how: str = "letters, or - for none"

    def read(self, text: str) -> Answer:
        """Return the letters in order, each once."""
        if text.strip() in {"-", "none"}:
            return ()
        letters = _letters(text, len(self.options))
        if not letters:
            raise NotAnAnswer(f"Give letters, {_range(self.options)}, or - for none.")
        return tuple(sorted(set(letters)))

    def written(self, answer: Answer) -> str:
        """Return the options' texts."""
        texts = (self.options[ascii_lowercase.index(letter)] for letter in answer)
        return ", ".join(texts) or "none of them"

    def parting(self, given: Answer, right: Answer) -> str:
        """Return the first option that one has and the other has not."""
        for letter in sorted({*given, *right}):
            if (letter in given) != (letter in right):
                text = self.options[ascii_lowercase.index(letter)]
                return f"{text}: {'no' if letter in given else 'yes, too'}."
        return ""


@dataclass(frozen=True, slots=True)
class Order:
    """All the options, in an order. Options with equal texts stand for each other."""

    options: tuple[str, ...]
    how: str = "all letters, in order"

    def read(self, text: str) -> Answer:
        """Return the letters, each option once."""
        letters = _letters(text, len(self.options))
        if sorted(letters) != list(ascii_lowercase[: len(self.options)]):
            raise NotAnAnswer(f"Give each letter once, {_range(self.options)}, in order.")
        return letters

    def written(self, answer: Answer) -> str:
        """Return the options' texts in their order."""
        return " | ".join(self._texts(answer))

    def parting(self, given: Answer, right: Answer) -> str:
        """Return the first place where the orders differ."""
        pairs = zip(self._texts(given), self._texts(right), strict=True)
        for number, (said, was) in enumerate(pairs, 1):
            if said != was:
                return f"They part at place {number}: you said {said!r}, and it was {was!r}."
        return ""

    def _texts(self, answer: Answer) -> list[str]:
        return [self.options[ascii_lowercase.index(letter)] for letter in answer]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that the program prints; blanks at their ends do not count."""

    count: int
    options: tuple[str, ...] = ()

    @property
    def how(self) -> str:
        """How to answer, in a few words."""
        return "the line" if self.count == 1 else f"{self.count} lines, separated by |"

    def read(self, text: str) -> Answer:
        """Return the lines."""
        lines = tuple(line.strip() for line in re.split(r"[|\n]", text.strip()))
        if len(lines) != self.count or not all(lines):
            raise NotAnAnswer(f"Give {self.how}.")
        return lines

    def written(self, answer: Answer) -> str:
        """Return the lines, one after the other."""
        return " | ".join(answer)

    def parting(self, given: Answer, right: Answer) -> str:
        """Return the first line that differs."""
        for said, was in zip(given, right, strict=True):
            if said != was:
                return f"You said {said!r}, and it printed {was!r}."
        return ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each of the numbered things with the option that belongs to it."""

    things: tuple[str, ...]
    options: tuple[str, ...]

    @property
    def how(self) -> str:
        """How to answer, in a few words."""
        return "pairs, such as " + " ".join(f"{n}{ascii_lowercase[n - 1]}" for n in (1, 2))

    def read(self, text: str) -> Answer:
        """Return one pair a thing, in the order of the things."""
        found = {int(n): letter for n, letter in _PAIR.findall(text.lower())}
        letters = ascii_lowercase[: len(self.options)]
        is_whole = sorted(found) == list(range(1, len(self.things) + 1))
        if not is_whole or not all(letter in letters for letter in found.values()):
            raise NotAnAnswer(f"Give {self.how}: each number from 1 to {len(self.things)} once.")
        return tuple(f"{number}{found[number]}" for number in sorted(found))

    def written(self, answer: Answer) -> str:
        """Return each thing with what belongs to it."""
        return "; ".join(self._pair(pair) for pair in answer)

    def parting(self, given: Answer, right: Answer) -> str:
        """Return the first thing that was paired otherwise."""
        for said, was in zip(given, right, strict=True):
            if said != was:
                return f"You said {self._pair(said)}. It is {self._pair(was)}."
        return ""

    def _pair(self, pair: str) -> str:
        thing, option = int(pair[:-1]) - 1, ascii_lowercase.index(pair[-1])
        return f"{self.things[thing]} = {self.options[option]}"


def _letters(text: str, count: int) -> Answer:
    """Return the letters in a text; () where one is none of the first ``count`` letters."""
    letters = re.sub(r"[\s,;.()>-]+", "", text.lower())
    return tuple(letters) if set(letters) <= set(ascii_lowercase[:count]) else ()


def _range(options: Sequence[str]) -> str:
    return f"a to {ascii_lowercase[len(options) - 1]}"
