"""Hooks in the user's process: ready queue, selector, stall watchdog; C probe and Python twin."""
