"""A simulated epoll: which of the watched files are ready, in the order they became so."""

from loopscope.simulator.network.files import ALWAYS, File
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Action, Gate


class Poller:
    """Watches files, level-triggered.

    Args:
        on_hot: Called when a watched file has become ready.

    Attributes:
        hot: Descriptors that were ready, in the order in which they became so; a descriptor
            leaves when it is looked at and is ready no more.
        watched: What is watched for: descriptor -> (file, bits of poll(2)).
    """

    def __init__(self, on_hot: Action) -> None:
        self.watched: dict[int, tuple[File, int]] = {}
        self.hot: dict[int, None] = {}
        self._descriptors: dict[File, list[int]] = {}
        self._on_hot = on_hot

    def has_ready(self) -> bool:
        """Whether anything is ready now."""
        for descriptor in list(self.hot):
            file, events = self.watched[descriptor]
            if file.mask() & (events | ALWAYS) and not file.is_closed:
                return True
            del self.hot[descriptor]
        return False

    def watch(self, descriptor: int, file: File, events: int) -> None:
        """Begin to watch a file, or watch it for other events."""
        if descriptor not in self.watched:
            self._descriptors.setdefault(file, []).append(descriptor)
            if self not in file.polls:
                file.polls.append(self)
        self.watched[descriptor] = (file, events)
        if file.mask() & (events | ALWAYS):
            self.hot[descriptor] = None
            self._on_hot()

    def forget(self, descriptor: int) -> None:
        """Watch a descriptor no more; one that is not watched is left alone."""
        found = self.watched.pop(descriptor, None)
        if found is None:
            return
        self.hot.pop(descriptor, None)
        file = found[0]
        descriptors = self._descriptors[file]
        descriptors.remove(descriptor)
        if not descriptors:
            del self._descriptors[file]
            file.polls.remove(self)

    def drop(self, file: File) -> None:
        """A watched file is closed."""
        for descriptor in self._descriptors[file][:]:
            self.forget(descriptor)

    def forget_all(self) -> None:
        """Watch nothing any more."""
        for descriptor in list(self.watched):
            self.forget(descriptor)

    def mark(self, file: File) -> None:
        """Something about a watched file has changed: it may be ready now."""
        mask = file.mask()
        for descriptor in self._descriptors[file]:
            if mask & (self.watched[descriptor][1] | ALWAYS):
                self.hot[descriptor] = None
                self._on_hot()

    def collect(self) -> list[tuple[int, int]]:
        """Return (descriptor, bits) of everything that is ready now."""
        ready = []
        for descriptor in list(self.hot):
            file, events = self.watched[descriptor]
            mask = file.mask() & (events | ALWAYS)
            if mask and not file.is_closed:
                ready.append((descriptor, mask))
            else:
                del self.hot[descriptor]
        return ready


class WaitingPoller(Poller):
    """A poller that threads wait at, as in ``epoll.poll()`` and ``select.select()``.

    Args:
        world: In whose time they wait.
        what: What a report calls it: ``epoll``, ``select``.
    """

    def __init__(self, world: World, what: str) -> None:
        super().__init__(self._open_gate)
        self._world = world
        self._gate = Gate(what)

    def _open_gate(self) -> None:
        self._world.wake(self._gate, len(self._gate.waiting))

    def wait(self, timeout_ns: int | None) -> list[tuple[int, int]]:
        """Return what is ready, waiting for the first if need be; empty when the time is over."""
        world, deadline_ns = self._world, 0
        if timeout_ns is not None:
            deadline_ns = world.now_ns + timeout_ns
        while not (ready := self.collect()):
            left_ns = None if timeout_ns is None else deadline_ns - world.now_ns
            if left_ns is not None and left_ns <= 0:
                break
            world.block(self._gate, left_ns)
        return ready


Wanted = dict[int, tuple[File, int]]
"""What a call of select or poll waits for: descriptor -> (file, bits of poll(2))."""


def wait_for_any(
    world: World, what: str, wanted: Wanted, timeout_ns: int | None
) -> list[tuple[int, int]]:
    """Return (descriptor, bits) of what is ready, in the order given, waiting for the first.

    Args:
        world: In whose time to wait.
        what: What a report calls it.
        wanted: What to wait for.
        timeout_ns: How long at most; None without limit. When it is over, nothing is returned.
    """
    ready = _ready(wanted)
    if ready or timeout_ns == 0:
        return ready
    poller = WaitingPoller(world, what)
    try:
        for descriptor, (file, events) in wanted.items():
            poller.watch(descriptor, file, events)
        poller.wait(timeout_ns)
    finally:
        poller.forget_all()
    return _ready(wanted)


def _ready(wanted: Wanted) -> list[tuple[int, int]]:
    masks = [(one, file.mask() & (events | ALWAYS)) for one, (file, events) in wanted.items()]
    return [(descriptor, mask) for descriptor, mask in masks if mask]
