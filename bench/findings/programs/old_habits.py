"""What people bring from threads: queues, locks, futures and sockets that block."""
# how: run

import asyncio
import concurrent.futures
import queue
import socket
import threading
import time
from queue import Queue


class Inbox:
    def __init__(self) -> None:
        self.messages: Queue[str] = Queue()
        self.guard = threading.Lock()
        self.inner: asyncio.Queue[str] = asyncio.Queue()

    def fill(self) -> None:
        time.sleep(0.1)  # right: blocking-call
        self.messages.put("hi")

    def hold(self) -> None:
        with self.guard:  # right: blocking-call
            time.sleep(0.15)  # right: blocking-call

    async def take(self) -> str:
        return self.messages.get()  # expect: blocking-call

    async def take_inner(self) -> str:
        return await self.inner.get()  # right: blocking-call

    async def guarded(self) -> int:
        with self.guard:  # expect: blocking-call
            return self.messages.qsize()


def slow() -> int:
    time.sleep(0.1)  # right: blocking-call
    return 1


async def pooled() -> int:
    with concurrent.futures.ThreadPoolExecutor() as pool:  # accept: blocking-call
        futures = [pool.submit(slow) for _ in range(2)]
        done, _ = concurrent.futures.wait(futures)  # expect: blocking-call
        return len(done)


async def pooled_well() -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, slow)  # right: blocking-call


async def received(ours: socket.socket) -> bytes:
    return ours.recv(10)  # expect: blocking-call


async def received_well(ours: socket.socket) -> bytes:
    ours.setblocking(False)
    loop = asyncio.get_running_loop()
    return await loop.sock_recv(ours, 10)  # right: blocking-call  # accept: no-timeout


def answer(theirs: socket.socket) -> None:
    for _ in range(2):
        time.sleep(0.1)  # right: blocking-call
        theirs.send(b"data")  # right: blocking-call


async def ticks() -> None:
    for _ in range(60):
        await asyncio.sleep(0.02)


async def main() -> None:
    ticking = asyncio.create_task(ticks())
    inbox = Inbox()
    threading.Thread(target=inbox.fill).start()
    print(await inbox.take())  # accept: sequential-awaits
    threading.Thread(target=inbox.hold).start()
    await asyncio.sleep(0.02)  # accept: sequential-awaits
    await inbox.guarded()  # accept: sequential-awaits
    await inbox.inner.put("in")  # accept: sequential-awaits
    await inbox.take_inner()  # accept: sequential-awaits
    await pooled()  # accept: sequential-awaits
    await pooled_well()  # accept: sequential-awaits
    ours, theirs = socket.socketpair()
    with ours, theirs:
        helper = threading.Thread(target=answer, args=(theirs,))
        helper.start()
        await received(ours)  # accept: sequential-awaits
        await received_well(ours)  # accept: sequential-awaits
        await asyncio.to_thread(helper.join)  # right: blocking-call
    await ticking  # accept: sequential-awaits


asyncio.run(main())
