"""Decides from source whether awaits need their order, and says why."""
