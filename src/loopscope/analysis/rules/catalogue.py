"""The rules in order of worth: the counts of such mistakes in real projects decided it."""

from loopscope.analysis.rules.blocking_call import BLOCKING_CALL
from loopscope.analysis.rules.computing_on_loop import COMPUTING_ON_LOOP
from loopscope.analysis.rules.exception_never_retrieved import EXCEPTION_NEVER_RETRIEVED
from loopscope.analysis.rules.false_claim import FALSE_CLAIM
from loopscope.analysis.rules.gather_loses_results import GATHER_LOSES_RESULTS
from loopscope.analysis.rules.gave_up import GAVE_UP
from loopscope.analysis.rules.lock_over_await import LOCK_OVER_AWAIT
from loopscope.analysis.rules.lost_task import LOST_TASK
from loopscope.analysis.rules.narrow_limit import NARROW_LIMIT
from loopscope.analysis.rules.never_awaited import NEVER_AWAITED
from loopscope.analysis.rules.no_timeout import NO_TIMEOUT
from loopscope.analysis.rules.pointless_async import POINTLESS_ASYNC
from loopscope.analysis.rules.polling import POLLING
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.sequential_awaits import SEQUENTIAL_AWAITS
from loopscope.analysis.rules.session_per_request import SESSION_PER_REQUEST
from loopscope.analysis.rules.shared_connection import SHARED_CONNECTION
from loopscope.analysis.rules.swallowed_cancellation import SWALLOWED_CANCELLATION
from loopscope.analysis.rules.unbounded_concurrency import UNBOUNDED_CONCURRENCY
from loopscope.analysis.rules.unchecked_results import UNCHECKED_RESULTS
from loopscope.analysis.rules.useless_ignore import USELESS_IGNORE

RULES: tuple[Rule, ...] = (
    BLOCKING_CALL,
    COMPUTING_ON_LOOP,
    NEVER_AWAITED,
    NO_TIMEOUT,
    UNBOUNDED_CONCURRENCY,
    SEQUENTIAL_AWAITS,
    LOCK_OVER_AWAIT,
    NARROW_LIMIT,
    LOST_TASK,
    EXCEPTION_NEVER_RETRIEVED,
    GATHER_LOSES_RESULTS,
    UNCHECKED_RESULTS,
    SWALLOWED_CANCELLATION,
    SESSION_PER_REQUEST,
    POLLING,
    POINTLESS_ASYNC,
    SHARED_CONNECTION,
    FALSE_CLAIM,
)

ALL_RULES: tuple[Rule, ...] = (*RULES, USELESS_IGNORE, GAVE_UP)
"""What has a name: these, the one that looks at the comments which ignore them, and the word for
a rule that could not finish."""

NAMES: frozenset[str] = frozenset(rule.name for rule in ALL_RULES)
