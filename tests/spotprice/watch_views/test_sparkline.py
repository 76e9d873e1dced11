"""Recent prices as bars."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotprice.views.sparkline import sparkline


@pytest.mark.parametrize(
    ("prices", "width", "blocks", "plain"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], 8, "▁▂▃▄▅▆▇█", "_.-~=+*#"),
        ([9, 1, 5], 9, "█▁▅", "#_="),
        ([9, 1, 5], 2, "▁█", "_#"),
        ([5, 5, 5], 9, "▄▄▄", "~~~"),
        ([5], 9, "▄", "~"),
        ([], 9, "", ""),
        ([1, 2], 0, "", ""),
        ([1, 2], -3, "", ""),
    ],
)
def test_bars(prices: list[int], width: int, blocks: str, plain: str) -> None:
    """The least price has the lowest bar and the most the highest; only the last ones are shown."""
    amounts = [Decimal(price) for price in prices]
    assert sparkline(amounts, width, is_ascii=False) == blocks
    assert sparkline(amounts, width, is_ascii=True) == plain


@given(st.lists(st.decimals(min_value="1e-18", max_value="1e12"), max_size=70), st.integers(0, 70))
def test_any_prices_make_as_many_bars(prices: list[Decimal], width: int) -> None:
    """Whatever the prices, there is one bar for each that has room, and all are ASCII if asked."""
    bars = sparkline(prices, width, is_ascii=True)
    assert len(bars) == min(len(prices), width)
    assert bars.isascii()
