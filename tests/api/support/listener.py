"""A receiver of webhooks that checks Standard Webhooks signatures and keeps what came, in order."""
import base64
import collections
import hashlib
import hmac
import http.server
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Callable

from support.conformance import CONFORMANCE
from support.waiting import PATIENCE_S


@dataclass(frozen=True)
class Delivery:
    """One POST as it came in."""

    webhook_id: str
    body: bytes
    genuine: bool
    answered: int
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def event(self) -> dict:
        return json.loads(self.body)[0]

    @property
    def is_summary(self) -> bool:
        return self.event.get("eventType") == "orders.OrderSummaryUpdated"

    @property
    def client_user_id(self) -> str | None:
        """None for an event that is about no order."""
        return self.event.get("clientUserId")

    @property
    def status(self) -> str:
        """"In Progress" of an order status, "in progress" of an order summary."""
        return self.event["eventPayload"]["orderStatus"] if self.is_summary else self.event.get("value", "")

    @property
    def is_final(self) -> bool:
        return self.is_summary and self.status in ("completed", "cancelled")


def is_genuine(secret: str, webhook_id: str | None, timestamp: str | None, body: bytes, signatures: str | None) -> bool:
    """Standard Webhooks: HMAC-SHA256 over id, time and body; the time is not older than five minutes."""
    if not (webhook_id and timestamp and signatures):
        return False
    signed = b".".join([webhook_id.encode(), timestamp.encode(), body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(timestamp)) < 300
    return fresh and any(hmac.compare_digest(expected, one) for one in signatures.split(" "))


class Listener:
    """Answers 200, or what `fail_next` asked for."""

    def __init__(self) -> None:
        self.secret = ""
        self._deliveries: list[Delivery] = []
        self._failures: collections.deque[int] = collections.deque()
        self._changed = threading.Condition()
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_form = self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                # A form asks for an OAuth2 token, which is not to be had here.
                self.send_response(404 if is_form else listener._take(self.headers, body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        # Closing waits for one poll at most.
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail_next(self, *statuses: int) -> None:
        """The next deliveries are answered with these."""
        with self._changed:
            self._failures.extend(statuses)

    def _take(self, headers, body: bytes) -> int:
        genuine = is_genuine(self.secret, headers["webhook-id"], headers["webhook-timestamp"], body,
                             headers["webhook-signature"])
        CONFORMANCE.note_delivery(body)
        with self._changed:
            status = self._failures.popleft() if self._failures else 200
            self._deliveries.append(Delivery(headers["webhook-id"], body, genuine, status,
                                             {name.lower(): value for name, value in headers.items()}))
            self._changed.notify_all()
        return status

    def deliveries(self, client_user_id: str | None = None) -> list[Delivery]:
        with self._changed:
            return [d for d in self._deliveries if client_user_id in (None, d.client_user_id)]

    def wait_for(self, found: Callable[[list[Delivery]], bool], what: str, patience_s: float = PATIENCE_S) -> None:
        """Returns when `found` holds of everything that came; `found` is asked at every delivery."""
        with self._changed:
            if not self._changed.wait_for(lambda: found(self._deliveries), patience_s):
                raise AssertionError(f"{what}: not within {patience_s:.0f} s ({len(self._deliveries)} deliveries)")

    def wait_for_count(self, count: int) -> list[Delivery]:
        """Everything that came, once that is `count` deliveries."""
        self.wait_for(lambda deliveries: len(deliveries) >= count, f"{count} deliveries")
        return self.deliveries()

    def wait_for_summary(self, client_user_id: str, *statuses: str, patience_s: float = PATIENCE_S) -> dict:
        """The order summary of a user with one of `statuses`."""
        hit: list[dict] = []

        def found(deliveries: list[Delivery]) -> bool:
            hit[:] = [d.event for d in deliveries
                      if d.client_user_id == client_user_id and d.is_summary and d.status in statuses]
            return bool(hit)

        self.wait_for(found, f"an order summary '{' or '.join(statuses)}'", patience_s)
        return hit[-1]
