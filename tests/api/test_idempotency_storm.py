"""Sixty-four clients repeat every POST with one key while the server is killed: each has one effect and one answer.

Every operation is sent twice over: by clients that all say the same, and by clients of which half say something else
with the same key. Clients repeat a call until it is answered; the server is killed at chosen numbers of answers.
"""
import collections
import datetime
import json
import random
import re
import threading
from dataclasses import dataclass, field
from typing import Callable

import pytest
import requests

from support.answers import assert_plain
from support.customer import Customer
from support.estate import Estate, network_order
from support.orders import attachment, quiet_order
from support.routes import routes

THREADS = 64
KILL_AT = [10, 120, 400, 800]  # answers
SEED = 20_250_309
USED = "This Idempotency-Key was used for a request with another body"
RUNNING = "A request with this Idempotency-Key is still running"
ACTIONS = "/api/v1/users/actions"
# They take no key: a token changes nothing, and keeping one would only widen what a leak can hold.
WITHOUT_KEY = {("POST", "/v1/admin/token"), ("POST", "/v1/connect/token")}


@dataclass
class Operation:
    """A POST with two bodies, and how to count what either of them has done."""

    path: str
    bodies: tuple[bytes, bytes]
    status: int
    count: Callable[[], int] | None  # None where the answer is all there is
    name: str = ""
    answers: list[collections.Counter] = field(default_factory=lambda: [collections.Counter(), collections.Counter()])

    def send(self, session: requests.Session, customer: Customer, which: int) -> requests.Response:
        return session.post(customer.server.url + self.path, data=self.bodies[which], timeout=120, headers={
            "Authorization": f"Bearer {customer.token}", "Content-Type": "application/json",
            "Idempotency-Key": self.name})


def text(*bodies: dict) -> tuple[bytes, bytes]:
    one, other = (json.dumps(body).encode() for body in bodies)
    return one, other


