"""A producer, two consumers, and a queue with two places between them.

What it shows: back-pressure. Making an item takes 0.02 s, using one takes 0.2 s or more. Because
the queue is bounded, `put` waits when it is full, and the producer goes at the consumers' speed
instead of filling the memory.

What a newcomer expects: that `await queue.put(...)` always lets the others run (it does not wait
while there is room), or that a larger queue would make the program faster (it would not: the
consumers are the bottleneck).

What loopscope will say: the total is about 1.0 s. The producer is suspended most of the time, in
`put`, at the marked line, and always woken by a consumer. The consumers hardly ever wait for `get`:
they work, so the way to a shorter total is a third consumer.
"""

import asyncio
import time

ITEM_COUNT = 8
PLACES = 2
MAKING_S = 0.02

# `None` in the queue tells one consumer that nothing will come any more.
Basket = asyncio.Queue[int | None]


async def produce(queue: Basket, consumer_count: int) -> float:
    """Make the items, then end every consumer; return the time spent waiting for a free place."""
    waited_s = 0.0
    for item in range(1, ITEM_COUNT + 1):
        await asyncio.sleep(MAKING_S)
        note = "has to wait for a free place" if queue.full() else "finds a free place"
        print(f"  producer: item {item} {note}")
        started_s = time.perf_counter()
        await queue.put(item)  # <- waits for a place
        waited_s += time.perf_counter() - started_s
    for _ in range(consumer_count):
        await queue.put(None)
    return waited_s


async def consume(name: str, using_s: float, queue: Basket) -> int:
    """Use items until there are no more; return how many."""
    used_count = 0
    while (item := await queue.get()) is not None:  # <- waits for an item
        await asyncio.sleep(using_s)
        print(f"  {name}: item {item} used")
        used_count += 1
    return used_count


async def main() -> None:
    """Connect the producer with its consumers and wait until all have ended."""
    queue = Basket(maxsize=PLACES)
    started_s = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        producer = group.create_task(produce(queue, consumer_count=2), name="producer")
        quick = group.create_task(consume("quick", 0.2, queue), name="quick")
        thorough = group.create_task(consume("thorough", 0.25, queue), name="thorough")
    elapsed_s = time.perf_counter() - started_s
    print(f"quick used {quick.result()} items, thorough {thorough.result()}")
    print(f"total {elapsed_s:.1f} s; the producer waited {producer.result():.1f} s for free places")


if __name__ == "__main__":
    asyncio.run(main())
