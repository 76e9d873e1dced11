"""Facts that no run shows, which a lesson states itself: what a part of a picture stands for."""

from string import ascii_lowercase

from loopscope.learn.facts.fact import Arguments, Fact, no_such, texts
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import MOST_OPTIONS, Choice, Pairs, Several


def stated(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001  (as all facts)
    """Choose among ``options``. ``right`` are the right ones, as texts.

    With ``things`` each of them is paired with the option at the same place in ``right``. With
    ``several = true`` any number of options may be right.
    """
    options, right = texts(arguments, "options"), texts(arguments, "right")
    if not 1 < len(options) <= MOST_OPTIONS or not set(right) <= set(options):
        raise no_such("right must be among 2 to 26 options.")
    letters = [ascii_lowercase[options.index(one)] for one in right]
    if "things" in arguments:
        things = texts(arguments, "things")
        if len(things) != len(right):
            raise no_such("there must be one right option for each of the things.")
        return Fact(Pairs(things, options), tuple(f"{n}{x}" for n, x in enumerate(letters, 1)))
    if arguments.get("several") is True:
        return Fact(Several(options), tuple(sorted(letters)))
    if len(letters) != 1:
        raise no_such("one option is right, unless several = true.")
    return Fact(Choice(options), (letters[0],))
