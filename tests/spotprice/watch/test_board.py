"""How things stand: the last quotes, the errors since, ways, recent prices, the tether."""

from decimal import Decimal

from tests.spotprice.watch.quoting import BITCOIN, NOW_NS, SECOND, a_quote

from spotprice.consensus import Tether
from spotprice.errors import TimedOutError
from spotprice.quote import Answer, Quote
from spotprice.views.watch_view import Row
from spotprice.watch.board import TETHER_IN_DOLLARS, Board


def put(board: Board, quote: Quote) -> None:
    """Put a quote onto a board when it came."""
    board.put(quote.symbol, quote.exchange, quote, quote.received_ns)


def test_the_last_quote_stays_beside_the_error_that_came_since() -> None:
    """A round that fails takes nothing away until the quote is stale; then the error counts."""
    board = Board(["kraken", "gemini", "coinbase"], [BITCOIN], interval_s=2)
    quotes = [a_quote(name, price) for name, price in (("kraken", 10), ("gemini", 10))]
    for quote in quotes:
        put(board, quote)
    late = TimedOutError("kraken", "no answer within 1 s")
    board.put(BITCOIN, "kraken", late, NOW_NS + SECOND)

    def stand(after_s: int) -> tuple[Row, Answer, tuple[str, ...]]:
        (sheet,) = board.sheets(NOW_NS + after_s * SECOND)
        return sheet.rows[0], sheet.market.answers["kraken"], sheet.market.consensus.used

    row = Row("kraken", quotes[0], late, 0, (Decimal(10),))
    assert stand(12) == (row, quotes[0], ("kraken", "gemini"))
    assert stand(13) == (row, late, ())


def test_what_has_not_come_yet_is_shown_as_nothing() -> None:
    """Before the first answer a row is empty, and the consensus knows why."""
    board = Board(["kraken"], [BITCOIN], interval_s=1)
    (sheet,) = board.sheets(NOW_NS)
    assert sheet.rows == (Row("kraken", None, None, 0, ()),)
    assert sheet.market.consensus.left_out == {"kraken": "no answer has come yet"}


def test_ways_and_recent_prices_go_from_one_interval_to_the_next() -> None:
    """Within an interval the last price counts, so that pushed prices do not flicker."""
    board = Board(["kraken"], [BITCOIN], interval_s=1)
    ways = []
    for at_s, price in ((0, 10), (0.5, 12), (1, 11), (1.2, 13), (2, 13), (3.1, 9)):
        put(board, a_quote("kraken", price, at_s))
        (sheet,) = board.sheets(NOW_NS + round(at_s * SECOND))
        ways.append((sheet.rows[0].change, [int(one) for one in sheet.rows[0].recent]))
        assert (sheet.change, sheet.recent) == (sheet.rows[0].change, sheet.rows[0].recent)
    assert ways == [
        (0, [10]),
        (0, [12]),
        (-1, [12, 11]),
        (1, [12, 13]),
        (0, [12, 13, 13]),
        (-1, [12, 13, 13, 9]),
    ]


def test_recent_prices_are_bounded() -> None:
    """A watch that runs for days keeps no more than a line of bars."""
    board = Board(["kraken"], [BITCOIN], interval_s=1)
    for second in range(500):
        put(board, a_quote("kraken", 1 + second, second))
    (sheet,) = board.sheets(NOW_NS)
    assert [int(one) for one in sheet.rows[0].recent] == [*range(441, 501)]


def test_the_tether_is_the_median_of_what_was_said_in_the_last_minutes() -> None:
    """It is kept longer than prices, since its markets are quiet, but not for ever."""
    board = Board(["okx"], [BITCOIN], interval_s=1)
    for name, price, at_s in (("coinbase", "0.99", 0), ("bitstamp", "1.01", 100)):
        put(board, a_quote(name, price, at_s, TETHER_IN_DOLLARS))
    put(board, a_quote("binance", "7", 0, TETHER_IN_DOLLARS, currency="USDT"))

    def rate(after_s: int) -> Tether | None:
        (sheet,) = board.sheets(NOW_NS + after_s * SECOND)
        return sheet.market.tether

    assert rate(300) == Tether(Decimal("1.00"), ("coinbase", "bitstamp"))
    assert rate(301) == Tether(Decimal("1.01"), ("bitstamp",))
    assert rate(401) is None
