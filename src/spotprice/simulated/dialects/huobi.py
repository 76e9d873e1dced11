"""How Huobi's (HTX's) stream speaks: compressed, in numbers, and it pings by itself."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, write
from spotprice.simulated.voices.base import MILLISECOND, bare
from spotprice.simulated.voices.spelling import joined_small

_BEFORE, _AFTER = "market.", ".ticker"


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:
    if not isinstance(said, dict) or "pong" in said:
        return []
    topic, times = said.get("sub"), {"ts": now_ns // MILLISECOND}
    no = {"id": said.get("id"), "status": "error", "err-code": "bad-request", **times}
    if not isinstance(topic, str) or not topic.startswith(_BEFORE) or not topic.endswith(_AFTER):
        return [write({**no, "err-msg": f"invalid topic {topic}"})]
    yes = {"id": said.get("id"), "status": "ok", "subbed": topic, **times}
    refused = write({**no, "err-msg": f"invalid topic {topic}"})
    return [Wish("", topic[len(_BEFORE) : -len(_AFTER)], write(yes), refused)]


def _push(push: Push) -> str:
    ticker = push.ticker
    return (
        f'{{"ch":"{_BEFORE}{push.market}{_AFTER}","ts":{ticker.at_ns // MILLISECOND},"tick":{{'
        f'"open":{bare(ticker.open)},"high":{bare(ticker.high)},"low":{bare(ticker.low)},'
        f'"close":{bare(ticker.last)},"amount":{bare(ticker.volume)},'
        f'"vol":{ticker.quote_volume.normalize():E},"count":{ticker.trades},'
        f'"bid":{bare(ticker.bid)},"bidSize":{bare(ticker.bid_size)},'
        f'"ask":{bare(ticker.ask)},"askSize":{bare(ticker.ask_size)},'
        f'"lastPrice":{bare(ticker.last)},"lastSize":0.0013}}}}'
    )


# Source: the branch v1_en of huobiapi/docs on GitHub (websocket market data)
HUOBI = Dialect(
    id="huobi",
    path="/ws",
    read=joined_small,
    hear=_hear,
    push=_push,
    beat=lambda now_ns: write({"ping": now_ns // MILLISECOND}),
    is_gzip=True,
)
