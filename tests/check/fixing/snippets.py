"""The snippets of the independence procedure as whole programs, with what they are called with."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "source" / "snippets"

PRELUDE = """\
from __future__ import annotations

import asyncio
import contextlib
import contextvars
import dataclasses
import functools
import json
import logging
import os
import pathlib
import random
import time
from dataclasses import dataclass

import aiohttp
import httpx

"""

FAKES = '''

class Store:
    """Keeps what is written, in the order in which it arrives; answers with all of it."""

    def __init__(self, is_single=False):
        self.rows = []
        self.is_single = is_single
        self.is_busy = False

    async def _ask(self, *words):
        if self.is_single and self.is_busy:
            raise RuntimeError("another operation is in progress")
        self.is_busy = True
        await asyncio.sleep(0.1)
        self.is_busy = False
        return list(self.rows)

    async def execute(self, *words):
        rows = await self._ask(*words)
        self.rows.append(words)
        return rows

    fetch = fetchval = fetchrow = readline = get = execute_many = _ask

    @contextlib.asynccontextmanager
    async def acquire(self):
        yield Store()

    @contextlib.asynccontextmanager
    async def transaction(self):
        yield self

    @property
    def one(self):
        return self._one

    _one = None


class Thing:
    """An object with some attributes."""

    def __init__(self, **fields):
        vars(self).update(fields)


class Broker(Store):
    is_connected = False

    async def connect(self):
        await asyncio.sleep(0.1)
        self.is_connected = True

    async def fetch(self, name):
        if not self.is_connected:
            raise RuntimeError("not connected")
        return await self._ask(name)


class Socket(Store):
    send = Store.execute

'''

WORLD = """
[[host]]
name = "*"
latency = "100ms"
[[host.answer]]
handler = "answers:answer"
"""

ANSWERS = '''\
"""Remembers what was changed, and answers every question with all of it."""
changes = []


def answer(request):
    if request.method != "GET":
        changes.append(f"{request.method} {request.path} {request.body.decode()}")
    return {"changes": changes, "left": 1, "team": 5, "t": request.headers.get("t", "")}
'''

_SESSION = "await made(aiohttp.ClientSession())"
_CLIENT = "await made(httpx.AsyncClient())"

CALLS = {
    # independent ones
    "user_and_orders": "subject(7)",
    "two_gets_on_one_session": f"subject({_SESSION})",
    "client_of_the_object": "Api().subject()",
    "client_called_directly": f"subject({_CLIENT})",
    "two_queries_of_a_pool": "subject(Store())",
    "file_and_page": f"subject({_SESSION})",
    "parts_of_a_dict": "subject(7)",
    "loop_that_appends": "subject(['a', 'bb', 'ccc'])",
    "loop_with_a_pure_middle": "subject(['a', 'bb', 'ccc'])",
    "list_comprehension": "subject(['a', 'bb', 'ccc'])",
    "dict_comprehension": f"subject({_SESSION}, ['a', 'b'])",
    "sum_of_a_comprehension": "subject(['a', 'bb', 'ccc'])",
    "connections_of_their_own": "subject(Store())",
    "pure_code_between": "subject('p')",
    "gather_in_a_loop": "subject(['a', 'b'])",
    "arguments_of_a_constructor": "subject(7)",
    "callee_that_may_raise": f"subject({_SESSION})",
    "redis_reads": "subject(Store())",
    "result_used_after_both": "subject(7)",
    "configuration_is_read": f"subject({_SESSION})",
    "retry_inside": f"subject({_CLIENT})",
    # dependent ones
    "the_second_uses_the_first": f"subject({_CLIENT})",
    "one_connection": "subject(Store(is_single=True))",
    "save_then_list": "subject(Store())",
    "log_in_then_ask": f"subject({_SESSION})",
    "quota_then_charge": f"Shop({_CLIENT}).subject('ada')",
    "token_kept_in_the_object": f"told(Client({_CLIENT}).subject())",
    "order_of_a_list": "with_it(subject, [])",
    "leaves_in_between": "subject('ada')",
    "raises_in_between": "subject('ada')",
    "until_found": "subject(['a', 'bbbb', 'cc'])",
    "running_total": "subject([1, 2, 3])",
    "two_lines_of_a_stream": "subject(Store(is_single=True))",
    "jobs_in_order": "subject(queue('ab'))",
    "a_pause_first": f"subject({_SESSION})",
    "connect_then_use": "subject(Broker())",
    "messages_in_order": "with_it(subject, Socket(), ['a', 'b'])",
    "cache_of_the_class": "subject(Cache())",
    "delete_then_create": f"subject({_CLIENT})",
    "under_a_lock": "subject(asyncio.Lock())",
    "lock_then_work": "subject(asyncio.Lock())",
    "orders_posted_in_a_loop": f"subject({_CLIENT}, [1, 2, 3])",
    "changed_through_a_callback": "subject(['a', 'b'])",
    "loop_that_shares_a_set": "subject(['a', 'b', 'a'])",
    "property_hides_state": "subject(Box())",
    "attribute_of_argument": "subject(Thing(name='ada'))",
    "setattr_dynamic": "subject(Thing(mode=0))",
    "list_item_shared": "subject([Thing(count=0)])",
    "inherited_method_writes": "subject(Child())",
    "held_in_self_attribute": "App().subject()",
    "file_handle": "subject('lines.txt')",
    "del_between": "subject({})",
    "dict_argument_by_keyword": "subject({})",
    "kwargs_spread": "with_it(subject, [])",
    "varargs": "subject([])",
    "loop_variable_alias": "subject(grown(Node()))",
    "local_alias_in_callee": "subject(Bag())",
    "tuple_unpacked_alias": "subject(([], 1))",
    "with_lock_in_self": "Meter().subject()",
    "graph_of_sets": "subject(set())",
    "read_two_properties": "subject(User('ada'))",
    "under_a_transaction": "subject(Store(), Store())",
    "shell_commands": "",
    "subprocess_effects": "",
    "in_loop_commands": "",
    "one_session_of_an_orm": "",
    "one_connection_of_a_pool": "",
    "yielded_context": "",
    "nobody_knows_what_is_called": "",
    "model_questions": "",
    "await_in_the_arguments_of_gather": "",
}
"""How each is called that is not called ``subject()``; "" for what needs more than can be faked."""

DRIVER = """

