"""What running a piece of code touches: objects, resources, and what source cannot see."""

from dataclasses import dataclass, field

MOST_PATHS = 400
"""A function that touches more objects than this has its hands in everything."""


@dataclass(frozen=True, slots=True)
class Path:
    """An object as code reaches it: a root (a name in some scope) and attributes from there.

    Paths overlap if one is the beginning of the other: who changes ``basket`` as a whole may
    change ``basket.items``.
    """

    root: str
    fields: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The path as it would stand in source."""
        return ".".join((self.root.rpartition(":")[2], *self.fields))


@dataclass(frozen=True, slots=True)
class Use:
    """One use of something outside the program's memory.

    ``key`` says which one (a host, a file, a key of a store); "" may be any of its kind.
    """

    kind: str
    key: str
    writes: bool

    def clashes(self, other: "Use") -> bool:
        """Whether the two may concern the same thing and one of them changes it."""
        if self.kind != other.kind or not (self.writes or other.writes):
            return False
        return self.key == other.key or not self.key or not other.key


@dataclass(slots=True)
class Effects:
    """What running something may do.

    Attributes:
        reads: Objects that are looked at.
        writes: Objects that are changed.
        lasting: Those of them that outlive the function that is looked at; kept for it alone.
        touched: Objects of unknown classes whose methods are called: changed, for all we know.
        single: Objects that do one operation at a time.
        uses: What is done outside the program.
        unseen: Calls whose code nobody has seen, as they stand in source.
        raises: It has a ``raise`` of its own.
        waits: It can suspend the task.
        is_vast: It touches so many objects that which ones is not kept.
    """

    reads: set[Path] = field(default_factory=set)
    writes: set[Path] = field(default_factory=set)
    lasting: set[Path] = field(default_factory=set)
    touched: set[Path] = field(default_factory=set)
    single: set[Path] = field(default_factory=set)
    uses: set[Use] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    raises: bool = False
    waits: bool = False
    is_vast: bool = False

    def add(self, other: "Effects") -> None:
        """Take in what something else does."""
        self.reads |= other.reads
        self.writes |= other.writes
        self.touched |= other.touched
        self.single |= other.single
        self.uses |= other.uses
        self.unseen |= other.unseen
        self.raises |= other.raises
        self.waits |= other.waits
        self.is_vast |= other.is_vast

    def limit(self) -> None:
        """Forget the objects where they are too many to follow through all callers."""
        paths = (self.reads, self.writes, self.touched, self.single)
        if sum(map(len, paths)) > MOST_PATHS:
            self.is_vast = True
            for each in paths:
                each.clear()

    @property
    def acts(self) -> bool:
        """Whether it changes anything that outlives it; a printed line is for people to read."""
        return bool(self.lasting) or any(
            use.writes and use.kind not in ("clock", "console") for use in self.uses
        )
