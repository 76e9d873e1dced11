"""Watching markets live: asking again and again or listening, and showing how things stand."""

from spotprice.watch.options import WatchOptions
from spotprice.watch.run import watch

__all__ = ["WatchOptions", "watch"]
