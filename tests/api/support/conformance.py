"""Holds every answer and every notification that a test sees against the API document, and remembers which
documented answers were seen. What it reports names places and rules, never values."""
import json
import threading
import urllib.parse
from typing import Mapping

import requests.adapters

from support.document import (EXPECTED_MISSING, EXPECTED_UNSEEN, NOTIFICATIONS, OPERATIONS, OTHER_ANSWERS, Answer,
                              candidates)

# Documented answers that the black-box suite need not produce, and why.
UNREACHED_STATUS = {
    500: "our own fault: no input is known that causes it",
    503: "needs a server that is overloaded or whose store is away; proved by the unit tests of http and api",
}
UNREACHED = {
    (name, 409): "only while another call with the same Idempotency-Key runs: a race, proved by the unit tests"
    for name in ("getTasksLiistLink", "moveSandboxClock", "rotateWebhookSecret", "testWebhook", "redeliverEvent",
                 "replayEvents")
}

_API_PREFIXES = ("/api/", "/v1/")


class Conformance:
    """One per process. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servers: set[str] = set()
        self._violations: list[str] = []
        self.seen: set[tuple[str, int]] = set()
        self.checked = 0

    def watch(self, url: str) -> None:
        """Answers of this server are looked at."""
        self._servers.add(urllib.parse.urlsplit(url).netloc)

    def watches(self, url: str) -> bool:
        return urllib.parse.urlsplit(url).netloc in self._servers

    def take_violations(self) -> list[str]:
        with self._lock:
            found, self._violations = self._violations, []
        return found

    def _note(self, violations: list[str], seen: tuple[str, int] | None = None) -> None:
        with self._lock:
            self.checked += 1
            self._violations += violations
            if seen is not None:
                self.seen.add(seen)

    def note_answer(self, method: str, target: str, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """What is wrong with the answer; kept for take_violations() as well."""
        path = target.split("?", 1)[0]
        known = candidates(path)
        operation = next((one for one in known if one.method == ("GET" if method == "HEAD" else method)), None)
        if any(one.id in EXPECTED_MISSING for one in known):
            return []
        where = f"{method} {operation.path if operation else path if path.startswith(_API_PREFIXES) else '(other)'}"
        answer = None
        if operation is not None:
            answer = operation.answers.get(status) or (OTHER_ANSWERS.get(status) if status not in (404, 405) else None)
        elif known:
            answer = OTHER_ANSWERS.get(status)
        elif path.startswith(_API_PREFIXES):
            answer = OTHER_ANSWERS.get(status)
        else:
            return []  # the applicant's pages
        if answer is None:
            violations = [f"{where}: status {status} is not documented"]
        else:
            violations = [f"{where} {status}: {one}" for one in _compare(answer, method, headers, body)]
        is_own = operation is not None and status in operation.answers
        self._note(violations, (operation.id, status) if operation and is_own else None)
        return violations

    def note_delivery(self, body: bytes) -> None:
        """A notification's body."""
        self._note(_check_notification(body))

    def not_seen(self) -> list[str]:
        """Documented answers that nobody produced, but for those with a reason."""
        wanted = {(one.id, status) for one in OPERATIONS for status in one.answers if one.id not in EXPECTED_MISSING}
        return sorted(f"{name} {status}" for name, status in wanted - self.seen - EXPECTED_UNSEEN
                      if status not in UNREACHED_STATUS and (name, status) not in UNREACHED)


def _broken_rules(validator, value, what: str) -> list[str]:
    return [f"{what}: {error.json_path} breaks '{error.validator}' of {'/'.join(map(str, error.schema_path))}"
            for error in validator.iter_errors(value)][:5]


def _compare(answer: Answer, method: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    found = []
    for name, (required, validator) in answer.headers.items():
        value = headers.get(name)
        if value is None and required:
            found.append(f"header {name} is missing")
        elif value is not None:
            found += _broken_rules(validator, value, f"header {name}")
    if method == "HEAD":
        return found
    if not answer.content:
        return found + (["a body that is not documented"] if body else [])
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in answer.content:
        return found + [f"media type '{media_type}' is not documented"]
    validator = answer.content[media_type]
    if validator is None:
        return found + ([] if body else ["an empty body"])
    if not media_type.endswith("json"):
        return found + _broken_rules(validator, body.decode(errors="replace"), "body")
    try:
        value = json.loads(body)
    except ValueError:
        return found + ["the body is no JSON"]
    return found + _broken_rules(validator, value, "body")


def _check_notification(body: bytes) -> list[str]:
    try:
        events = json.loads(body)
    except ValueError:
        return ["notification: no JSON"]
    if not isinstance(events, list) or len(events) != 1 or not isinstance(events[0], dict):
        return ["notification: not an array of one"]
    validator = NOTIFICATIONS.get((events[0].get("topic"), events[0].get("eventType")))
    if validator is None:
        return ["notification: of a kind that is not documented"]
    return _broken_rules(validator, events[0], "notification")


CONFORMANCE = Conformance()


def watch_requests() -> None:
    """From here on every answer that `requests` brings from a watched server is looked at, whoever asks."""
    adapter = requests.adapters.HTTPAdapter
    send = adapter.send

    def send_and_look(self, request, *arguments, **keywords):
        answer = send(self, request, *arguments, **keywords)
        if CONFORMANCE.watches(request.url):
            target = request.path_url
            CONFORMANCE.note_answer(request.method, target, answer.status_code, answer.headers, answer.content)
        return answer

    adapter.send = send_and_look
