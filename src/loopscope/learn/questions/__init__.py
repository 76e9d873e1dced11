"""Questions with answers that a run decides: their shapes, how they are read and marked."""
