"""Customers: they place orders over HTTP and repeat each call, with its Idempotency-Key, until it is answered.

What they were answered is the book that the audit begins with: an acknowledged order must never be lost.
"""
import http.client
import json
import random
import socket
import sys
import pathlib
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Callable

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from support.orders import new_order  # noqa: E402

CALL_LIMIT_S = 60.0
ACCEPTED = 202
# What a client repeats: another call with the key runs, too many, the server or its database is away.
WORTH_REPEATING = {409, 429, 500, 502, 503, 504}


@dataclass
class Placed:
    """One order in the book."""

    client_id: str
    client_user_id: str
    body: bytes
    has_records: bool
    answers: set[bytes] = field(default_factory=set)
    calls: int = 0
    refused: int = 0  # answers that were not the acceptance
    broken: int = 0   # calls without an answer
    began: float = 0.0
    acknowledged: float = 0.0  # when it was answered first; 0: never
    last_call_s: float = 0.0   # of the call that was accepted
    wrong: str = ""  # an answer that no client could do anything with


class Application:
    """An application of the nodes' database, with its token and its hook on the receiver."""

    def __init__(self, client_id: str, token: str, hook: str) -> None:
        self.client_id = client_id
        self.token = token
        self.hook = hook


def make_order(application: Application, prefix: str, number: int, has_records: bool) -> Placed:
    name = f"{prefix}-{number}"
    order = new_order("Doe" if has_records else "NoRecords", orderType="ehr-only", clientUserEmail=None,
                      clientUserId=name)
    return Placed(application.client_id, name, json.dumps(order).encode(), has_records)


class Caller:
    """One thread's connections."""

    def __init__(self, urls: Callable[[], list[str]], chance: random.Random) -> None:
        self.urls = urls
        self.chance = chance
        self.kept: dict[str, http.client.HTTPConnection] = {}

    def call(self, token: str, placed: Placed) -> tuple[int, bytes, float] | None:
        """Status, body and how long to wait; None: no answer."""
        urls = self.urls()
        if not urls:
            return None
        url = self.chance.choice(urls)
        where = urllib.parse.urlsplit(url)
        connection = self.kept.pop(url, None) or http.client.HTTPConnection(where.hostname, where.port,
                                                                          timeout=CALL_LIMIT_S)
        try:
            if connection.sock is None:
                connection.connect()
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.request("POST", "/api/v1/users", placed.body, {
                "Authorization": f"Bearer {token}", "Content-Type": "application/json",
                "Idempotency-Key": placed.client_user_id})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return None
        self.kept[url] = connection
        return answer.status, body, float(answer.headers.get("Retry-After", "0"))

    def place(self, token: str, placed: Placed, give_up: float) -> None:
        """Until it is accepted, or time is up."""
        placed.began = placed.began or time.time()
        never = threading.Event()
        while time.monotonic() < give_up:
            began = time.monotonic()
            placed.calls += 1
            answer = self.call(token, placed)
            if answer is None:
                placed.broken += 1
                never.wait(0.05)
                continue
            status, body, pause = answer
            if status == ACCEPTED:
                placed.answers.add(body)
                placed.acknowledged = placed.acknowledged or time.time()
                placed.last_call_s = time.monotonic() - began
                return
            placed.refused += 1
            if status not in WORTH_REPEATING:
                placed.wrong = f"{status}"
                return
            # Half to the whole of what was asked for, so that not all come back at once.
            never.wait(max(0.05, min(pause, 5) * self.chance.uniform(0.5, 1)))


class Load:
    """Orders placed by several threads, as fast as they are answered or at a rate."""

    def __init__(self, urls: Callable[[], list[str]], seed: int, threads: int, limit_s: float) -> None:
        self.urls = urls
        self.seed = seed
        self.limit_s = limit_s
        self.threads = threads
        self._lock = threading.Lock()
        self._running: list[threading.Thread] = []
        self.began = self.ended = 0.0

    def start(self, work: list[tuple[str, Placed]], rate: float = 0.0) -> "Load":
        """`work`: token and order. `rate`: orders a second, not waiting for answers; 0: one after another."""
        pending = iter(list(enumerate(work)))
        give_up = time.monotonic() + self.limit_s
        self.began = time.monotonic()

        def run(number: int) -> None:
            caller = Caller(self.urls, random.Random(self.seed * 1000 + number))
            never = threading.Event()
            while True:
                with self._lock:
                    following = next(pending, None)
                if following is None:
                    return
                place, (token, placed) = following
                if rate:
                    never.wait(max(0.0, self.began + place / rate - time.monotonic()))
                caller.place(token, placed, give_up)

        self._running = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(self.threads)]
        for thread in self._running:
            thread.start()
        return self

    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._running)

    def wait(self) -> "Load":
        for thread in self._running:
            thread.join()
        self.ended = time.monotonic()
        return self
