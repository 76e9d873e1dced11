"""loopscope shows what an asyncio program really did, and why.

``record`` records a block of code; the command ``loopscope`` does the rest.
"""

from loopscope.errors import LoopscopeError
from loopscope.session import record

__all__ = ["LoopscopeError", "record"]
