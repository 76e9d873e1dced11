"""Chance that is the same on every machine: numbers drawn from the words that name them."""

from hashlib import blake2b

_WORD = 8  # bytes of one number
BITS = 8 * _WORD


def draw(*words: object) -> tuple[int, int, int, int]:
    """Return four independent whole numbers, each evenly spread over ``range(2 ** BITS)``.

    They depend on nothing but the words as text: not on the order of calls, the process or the
    Python version.
    """
    name = "\x1f".join(map(str, words)).encode()
    digest = blake2b(name, digest_size=4 * _WORD).digest()
    return (
        int.from_bytes(digest[0:8], "little"),
        int.from_bytes(digest[8:16], "little"),
        int.from_bytes(digest[16:24], "little"),
        int.from_bytes(digest[24:32], "little"),
    )
