"""Randomness from the seed: what a program draws without a seed of its own repeats.

Out of reach is what CPython drew when the process began: ``hash()`` of a string, and with it the
order of a set of strings. Set ``PYTHONHASHSEED`` for that.
"""

import importlib
import importlib.util
import os
import random
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any, Final

from loopscope.simulator.patches.install import Replacement, real
from loopscope.simulator.redirect import Function
from loopscope.simulator.world import World

_GREGORIAN: Final = 0x01B21DD213814000
"""Between the calendar of UUIDs (1582) and Unix time, in units of 100 ns."""

_FIND_AND_LOAD: Final = vars(importlib._bootstrap)["_find_and_load"].__code__
_NUMPY: Final = "numpy.random.mtrand"
_SEED_BITS: Final = 256
_real_seed: Final[Function] = random.Random.seed


class Randomness:
    """The sources of randomness of one simulation.

    What a module draws while it is imported comes from a stream of its own: else the first run in
    a process, which imports it, would go on with other numbers than the second.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._entropy: random.Random | None = None
        self._of_imports: dict[str, random.Random] = {}
        tempfile.gettempdir()  # draws when it is first asked, and then never again

    def patches(self) -> Iterator[Replacement]:
        """Yield what replaces the sources of randomness."""
        yield random.Random, "seed", self._seed
        yield random, "seed", self._seed_shared
        yield os, "urandom", partial(self._bytes, real(os.urandom))
        if hasattr(os, "getrandom"):
            yield os, "getrandom", partial(self._bytes, real(os.getrandom))
        yield tempfile, "_name_sequence", _FileNames(self._world)
        yield from _uuids(self._world)
        yield ssl, "RAND_bytes", partial(self._bytes, real(ssl.RAND_bytes))

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Seed the generators that programs share while the block runs; then they go on as before.

        These are the one of ``random`` and, if it is loaded, the one of ``numpy.random``. To be
        used while the patches are installed.
        """
        before = random.getstate()
        _real_seed(random._inst, self._world.random("random").getrandbits(_SEED_BITS))
        numpy: Any = sys.modules.get("numpy.random")
        numpy_before = numpy and numpy.get_state()
        if numpy is not None:
            numpy.set_state(self._as_if_imported(numpy))
        try:
            yield
        finally:
            random.setstate(before)
            if numpy is not None:
                numpy.set_state(numpy_before)

    def _as_if_imported(self, numpy: Any) -> Any:
        """Return the state that numpy's generator has if the program is the first to import it."""
        entropy, self._entropy = self._entropy, self._of_import(_NUMPY)
        try:
            return numpy.RandomState().get_state()
        finally:
            self._entropy = entropy

    def _stream(self) -> random.Random:
        importing = _importing()
        if importing is not None:
            return self._of_import(importing)
        if self._entropy is None:  # few programs draw, and seeding takes its time
            self._entropy = self._world.random("entropy")
        return self._entropy

    def _of_import(self, module: str) -> random.Random:
        if module not in self._of_imports:
            self._of_imports[module] = self._world.random("entropy", module)
        return self._of_imports[module]

    def _bytes(self, real_source: Callable[..., bytes], *args: Any) -> bytes:
        return self._stream().randbytes(len(real_source(*args)))  # which raises what it raises

    def _seed(self, generator: random.Random, a: Any = None, version: int = 2) -> None:
        seed = self._stream().getrandbits(_SEED_BITS) if a is None else a
        _real_seed(generator, seed, version)

    def _seed_shared(self, a: Any = None, version: int = 2) -> None:
        random._inst.seed(a, version)


class _FileNames(vars(tempfile)["_RandomNameSequence"]):  # type: ignore[misc]  # of no known type
    """The names of temporary files, from the seed."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def rng(self) -> random.Random:
        """What draws them."""
        return self._world.random("tempfile")


def _importing() -> str | None:
    """Return the innermost module that is being imported by the calling thread."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        if frame.f_code is _FIND_AND_LOAD:
            return str(frame.f_locals["name"])
        frame = frame.f_back
    return None


def _uuids(world: World) -> Iterator[Replacement]:
    """Yield what makes ``uuid1`` repeatable; ``uuid4`` takes its bytes from ``os.urandom``."""
    stream = world.random("uuid")
    node = stream.getrandbits(48) | 1 << 40  # marked as drawn, not as a network card's
    sequence = stream.getrandbits(14)
    last = 0

    def generate() -> tuple[bytes, None]:
        nonlocal last
        last = max((world.epoch_ns + world.read_ns()) // 100 + _GREGORIAN, last + 1)
        fields = (last & 0xFFFFFFFF) << 32 | (last >> 32 & 0xFFFF) << 16 | last >> 48 | 0x1000
        return (fields << 64 | (sequence | 0x8000) << 48 | node).to_bytes(16, "big"), None

    if importlib.util.find_spec("_uuid") is not None:  # not on every system
        yield importlib.import_module("_uuid"), "generate_time_safe", generate
    if "uuid" in sys.modules:
        yield sys.modules["uuid"], "_node", node
        yield sys.modules["uuid"], "_last_timestamp", None
