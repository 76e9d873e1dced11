"""The rules in order of worth: the counts of such mistakes in real projects decided it."""

from loopscope.analysis.rules.blocking_call import BLOCKING_CALL
from loopscope.analysis.rules.computing_on_loop import COMPUTING_ON_LOOP
from loopscope.analysis.rules.false_claim import FALSE_CLAIM
from loopscope.analysis.rules.lock_over_await import LOCK_OVER_AWAIT
from loopscope.analysis.rules.narrow_limit import NARROW_LIMIT
from loopscope.analysis.rules.pointless_async import POINTLESS_ASYNC
from loopscope.analysis.rules.polling import POLLING
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.shared_connection import SHARED_CONNECTION
from loopscope.analysis.rules.unbounded_concurrency import UNBOUNDED_CONCURRENCY

RULES: tuple[Rule, ...] = (
    BLOCKING_CALL,
    COMPUTING_ON_LOOP,
    UNBOUNDED_CONCURRENCY,
    LOCK_OVER_AWAIT,
    NARROW_LIMIT,
    POLLING,
    POINTLESS_ASYNC,
    SHARED_CONNECTION,
    FALSE_CLAIM,
)
