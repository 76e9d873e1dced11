"""Every command on keys that the simulated Redis knows."""

from typing import Final

from loopscope.simulator.hosts.redis import (
    claims,
    groups,
    hashes,
    joined_sets,
    keys,
    lists,
    sets,
    sorted_sets,
    stream_info,
    streams,
    strings,
)
from loopscope.simulator.hosts.redis.words import Blocking, Commands

COMMANDS: Final[Commands] = (
    keys.COMMANDS
    | strings.COMMANDS
    | hashes.COMMANDS
    | lists.COMMANDS
    | sets.COMMANDS
    | sorted_sets.COMMANDS
    | joined_sets.COMMANDS
    | streams.COMMANDS
    | groups.COMMANDS
    | claims.COMMANDS
    | stream_info.COMMANDS
)

BLOCKING: Final[Blocking] = (
    lists.BLOCKING | sorted_sets.BLOCKING | streams.BLOCKING | groups.BLOCKING
)

READING: Final = frozenset(
    b"AUTH BITCOUNT CLIENT COMMAND CONFIG DBSIZE ECHO EXISTS EXPIRETIME GET GETBIT GETRANGE HELLO"
    b" HEXISTS HGET HGETALL HKEYS HLEN HMGET HRANDFIELD HSCAN HSTRLEN HVALS INFO KEYS LINDEX LLEN"
    b" LPOS LRANGE MGET PEXPIRETIME PING PTTL PUBSUB RANDOMKEY SCAN SCARD SDIFF SELECT SINTER"
    b" SINTERCARD SISMEMBER SMEMBERS SMISMEMBER SRANDMEMBER SSCAN STRLEN SUBSTR SUNION TIME TTL"
    b" TYPE XINFO XLEN XPENDING XRANGE XREAD XREVRANGE ZCARD ZCOUNT ZDIFF ZINTER ZLEXCOUNT ZMSCORE"
    b" ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK ZREVRANGE ZREVRANGEBYLEX"
    b" ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE"
    b" ZUNION".split()
)
"""Commands that change no key."""
