"""What an expression stands for."""

from dataclasses import dataclass

MOST_STEPS = 24
"""So many questions may lead from one to the next; what lies further is not known."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an expression stands for.

    Attributes:
        name: The dotted name of something foreign (``requests.get``), or the key of something
            the project defines (``app/client.py:Client.fetch``).
        is_object: It is an object of the class ``name``, not what is called so.
        item: The class of its items where it is a list or the like, "" where nothing says it.
    """

    name: str
    is_object: bool = False
    item: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether the project does not define it."""
        return ":" not in self.name
