"""Pictures of values: alike for what is alike, and nothing in a program can break them."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loopscope.check.fixing.pictures import MOST_PARTS, Picture, pictures_of


class Slotted:
    """Has no dictionary."""

    __slots__ = ("value",)
    value: object


@dataclass
class Basket:
    """Holds things."""

    items: list[Any]


class Spiteful:
    """Raises whatever is asked."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


def _is_own(kind: type) -> bool:
    return kind in (Slotted, Basket, Spiteful)


def _of(value: object) -> str:
    return Picture(_is_own).of(value)


_PLAIN = st.recursive(
    st.none() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=20,
)


@given(_PLAIN, _PLAIN)
def test_two_pictures_are_alike_just_if_the_values_are(one: object, other: object) -> None:
    """Plain data is shown whole."""
    assert (_of(one) == _of(other)) == (repr(one) == repr(other))


def test_objects_of_the_program_are_looked_into_and_others_named() -> None:
    """Circles end, sets have an order, addresses are left out."""
    basket = Basket([{"b", "a"}, object()])
    basket.items.append(basket)
    slotted = Slotted()
    slotted.value = basket
    assert _of(slotted) == (
        "Slotted(value=Basket(items=[set['a', 'b'], <builtins.object>, <Basket>]))"
    )


def test_what_raises_is_shown_as_that() -> None:
    """Code of the program runs while it is looked at."""
    assert _of(Basket([Spiteful()])) == "Basket(items=[<Spiteful: RuntimeError>])"


def test_large_and_deep_values_end() -> None:
    """No picture takes longer than its value is worth."""
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert len(_of(deep)) < 1_000
    assert _of([{}] * (MOST_PARTS * 2)).count("<dict>") > MOST_PARTS - 10


def test_globals_are_pictured_but_for_functions_classes_and_modules() -> None:
    """Only data is state."""
    module = ModuleType("app")
    vars(module).update(A=[1], f=len, C=Basket, m=module, __private__=1)
    assert pictures_of({"app.py": module}, _is_own) == {"A of app.py": "[1]"}
