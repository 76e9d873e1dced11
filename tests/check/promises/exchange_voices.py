"""What ten simulated exchanges answer, each in its own format. One handler an exchange."""

import time
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from loopscope.simulator.hosts.http_reply import Reply
from loopscope.simulator.hosts.http_request import Request
from spotprice.simulated.market import exists, ticker_at
from spotprice.simulated.plan import Failure
from spotprice.simulated.voices import VOICES
from spotprice.simulated.voices.base import Question, Voice
from spotprice.symbol import Symbol

MARKET_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Told:
    """One price that left an exchange: whose, when (since 1970), of which market."""

    exchange: str
    at_ns: int
    symbol: Symbol
    last: Decimal


TOLD: deque[Told] = deque(maxlen=1_000)
"""What the exchanges said, whatever became of it on its way; whoever asks clears it before."""


def answer(voice: Voice, request: Request) -> Reply:
    """Answer a request for a ticker."""
    market = _market(voice, request)
    agent = request.headers.get("user-agent", "")
    question = Question(market, time.time_ns(), agent, has_body=bool(request.body))
    speech = voice.objects(question)
    symbol = voice.read(market)
    if speech is None and (symbol is None or not exists(symbol)):
        speech = voice.shapes[Failure.UNKNOWN_SYMBOL][0](question)
    if speech is None:
        assert symbol is not None
        ticker = ticker_at(MARKET_SEED, voice.id, symbol, question.at_ns)
        TOLD.append(Told(voice.id, question.at_ns, symbol, ticker.last))
        speech = voice.tell(ticker)
    return Reply(speech.body, speech.status, speech.headers)


def _market(voice: Voice, request: Request) -> str:
    if voice.parameter:
        return request.query[voice.parameter][0]
    before, _, after = voice.path.partition("{market}")
    return request.path.removeprefix(before).removesuffix(after)


binance = partial(answer, VOICES["binance"])
coinbase = partial(answer, VOICES["coinbase"])
kraken = partial(answer, VOICES["kraken"])
gemini = partial(answer, VOICES["gemini"])
bitstamp = partial(answer, VOICES["bitstamp"])
kucoin = partial(answer, VOICES["kucoin"])
huobi = partial(answer, VOICES["huobi"])
okx = partial(answer, VOICES["okx"])
bybit = partial(answer, VOICES["bybit"])
gate = partial(answer, VOICES["gate"])
