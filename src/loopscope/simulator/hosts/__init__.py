"""Described hosts: how long they take, how they fail, what they answer."""
