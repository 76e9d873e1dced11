"""Rewrites awaits in turn into awaits together, from source text to source text."""
