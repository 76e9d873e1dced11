"""One request, the ordinary way.

What it shows: a script that asks one thing and waits for the answer needs no event loop. It is
shorter than `one_request_async.py`, takes just as long, and its tracebacks are simpler.

What a newcomer expects: that the asynchronous version is faster. There is nothing to overlap.

What it prints: the answer and 0.1 s.

    python examples/network/slow_api.py python examples/network/one_request_sync.py
    loopscope simulate --world examples/worlds/api.toml examples/network/one_request_sync.py

Needs requests (`pip install requests`), which is not part of Python.
"""

import sys
import time

import requests


def main(base_url: str) -> None:
    """Ask for one price."""
    started_s = time.perf_counter()
    response = requests.get(f"{base_url}/prices/lamp", timeout=5)
    response.raise_for_status()
    elapsed_s = time.perf_counter() - started_s
    print(f"lamp: {response.json()['cents']} cents")
    print(f"total {elapsed_s:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["http://api.example.com"])
