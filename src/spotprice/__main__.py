"""Lets ``python -m spotprice`` be the command ``spotprice``."""

import sys

from spotprice.cli import main

sys.exit(main())
