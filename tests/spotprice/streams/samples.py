"""What every stream is documented to say, and what that means; and the wishes it documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from spotprice.errors import BadResponseError, RateLimitedError, UnknownSymbolError
from spotprice.streams.base import Event, Farewell, Reject, Send, Update

NOW_NS = 1_795_345_200_200_000_000
AT_NS = 1_795_345_200_123_000_000


@dataclass(frozen=True)
class Sample:
    """One exchange's stream: what we send for two markets, and what it says.

    Attributes:
        markets: Two markets as the stream writes them, BTC-USD and ETH-USD.
        url: Where to connect for them.
        asked: What is sent to ask for them.
        ping: What keeps the connection alive; None for nothing.
        said: Messages and what they mean.
    """

    markets: tuple[str, str]
    url: str
    asked: list[object]
    ping: object
    said: Mapping[str, list[Event]] = field(default_factory=dict)


def d(text: str) -> Decimal:
    """Make a decimal."""
    return Decimal(text)


BINANCE = Sample(
    markets=("BTCUSDT", "ETHUSDT"),
    url="wss://stream.binance.com:9443/ws",
    asked=[{"method": "SUBSCRIBE", "params": ["btcusdt@ticker", "ethusdt@ticker"], "id": 1}],
    ping={"method": "LIST_SUBSCRIPTIONS", "id": 2},
    said={
        '{"e":"24hrTicker","E":1795345200123,"s":"BTCUSDT","p":"-94.1","P":"-0.15",'
        '"w":"62711.11","c":"62715.91000000","Q":"0.002","b":"62715.90000000","B":"1.1",'
        '"a":"62715.92000000","A":"2.2","o":"62810.01","h":"63100","l":"62100",'
        '"v":"12345.67890000","q":"774000000.12","O":1795258800000,"C":1795345200000,'
        '"F":1,"L":2,"n":2}': [
            Update(
                "BTCUSDT",
                d("62715.91000000"),
                d("62715.90000000"),
                d("62715.92000000"),
                d("12345.67890000"),
                AT_NS,
            )
        ],
        '{"result":null,"id":1}': [],
        '{"result":["btcusdt@ticker"],"id":2}': [],
        '{"e":"serverShutdown","E":1795345200123}': [Farewell()],
        '{"error":{"code":2,"msg":"Invalid request: too many parameters"},"id":1}': [
            Reject(None, RateLimitedError, 'it answers "Invalid request: too many parameters"')
        ],
        '{"e":"24hrTicker","E":1795345200123,"s":"BTCUSDT","c":"0.00000000"}': [
            Reject("BTCUSDT", BadResponseError, "it pushed a price that cannot be believed")
        ],
    },
)
COINBASE = Sample(
    markets=("BTC-USD", "ETH-USD"),
    url="wss://ws-feed.exchange.coinbase.com",
    asked=[
        {"type": "subscribe", "product_ids": [market], "channels": ["ticker", "heartbeat"]}
        for market in ("BTC-USD", "ETH-USD")
    ],
    ping=None,
    said={
        '{"type":"ticker","sequence":1,"product_id":"BTC-USD","price":"62716.02",'
        '"open_24h":"62500","volume_24h":"7123.45678901","low_24h":"1","high_24h":"2",'
        '"volume_30d":"3","best_bid":"62716.01","best_bid_size":"1","best_ask":"62716.02",'
        '"best_ask_size":"1","side":"buy","time":"2026-11-22T11:00:00.123000Z",'
        '"trade_id":1,"last_size":"0.1"}': [
            Update(
                "BTC-USD", d("62716.02"), d("62716.01"), d("62716.02"), d("7123.45678901"), AT_NS
            )
        ],
        '{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD",'
        '"time":"2026-11-22T11:00:00.464319Z"}': [],
        '{"type":"subscriptions","channels":[{"name":"ticker","product_ids":["BTC-USD"]}]}': [],
        '{"type":"error","message":"Failed to subscribe",'
        '"reason":"NOSUCH-USD is not a valid product"}': [
            Reject(None, UnknownSymbolError, 'it answers "NOSUCH-USD is not a valid product"')
        ],
    },
)
KRAKEN = Sample(
    markets=("BTC/USD", "ETH/USD"),
    url="wss://ws.kraken.com/v2",
    asked=[
        {
            "method": "subscribe",
            "params": {
                "channel": "ticker",
                "symbol": ["BTC/USD", "ETH/USD"],
                "event_trigger": "bbo",
            },
            "req_id": 1,
        }
    ],
    ping={"method": "ping"},
    said={
        '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":62717.0,'
        '"bid_qty":5.0,"ask":62717.1,"ask_qty":1.0,"last":62717.10000000001,"volume":2345.6,'
        '"vwap":62710.2,"low":1.0,"high":2.0,"change":1.0,"change_pct":0.1,"trades":33180,'
        '"timestamp":"2026-11-22T11:00:00.123000Z"}]}': [
            Update(
                "BTC/USD", d("62717.10000000001"), d("62717.0"), d("62717.1"), d("2345.6"), AT_NS
            )
        ],
        # As it was before it said the time; two markets in one message.
        '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":7,"ask":9,'
        '"last":8,"volume":0.0},{"symbol":"ETH/USD","bid":3.5,"ask":3.7,"last":3.6,'
        '"volume":1e2}]}': [
            Update("BTC/USD", d("8"), d("7"), d("9"), d("0.0")),
            Update("ETH/USD", d("3.6"), d("3.5"), d("3.7"), d("1e2")),
        ],
        '{"channel":"heartbeat"}': [],
        '{"channel":"status","type":"update","data":[{"system":"online","version":"2.0.0"}]}': [],
        '{"method":"pong","time_in":"x","time_out":"y"}': [],
        '{"method":"subscribe","req_id":1,"result":{"channel":"ticker","symbol":"BTC/USD"},'
        '"success":true,"time_in":"x","time_out":"y"}': [],
        '{"error":"Currency pair not supported NOSUCH/USD","method":"subscribe","req_id":1,'
        '"success":false,"symbol":"NOSUCH/USD","time_in":"x","time_out":"y"}': [
            Reject(
                "NOSUCH/USD",
                UnknownSymbolError,
                'it answers "Currency pair not supported NOSUCH/USD"',
            )
        ],
    },
)
GEMINI = Sample(
    markets=("BTCUSD", "ETHUSD"),
    url=(
        "wss://api.gemini.com/v1/multimarketdata?symbols=BTCUSD,ETHUSD"
        "&heartbeat=true&top_of_book=true&bids=true&offers=true&trades=true"
    ),
    asked=[],
    ping=None,
    said={
        '{"type":"update","eventId":"1683002916916153","events":[{"price":"50945.37",'
        '"reason":"top-of-book","remaining":"0.0","side":"bid","symbol":"BTCUSD",'
        '"type":"change"},{"price":"50947.75","reason":"top-of-book","remaining":"0.11725",'
        '"side":"bid","symbol":"BTCUSD","type":"change"},{"price":"50950.00",'
        '"reason":"top-of-book","remaining":"1","side":"ask","symbol":"BTCUSD",'
        '"type":"change"}],"socket_sequence":322,"timestamp":1795345200,'
        '"timestampms":1795345200123}': [
            Update("BTCUSD", bid=None, exchange_ns=AT_NS),
            Update("BTCUSD", bid=d("50947.75"), exchange_ns=AT_NS),
            Update("BTCUSD", ask=d("50950.00"), exchange_ns=AT_NS),
        ],
        '{"type":"update","eventId":5,"timestamp":1795345200,"timestampms":1795345200123,'
        '"socket_sequence":15,"events":[{"type":"trade","symbol":"ETHUSD","tid":"16",'
        '"price":"2299.24","amount":"0.002662","makerSide":"bid"},'
        '{"type":"auction_open","symbol":"ETHUSD","price":"1"}]}': [
            Update("ETHUSD", d("2299.24"), exchange_ns=AT_NS)
        ],
        '{"type":"heartbeat","timestampms":1795345200123,"sequence":7,"socket_sequence":7}': [],
    },
)
BITSTAMP = Sample(
    markets=("btcusd", "ethusd"),
    url="wss://ws.bitstamp.net",
    asked=[
        {"event": "bts:subscribe", "data": {"channel": f"{channel}_{market}"}}
        for channel in ("live_trades", "order_book")
        for market in ("btcusd", "ethusd")
    ],
    ping={"event": "bts:heartbeat"},
    said={
        '{"event":"trade","channel":"live_trades_btcusd","data":{"id":1,'
        '"timestamp":"1795345200","microtimestamp":"1795345200123000","amount":0.1,'
        '"amount_str":"0.10000000","price":62718,"price_str":"62718","type":0,'
        '"buy_order_id":1,"sell_order_id":2}}': [
            Update("btcusd", d("62718"), exchange_ns=AT_NS),
        ],
        '{"event":"data","channel":"order_book_btcusd","data":{"timestamp":"1795345200",'
        '"microtimestamp":"1795345200123000","bids":[["62717","0.4"],["62716","1"]],'
        '"asks":[["62719","0.5"]]}}': [
            Update("btcusd", None, d("62717"), d("62719"), exchange_ns=AT_NS)
        ],
        '{"event":"bts:subscription_succeeded","channel":"live_trades_btcusd","data":{}}': [],
        '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}': [],
        '{"event":"bts:request_reconnect","channel":"","data":null}': [Farewell()],
        '{"event":"bts:error","channel":"","data":{"code":null,'
        '"message":"Invalid channel provided."}}': [
            Reject(None, BadResponseError, 'it answers "Invalid channel provided"')
        ],
    },
)
KUCOIN = Sample(
    markets=("BTC-USDT", "ETH-USDT"),
    url="wss://x-push-spot.kucoin.com",
    asked=[
        {
            "id": market,
            "action": "SUBSCRIBE",
            "channel": "ticker",
            "tradeType": "SPOT",
            "symbol": market,
        }
        for market in ("BTC-USDT", "ETH-USDT")
    ],
    ping={"id": "1795345200200000000", "type": "ping"},
    said={
        '{"T":"ticker.SPOT","P":1795345200130000005,"d":{"A":"0.82","B":"0.0076",'
        '"E":35866825780,"M":1795345200123000000,"S":"SELL","a":"62716.7","b":"62716.6",'
        '"l":"62716.7","q":"0.000161","s":"BTC-USDT"}}': [
            Update("BTC-USDT", d("62716.7"), d("62716.6"), d("62716.7"), None, AT_NS)
        ],
        '{"sessionId":"1","message":"welcome","pingInterval":30000}': [],
        '{"id":"BTC-USDT","result":true}': [],
        '{"id":"1","type":"pong","ts":"1784023200000000000"}': [],
        '{"id":"NOSUCH-USDT","result":false,"message":"symbol NOSUCH-USDT not exist"}': [
            Reject("NOSUCH-USDT", UnknownSymbolError, 'it answers "symbol NOSUCH-USDT not exist"')
        ],
    },
)
HUOBI = Sample(
    markets=("btcusdt", "ethusdt"),
    url="wss://api.huobi.pro/ws",
    asked=[{"sub": f"market.{market}.ticker", "id": market} for market in ("btcusdt", "ethusdt")],
    ping=None,
    said={
        '{"ch":"market.btcusdt.ticker","ts":1795345200123,"tick":{"open":62500.0,'
        '"high":63100.0,"low":61900.0,"close":62716.3,"amount":12345.678,"vol":7.74E8,'
        '"count":123456,"bid":62716.2,"bidSize":0.5,"ask":62716.3,"askSize":0.7,'
        '"lastPrice":62716.3,"lastSize":0.001}}': [
            Update("btcusdt", d("62716.3"), d("62716.2"), d("62716.3"), d("12345.678"), AT_NS)
        ],
        '{"ping":1795345200123}': [Send({"pong": 1_795_345_200_123})],
        '{"ping":"; drop table"}': [],
        '{"id":"btcusdt","status":"ok","subbed":"market.btcusdt.ticker","ts":1795345200123}': [],
        '{"id":"nosuchusdt","status":"error","err-code":"bad-request",'
        '"err-msg":"invalid topic market.nosuchusdt.ticker","ts":1494301904959}': [
            Reject(
                "nosuchusdt",
                UnknownSymbolError,
                'it answers "invalid topic market.nosuchusdt.ticker"',
            )
        ],
    },
)
OKX = Sample(
    markets=("BTC-USDT", "ETH-USDT"),
    url="wss://ws.okx.com:8443/ws/v5/public",
    asked=[
        {"op": "subscribe", "args": [{"channel": "tickers", "instId": market}]}
        for market in ("BTC-USDT", "ETH-USDT")
    ],
    ping="ping",
    said={
        '{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT",'
        '"instId":"BTC-USDT","last":"62716.4","lastSz":"0.001","askPx":"62716.5",'
        '"askSz":"1.1","bidPx":"62716.4","bidSz":"2.2","open24h":"62500","high24h":"63100",'
        '"low24h":"61900","volCcy24h":"774000000.1","vol24h":"12345.6",'
        '"ts":"1795345200123","sodUtc0":"62510","sodUtc8":"62520"}]}': [
            Update("BTC-USDT", d("62716.4"), d("62716.4"), d("62716.5"), d("12345.6"), AT_NS)
        ],
        '{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT",'
        '"last":"62716.4","askPx":"","bidPx":"62716.4","vol24h":"1"}]}': [
            Update("BTC-USDT", d("62716.4"), d("62716.4"), None, d("1"))
        ],
        '{"event":"subscribe","arg":{"channel":"tickers","instId":"BTC-USDT"},"connId":"a"}': [],
        '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a '
        'service upgrade. Please reconnect.","connId":"a4d3ae55"}': [Farewell()],
        '{"event":"error","code":"60018","msg":"Wrong URL or channel:tickers,'
        'instId:NOSUCH-USDT doesn\'t exist","connId":"a"}': [
            Reject(
                None,
                UnknownSymbolError,
                'it answers "Wrong URL or channel:tickers,instId:NOSUCH-USDT doesn\'t exist"',
            )
        ],
        '{"event":"error","code":"60014","msg":"Requests too frequent","connId":"a"}': [
            Reject(None, RateLimitedError, 'it answers "Requests too frequent"')
        ],
    },
)
BYBIT = Sample(
    markets=("BTCUSDT", "ETHUSDT"),
    url="wss://stream.bybit.com/v5/public/spot",
    asked=[
        {
            "op": "subscribe",
            "req_id": market,
            "args": [f"tickers.{market}", f"orderbook.1.{market}"],
        }
        for market in ("BTCUSDT", "ETHUSDT")
    ],
    ping={"op": "ping"},
    said={
        '{"topic":"tickers.BTCUSDT","ts":1795345200123,"type":"snapshot","cs":2,"data":'
        '{"symbol":"BTCUSDT","lastPrice":"62716.2","highPrice24h":"63100",'
        '"lowPrice24h":"61900","prevPrice24h":"62500","volume24h":"12345.6",'
        '"turnover24h":"774000000.1","price24hPcnt":"0.0034","usdIndexPrice":""}}': [
            Update("BTCUSDT", d("62716.2"), volume=d("12345.6"), exchange_ns=AT_NS)
        ],
        '{"topic":"orderbook.1.BTCUSDT","ts":1795345200123,"type":"snapshot","data":'
        '{"s":"BTCUSDT","b":[["62716.1","0.5"]],"a":[["62716.2","0.6"]],"u":1,"seq":1}}': [
            Update("BTCUSDT", None, d("62716.1"), d("62716.2"), exchange_ns=AT_NS)
        ],
        '{"topic":"orderbook.1.BTCUSDT","ts":1795345200123,"type":"delta","data":'
        '{"s":"BTCUSDT","b":[],"a":[["32529.54","0"],["32499.27","0.011534"]],"u":8}}': [
            Update("BTCUSDT", ask=d("32499.27"), exchange_ns=AT_NS)
        ],
        '{"topic":"orderbook.1.BTCUSDT","ts":1795345200123,"type":"delta","data":'
        '{"s":"BTCUSDT","b":[["32499","0"]],"a":[],"u":8}}': [
            Update("BTCUSDT", bid=None, exchange_ns=AT_NS)
        ],
        '{"topic":"orderbook.1.BTCUSDT","ts":1795345200123,"type":"snapshot","data":'
        '{"s":"BTCUSDT","b":[],"a":[["1","1"]],"u":8}}': [
            Update("BTCUSDT", None, None, d("1"), exchange_ns=AT_NS)
        ],
        '{"success":true,"ret_msg":"subscribe","conn_id":"d8","req_id":"BTCUSDT",'
        '"op":"subscribe"}': [],
        '{"success":true,"ret_msg":"pong","conn_id":"8c","op":"ping"}': [],
        '{"success":false,"ret_msg":"Invalid symbol :[tickers.NOSUCHUSDT]","conn_id":"",'
        '"req_id":"NOSUCHUSDT","op":"subscribe"}': [
            Reject(
                "NOSUCHUSDT",
                UnknownSymbolError,
                'it answers "Invalid symbol :[tickers.NOSUCHUSDT]"',
            )
        ],
    },
)
GATE = Sample(
    markets=("BTC_USDT", "ETH_USDT"),
    url="wss://api.gateio.ws/ws/v4/",
    asked=[
        {
            "time": 1_795_345_200,
            "channel": "spot.tickers",
            "event": "subscribe",
            "payload": [market],
        }
        for market in ("BTC_USDT", "ETH_USDT")
    ],
    ping={"time": 1_795_345_200, "channel": "spot.ping"},
    said={
        '{"time":1795345200,"time_ms":1795345200123,"channel":"spot.tickers",'
        '"event":"update","result":{"currency_pair":"BTC_USDT","last":"62716.8",'
        '"lowest_ask":"62716.9","highest_bid":"62716.8","change_percentage":"0.34",'
        '"base_volume":"4321.09","quote_volume":"nan","high_24h":"63100",'
        '"low_24h":"61900"}}': [
            Update("BTC_USDT", d("62716.8"), d("62716.8"), d("62716.9"), d("4321.09"), AT_NS)
        ],
        '{"time":1,"channel":"spot.tickers","event":"subscribe","error":null,'
        '"result":{"status":"success"}}': [],
        '{"time":1,"channel":"spot.pong","event":"","error":null,"result":null}': [],
        '{"time":1,"channel":"spot.tickers","event":"subscribe","error":{"code":2,'
        '"message":"unknown currency pair: NOSUCH_USDT"},"result":{"status":"fail"}}': [
            Reject(None, UnknownSymbolError, 'it answers "unknown currency pair: NOSUCH_USDT"')
        ],
    },
)

SAMPLES: Mapping[str, Sample] = {
    "binance": BINANCE,
    "coinbase": COINBASE,
    "kraken": KRAKEN,
    "gemini": GEMINI,
    "bitstamp": BITSTAMP,
    "kucoin": KUCOIN,
    "huobi": HUOBI,
    "okx": OKX,
    "bybit": BYBIT,
    "gate": GATE,
}
