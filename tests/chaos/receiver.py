"""A receiver of notifications in a process of its own, quick enough for tens of thousands of them.

It checks every signature and keeps a book: what came with which id, in which order, and how it was answered.
"""
import asyncio
import hashlib
import json
import multiprocessing
import pathlib
import sys
from dataclasses import dataclass, field

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from support.listener import is_genuine  # noqa: E402

HANG = 0  # takes the request and never answers


@dataclass
class Entry:
    """All that came under one webhook-id."""

    hook: str
    number: int  # when it came first, counted over all
    client_user_id: str
    is_summary: bool
    status: str
    bodies: set[str] = field(default_factory=set)
    came: int = 0
    accepted: int = 0
    accepted_number: int = 0  # when it was accepted first


class Book:
    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.modes: dict[str, int] = {}
        self.entries: dict[tuple[str, str], Entry] = {}
        self.requests = 0
        self.forged = 0
        self.final = 0

    def take(self, hook: str, headers: dict[str, str], body: bytes) -> int:
        self.requests += 1
        status = self.modes.get(hook, 200)
        webhook_id = headers.get("webhook-id", "")
        if not is_genuine(self.secrets.get(hook, ""), webhook_id, headers.get("webhook-timestamp"), body,
                          headers.get("webhook-signature")):
            self.forged += 1
            return 400
        entry = self.entries.get((hook, webhook_id))
        if entry is None:
            event = json.loads(body)[0]
            summary = event.get("eventType") == "orders.OrderSummaryUpdated"
            word = event["eventPayload"]["orderStatus"] if summary else event.get("value", "")
            entry = Entry(hook, self.requests, event.get("clientUserId", ""), summary, word)
            self.entries[hook, webhook_id] = entry
        entry.bodies.add(hashlib.sha256(body).hexdigest())
        entry.came += 1
        if status == 200:
            entry.accepted += 1
            if entry.accepted == 1:
                entry.accepted_number = self.requests
                self.final += entry.is_summary and entry.status in ("completed", "cancelled")
        return status


class Connection(asyncio.Protocol):
    """HTTP/1.1, as far as our own client speaks it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.data = b""

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            lines = self.data[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            length = int(headers.get("content-length", "0"))
            if "100-continue" in headers.get("expect", ""):
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if len(self.data) < end + 4 + length:
                return
            body = self.data[end + 4:end + 4 + length]
            self.data = self.data[end + 4 + length:]
            status = self.book.take(lines[0].split(" ")[1], headers, body)
            if status != HANG:
                self.transport.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())


def _run(pipe, address: str) -> None:
    book = Book()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(book), address, 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        done = loop.create_future()

        def command() -> None:
            try:
                word, *arguments = pipe.recv()
            except EOFError:
                word, arguments = "end", []
            if word == "end":
                loop.remove_reader(pipe.fileno())
                done.set_result(None)
            elif word == "secret":
                book.secrets[arguments[0]] = arguments[1]
                pipe.send(None)
            elif word == "mode":
                book.modes[arguments[0]] = arguments[1]
                pipe.send(None)
            elif word == "counts":
                pipe.send((book.requests, book.final, len(book.entries)))
            elif word == "entries":
                pipe.send((book.entries, book.forged))

        loop.add_reader(pipe.fileno(), command)
        await done
        server.close()

    asyncio.run(serve())


class Receiver:
    """Hooks are paths: /a, /b, … each with a secret and a mode of its own."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, address), daemon=True)
        self._process.start()
        theirs.close()
        self.port: int = self._pipe.recv()

    def _ask(self, *command):
        self._pipe.send(command)
        return self._pipe.recv()

    def set_secret(self, hook: str, secret: str) -> None:
        self._ask("secret", hook, secret)

    def answer_with(self, hook: str, status: int) -> None:
        """200, 500, … or HANG."""
        self._ask("mode", hook, status)

    def counts(self) -> tuple[int, int, int]:
        """Requests, final summaries accepted, different notifications."""
        return self._ask("counts")

    def entries(self) -> tuple[dict[tuple[str, str], Entry], int]:
        """The book by hook and webhook-id, and how many requests were not signed by us."""
        return self._ask("entries")

    def close(self) -> None:
        self._pipe.send(("end",))
        self._process.join(timeout=10)
        if self._process.is_alive():
            self._process.kill()
