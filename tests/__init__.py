"""The tests; ``support`` and ``conftest`` hold what several of them need."""
