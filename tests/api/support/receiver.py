"""A customer's servers for reports: a form, an announcement that answers with a URL, the storage behind it, and a
token endpoint. Everything that comes in is kept, in order."""
import collections
import email.parser
import email.policy
import http.server
import json
import threading
from dataclasses import dataclass

from support.waiting import wait_until

UPLOAD_SECRET = "sig-Vexillarius-7731"  # part of every URL that the storage gives out


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    answered: int

    def parts(self) -> dict[str, tuple[str, str | None, bytes]]:
        """Of a form: type, file name and bytes by name."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + self.body)
        assert message.get_content_type() == "multipart/form-data"
        found = {}
        for part in message.iter_parts():
            # The form's own boundaries end a part, so the bytes before them are the part's.
            found[part.get_param("name", header="content-disposition")] = (
                str(part["content-type"]).replace('"', ""), part.get_filename(), part.get_payload(decode=True))
        return found


class Receiver:
    """Answers as a good receiver, or what `fail_next` and `fail_always` asked for."""

    def __init__(self) -> None:
        self.upload_method: str | None = "PUT"
        self.tokens = 0
        self.good_token: str | None = None
        self._received: list[Received] = []
        self._failures: dict[str, collections.deque[int]] = collections.defaultdict(collections.deque)
        self._always: dict[str, int] = {}
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = receiver._take(self.command, self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_PUT = _answer  # noqa: N815

            def log_message(self, *_arguments) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, place: str) -> str:
        """`place`: form, announce or token."""
        return f"{self.base}/{place}"

    def fail_next(self, place: str, *statuses: int) -> None:
        with self._lock:
            self._failures[place].extend(statuses)

    def fail_always(self, place: str, status: int | None) -> None:
        """None: no longer."""
        with self._lock:
            self._always.pop(place, None)
            if status is not None:
                self._always[place] = status

    def _take(self, method: str, path: str, headers, body: bytes) -> tuple[int, bytes]:
        place = path.split("/")[1].split("?")[0]
        lower = {name.lower(): value for name, value in headers.items()}
        with self._lock:
            planned = self._failures[place].popleft() if self._failures[place] else self._always.get(place)
            status, answer = (planned, b"") if planned else self._good_answer(place, lower)
            self._received.append(Received(method, path, lower, body, status))
        return status, answer

    def _good_answer(self, place: str, headers: dict[str, str]) -> tuple[int, bytes]:
        if place == "token":
            self.tokens += 1
            self.good_token = f"token-{self.tokens}"
            return 200, json.dumps({"access_token": self.good_token, "token_type": "Bearer",
                                    "expires_in": 3600}).encode()
        if self.good_token is not None and headers.get("authorization") != f"Bearer {self.good_token}":
            return 401, b""
        if place == "announce":
            answer = {"url": f"{self.base}/storage/{len(self._received)}?signature={UPLOAD_SECRET}"}
            return 201, json.dumps({**answer, **({"method": self.upload_method} if self.upload_method else {})}).encode()
        return 200, b""

    def received(self, place: str) -> list[Received]:
        with self._lock:
            return [one for one in self._received if one.path.split("/")[1].split("?")[0] == place]

    def wait_for(self, place: str, count: int) -> list[Received]:
        wait_until(lambda: len(self.received(place)) >= count, f"{count} requests at {place}")
        return self.received(place)
