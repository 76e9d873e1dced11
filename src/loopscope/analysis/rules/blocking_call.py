"""``blocking-call``: a call that waits, made on the loop's own thread."""

from loopscope.analysis.rules.blocking_call_run import blocked_in_run
from loopscope.analysis.rules.blocking_call_source import blocking_in_source
from loopscope.analysis.rules.rule import Rule

_EXAMPLE = """\
# Wrong: the whole program stands still for a second.
async def fetch(url):
    return requests.get(url)

# Right: a thread waits, the loop goes on.
async def fetch(url):
    return await asyncio.to_thread(requests.get, url)
"""

BLOCKING_CALL = Rule(
    name="blocking-call",
    title="A call blocks the event loop",
    why=(
        "The event loop is one thread. A call that waits without await keeps that thread, so no "
        "other task runs until it returns."
    ),
    example=_EXAMPLE,
    in_source=blocking_in_source,
    in_run=blocked_in_run,
)