class Scene:
    """The things of an application that operations are done to, and how often each was done."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.estate = Estate(customer)

    def get(self, path: str, **query):
        answer = self.customer.get(path, params=query)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.json()

    def orders(self, *policies: str) -> int:
        """All orders of the users of that name, where there are such users."""
        found = [self.customer.get("/api/v1/users", params={"clientUserId": one}) for one in policies]
        users = [answer.json()[0] for answer in found if answer.status_code == 200]
        return sum(len(self.get(f"/api/v1/users/{user['humanId']}")["orders"]) for user in users)

    def cancelled(self, *humans: str) -> int:
        states = [order["orderStatus"] for one in humans for order in self.get(f"/api/v1/users/{one}")["orders"]]
        return states.count("Cancelled")

    def closings(self, task: str) -> int:
        """How often the timeline says that the task was resolved."""
        entries = self.get(f"/api/v1/orders/{self.get(f'/api/v1/tasks/{task}')['orderId']}/timeline")["entries"]
        return sum(entry.get("subject") == task and "resolved" in entry["action"] for entry in entries)

    def pended_task(self) -> str:
        order = network_order("Pended")
        self.customer.place(order)
        self.customer.listener.wait_for_summary(order["clientUserId"], "pended")
        return self.get("/api/v1/tasks", clientUserId=order["clientUserId"])["tasks"][0]["taskId"]

    def tests_of(self, webhook: str) -> int:
        events = self.get("/api/v1/events", kind="webhook.test", limit=500)["events"]
        tried = {one["eventId"] for one in self.get(f"/api/v1/webhooks/{webhook}/attempts", limit=500)["attempts"]}
        return len({event["eventId"] for event in events} & tried)

    def settle(self) -> None:
        """Comes back when everything that was asked for has run, notifications included."""
        self.customer.advance_clock("1s")

    def operations(self, tag: str) -> list[Operation]:
        """Everything that commits its effect and its answer together."""
        waiting = [self.customer.place(quiet_order())["humanId"] for _ in range(2)]
        subscribed = self.customer.place(quiet_order())["clientUserId"]
        task = self.pended_task()
        rotated, tested = self.estate.add_webhook()["id"], self.estate.add_webhook()["id"]
        policies = [quiet_order()["clientUserId"] for _ in range(2)]

        def subscriptions() -> int:
            return len(self.get("/api/v1/subscriptions", clientUserId=subscribed))

        def webhooks() -> int:
            return sum(one["description"].startswith(f"{tag} storm") for one in self.get("/api/v1/webhooks"))

        def rotations() -> int:
            return int("previousSecretExpiresAt" in self.get(f"/api/v1/webhooks/{rotated}"))

        made = [
            Operation("/api/v1/users", text(*(quiet_order(clientUserId=one) for one in policies)), 202,
                      lambda: self.orders(*policies)),
            Operation(ACTIONS, text(*({"action": "abort", "humanId": one} for one in waiting)), 202,
                      lambda: self.cancelled(*waiting)),
            Operation("/api/v1/resources/consumer-link", text({"humanId": waiting[0]}, {"humanId": waiting[1]}), 200,
                      None),
            Operation("/api/v1/subscriptions", text(*(
                {"clientUserId": subscribed, "subscriberEmail": f"{one}@example.com", "role": "producer"}
                for one in ("anna", "berta"))), 201, subscriptions),
            Operation(f"/api/v1/tasks/{task}/resolve", text({"decision": "decline"}, {"attachments": [attachment()]}),
                      202, lambda: self.closings(task)),
            Operation("/api/v1/webhooks", text(*(
                {"url": self.estate.listener.url, "description": f"{tag} storm {one}", "enabled": False}
                for one in "ab")), 201, webhooks),
            Operation(f"/api/v1/webhooks/{rotated}/rotate-secret", text({"overlap": "1h"}, {"overlap": "2h"}), 200,
                      rotations),
            Operation(f"/api/v1/webhooks/{tested}/test", (b"{}", b"{ }"), 202, lambda: self.tests_of(tested)),
        ]
        for number, operation in enumerate(made):
            operation.name = f"storm-{tag}-{number}"
        return made


class Storm:
    """Clients that do not give up, and a server that is killed under them."""

    def __init__(self, customer: Customer, same: list[Operation], mixed: list[Operation], kill_at: list[int]) -> None:
        self.customer, self.same, self.mixed = customer, same, mixed
        self.kill_at = list(kill_at)
        self.answered = self.kills = 0
        self.lock = threading.Lock()
        self.failures: list[BaseException] = []
        self.never = threading.Event()

    def rage(self) -> None:
        clients = [threading.Thread(target=self._client, args=(number,)) for number in range(THREADS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if self.failures:
            raise self.failures[0]
        assert not self.kill_at, "the server was not killed often enough"

    def _client(self, number: int) -> None:
        try:
            chance = random.Random(SEED + number)
            work = [(one, 0) for one in self.same] + [(one, number % 2) for one in self.mixed]
            session = requests.Session()
            session.trust_env = False
            for operation, which in chance.sample(work, len(work)):
                self._until_answered(session, operation, which)
        except BaseException as failure:  # told by the main thread
            self.failures.append(failure)

    def _until_answered(self, session: requests.Session, operation: Operation, which: int) -> None:
        while not self.failures:
            try:
                answer = operation.send(session, self.customer, which)
            except requests.RequestException:
                self.never.wait(0.01)
                continue
            self._note(operation, which, answer)
            if answer.status_code not in (409, 503):
                return
            self.never.wait(0.01)

    def _note(self, operation: Operation, which: int, answer: requests.Response) -> None:
        with self.lock:
            self.answered += 1
            body = answer.content if answer.status_code < 300 else answer.json()["message"]
            operation.answers[which][(answer.status_code, body)] += 1
            if self.kill_at and self.answered >= self.kill_at[0]:
                # Everybody else waits for the lock or for a connection meanwhile.
                self.kill_at.pop(0)
                self.kills += 1
                self.customer.server.kill()
                self.customer.server.start()


def assert_one_answer(operation: Operation, is_mixed: bool) -> None:
    """One body won, and all who said it have its one answer; the others were told so."""
    what = f"{operation.path} {operation.name}"
    done = {(which, status, body) for which, answers in enumerate(operation.answers) for status, body in answers
            if status < 300}
    assert len(done) == 1, f"{what}: {len(done)} different answers"
    (winner, status, _), = done
    assert status == operation.status, what
    others = {answer for answers in operation.answers for answer in answers if answer[0] >= 300}
    assert others <= {(409, RUNNING), (422, USED), (503, "Service Unavailable")}, f"{what}: {others}"
    refused = sum(count for (status, _), count in operation.answers[1 - winner].items() if status == 422)
    assert refused == (THREADS // 2 if is_mixed else 0), what
    assert not any(status == 422 for status, _ in operation.answers[winner]), what


def assert_is_over(storm: Storm, operation: Operation) -> None:
    """Nothing runs any more: the first answer again, never a 409."""
    (winner, status, body), = {(which, status, body) for which, answers in enumerate(operation.answers)
                               for status, body in answers if status < 300}
    session = requests.Session()
    session.trust_env = False
    again = operation.send(session, storm.customer, winner)
    assert (again.status_code, again.content) == (status, body)
    assert again.headers["idempotency-replayed"] == "true"
    assert_plain(operation.send(session, storm.customer, 1 - winner), 422, "Unprocessable Entity", USED)


def run_storm(scene: Scene, same: list[Operation], mixed: list[Operation], kill_at: list[int]) -> None:
    counted = [operation for operation in same + mixed if operation.count]
    scene.settle()
    before = [operation.count() for operation in counted]
    storm = Storm(scene.customer, same, mixed, kill_at)
    storm.rage()
    assert storm.kills == len(kill_at)
    for operation in same + mixed:
        assert_one_answer(operation, operation in mixed)
        assert_is_over(storm, operation)
    scene.settle()
    for operation, was in zip(counted, before):
        assert operation.count() - was == 1, f"{operation.path} {operation.name}"


@pytest.fixture
def scene(make_server, make_customer):
    made = Scene(make_customer(make_server()))
    yield made
    made.estate.close()


def calm_operations(scene: Scene, tag: str, hours: int) -> list[Operation]:
    """What is counted by deliveries or done in steps: a kill may rightly repeat a delivery."""
    listener, customer = scene.estate.listener, scene.customer
    webhook = scene.estate.add_webhook()["id"]
    sent = customer.post(f"/api/v1/webhooks/{webhook}/test", {}).json()["eventId"]
    listener.wait_for(lambda all_: any(d.event["eventId"] == sent for d in all_), "the test event")
    started = datetime.datetime.fromisoformat(scene.get("/api/v1/sandbox/clock")["now"])
    range_ = {"since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z", "kinds": ["webhook.test"],
              "webhookId": webhook, "dryRun": False}

    def times_sent() -> int:
        return len([one for one in scene.get(f"/api/v1/webhooks/{webhook}/attempts", limit=500)["attempts"]
                    if one["eventId"] == sent])

    def hours_ahead() -> int:
        now = datetime.datetime.fromisoformat(scene.get("/api/v1/sandbox/clock")["now"])
        return int((now - started) / datetime.timedelta(hours=hours))

    made = [
        Operation(f"/api/v1/events/{sent}/redeliver", (b"{}", json.dumps({"webhookId": webhook}).encode()), 202,
                  times_sent),
        Operation("/api/v1/events/replay", text(range_, {**range_, "until": "2041-01-01T00:00:00Z"}), 200, times_sent),
        Operation("/api/v1/sandbox/clock", text({"advance": f"{hours}h"}, {"advance": f"{hours * 60}m"}), 200,
                  hours_ahead),
    ]
    for number, operation in enumerate(made):
        operation.name = f"calm-{tag}-{number}"
    return made


def test_every_post_is_in_a_storm(tool, scene):
    here = {re.sub(r"/[0-9a-f-]{24,36}(?=/|$)", "/{}", one.path)
            for one in scene.operations("list") + calm_operations(scene, "list", 1)}
    assert {path for method, path in routes(tool) - WITHOUT_KEY if method == "POST"} == here


def test_one_effect_whatever_the_server_goes_through(scene):
    run_storm(scene, scene.operations("same"), scene.operations("mixed"), KILL_AT)


def test_one_effect_of_what_is_done_in_steps(scene):
    """Without kills, one operation after the other, so that every effect can be counted."""
    for tag, is_mixed, hours in (("same", False, 1), ("mixed", True, 3)):
        for operation in calm_operations(scene, tag, hours):
            run_storm(scene, [] if is_mixed else [operation], [operation] if is_mixed else [], [])


def test_token_endpoints_take_no_key(customer):
    body = {"client_id": customer.client_id, "client_secret": customer.client_secret, "type": "client"}
    for secret, status in ((customer.client_secret, 200), ("0" * 40, 401), (customer.client_secret, 200)):
        answer = requests.post(customer.server.url + "/v1/admin/token", timeout=60,
                               headers={"Idempotency-Key": "token"}, json={**body, "client_secret": secret})
        assert answer.status_code == status
        assert "idempotency-replayed" not in answer.headers
