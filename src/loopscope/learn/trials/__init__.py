"""Runs what a learner wrote beside the key, in the same worlds, and says where it falls short."""
