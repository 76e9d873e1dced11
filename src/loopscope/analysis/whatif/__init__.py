"""Replays a recorded run in a model of the event loop, with a change."""
