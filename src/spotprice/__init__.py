"""One price from ten exchanges, at once, on time.

    prices = await spotprice.aggregate_prices(["Coinbase", "Kraken", "Binance"], "BTC-USD")

Everything is imported when it is first used, so that ``import spotprice`` itself costs nothing.
"""
