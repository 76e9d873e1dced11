"""Packs a record in two parts, so that a process killed in between leaves nothing half written.

The head is packed last. Its top byte, the record's kind, says that something is there.
"""

import struct
from typing import Final

pack_head: Final = struct.Struct("<Q").pack_into
pack_tail: Final = struct.Struct("<QIIII").pack_into
