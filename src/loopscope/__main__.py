"""Lets ``python -m loopscope`` be the command ``loopscope``."""

from loopscope.cli import main

main()
