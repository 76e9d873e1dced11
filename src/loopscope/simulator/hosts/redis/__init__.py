"""A simulated Redis: its protocol, its keys, its commands."""
