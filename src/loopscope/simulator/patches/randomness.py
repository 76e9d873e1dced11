"""Randomness from the seed: what a program draws without a seed of its own repeats.

Out of reach is what CPython drew when the process began: ``hash()`` of a string, and with it the
order of a set of strings. Set ``PYTHONHASHSEED`` for that.
"""

import importlib
import importlib.util
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from loopscope.simulator.patches.install import Replacement, real
from loopscope.simulator.redirect import Function
from loopscope.simulator.world import World

_GREGORIAN: Final = 0x01B21DD213814000
"""Between the calendar of UUIDs (1582) and Unix time, in units of 100 ns."""

_SEED_BITS: Final = 256
_real_seed: Final[Function] = random.Random.seed


@contextmanager
def kept_generators(world: World) -> Iterator[None]:
    """Seed the generators that programs share while the block runs; then let them go on as before.

    These are the one of ``random`` and, if it is loaded, the one of ``numpy.random``.
    """
    before = random.getstate()
    _real_seed(random._inst, world.random("random").getrandbits(_SEED_BITS))
    numpy: Any = sys.modules.get("numpy.random")
    numpy_before = numpy and numpy.get_state()
    if numpy is not None:
        numpy.seed(world.random("numpy").getrandbits(32))
    try:
        yield
    finally:
        random.setstate(before)
        if numpy is not None:
            numpy.set_state(numpy_before)


def random_patches(world: World) -> Iterator[Replacement]:
    """Yield what replaces the sources of randomness."""
    entropy = world.random("entropy")

    def seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
        _real_seed(generator, entropy.getrandbits(_SEED_BITS) if a is None else a, version)

    def seed_shared(a: Any = None, version: int = 2) -> None:
        random._inst.seed(a, version)

    yield random.Random, "seed", seed
    yield random, "seed", seed_shared
    yield os, "urandom", partial(_bytes, entropy, real(os.urandom))
    if hasattr(os, "getrandom"):
        yield os, "getrandom", partial(_bytes, entropy, real(os.getrandom))
    yield tempfile, "_name_sequence", None  # it makes another, with a generator of its own
    yield from _uuids(world)
    ssl: Any = sys.modules.get("_ssl")
    if ssl is not None:
        yield ssl, "RAND_bytes", partial(_bytes, entropy, real(ssl.RAND_bytes))


def _bytes(entropy: random.Random, real_source: Callable[..., bytes], *args: Any) -> bytes:
    return entropy.randbytes(len(real_source(*args)))  # which raises what it raises


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