stack = contextlib.AsyncExitStack()


async def made(client):
    return await stack.enter_async_context(client)


async def told(awaitable):
    return (await awaitable).json()


async def with_it(function, one, *more):
    return await function(one, *more), getattr(one, "rows", one)


def queue(items):
    found = asyncio.Queue()
    for item in items:
        found.put_nowait(item)
    return found


def grown(node):
    node.children = [Thing(value=0)]
    return node


async def main():
    async with stack:
        found = await CALL
    print(getattr(found, "text", found) if not isinstance(found, tuple) else [
        getattr(one, "text", one) for one in found
    ])
    return found


asyncio.run(main())
"""


def snippets(name: str) -> dict[str, str]:
    """Return the snippets of a file by name."""
    parts = re.split(r"^### (\w+)$", (FOLDER / name).read_text(), flags=re.MULTILINE)
    return {
        title: code.strip() + "\n" for title, code in zip(parts[1::2], parts[2::2], strict=True)
    }


def program(name: str, code: str) -> str | None:
    """Return a snippet as a whole program; None if it cannot run here."""
    call = CALLS.get(name, "subject()")
    return PRELUDE + FAKES + code + DRIVER.replace("CALL", call) if call else None


def write_world(folder: Path) -> Path:
    """Write the world that the programs live in, and a few files that they read."""
    (folder / "answers.py").write_text(ANSWERS)
    (folder / "lines.txt").write_text("one\ntwo\n")
    (folder / "t.html").write_text("<{}>")
    (folder / "world.toml").write_text(WORLD)
    return folder / "world.toml"
