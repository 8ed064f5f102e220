"""Requests made out of the API document: none is answered outside of it, and none with a 5xx.

CHARTROOM_GENERATED_REQUESTS says how many, CHARTROOM_SEED which ones (scripts/conformance sets both)."""
import concurrent.futures
import os
from dataclasses import dataclass, field

import pytest

from support.document import PRESENT
from support.generator import Generator, Pools, Request
from support.orders import new_order
from support.raw import RawAnswer, RawClient

REQUESTS = int(os.environ.get("CHARTROOM_GENERATED_REQUESTS", "5000"))
SEED = os.environ.get("CHARTROOM_SEED", "2026")
THREADS = 4
FAILURES_SHOWN = 10
# A password is hashed slowly, on purpose, and turning a clock waits for work.
RARE = {"createClientToken": 0.1, "createConnectToken": 0.1, "moveSandboxClock": 0.3, "getOpenApiDocument": 0.2,
        "getDocumentation": 0.2}
# Where the schema says all there is to say (but which days exist, and which order types): what is valid is never a 400.
EXACT = {"createUser", "performActionForUser", "getTasksLiistLink", "createSubscription"}


@pytest.fixture(scope="module")
def customer(server, make_customer):
    return make_customer(server, listens=False)


@pytest.fixture(scope="module")
def pools(server, make_customer, customer) -> Pools:
    """An application with something of everything in it."""
    watched = customer
    watched.add_webhook(watched.listener)
    done = new_order(orderType="ehr-only", clientUserEmail=None)
    pended = new_order("Pended", orderType="ehr-only", clientUserEmail=None)
    summary = watched.complete(done)
    watched.place(pended)
    watched.listener.wait_for_summary(pended["clientUserId"], "pended")
    users = watched.get("/api/v1/users").json()
    values = {
        "humanId": [user["humanId"] for user in users],
        "clientUserId": [done["clientUserId"], pended["clientUserId"], *(f"generated-{i}" for i in range(6))],
        "client_user_id": [done["clientUserId"]],
        "orderId": [summary["orderId"]],
        "createdByOrderId": [summary["orderId"]],
        "reportId": [report["id"] for report in summary["eventPayload"]["reports"]],
        "eventId": [summary["eventId"]],
        "lastName": ["TimesOut", "Pended", "NoRecords"],
        "orderType": ["aps-only", "ehr-only"],
        "url": [watched.listener.url],
        "tokenUrl": [watched.listener.url],
        "client_id": [customer.client_id],
        "client_secret": [customer.client_secret],
        "advance": ["0s", "1ms"],
    }
    for name, path, member in (("taskId", "/api/v1/tasks?state=all", "tasks"), ("id", "/api/v1/webhooks", None)):
        answer = watched.get(path)
        if answer.status_code == 200:
            listed = answer.json()[member] if member else answer.json()
            values[name] = [one.get(name) for one in listed] or ["nothing"]
    values["webhookId"] = values.get("id", ["nothing"])
    return Pools(values)


@dataclass
class Outcome:
    statuses: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def _judge(request: Request, answer: RawAnswer) -> list[str]:
    found = list(answer.violations)
    if answer.status >= 500:
        found.append(f"status {answer.status}")
    if request.is_valid is False and answer.status < 400:
        found.append(f"a body that the document forbids was answered with {answer.status}")
    is_exact = request.operation.id in EXACT and (request.kind == "valid" or request.operation.id != "createUser")
    if request.is_valid and is_exact and "Idempotency-Key" not in request.headers and answer.status in (400, 415):
        found.append(f"a body that the document allows was answered with {answer.status}: {answer.body[:200]!r}")
    return found


def _run(port: int, token: str, seed: str, count: int, pools: Pools) -> Outcome:
    generator, client, outcome = Generator(seed, pools), RawClient(port), Outcome()
    weights = [RARE.get(one.id, 3.0 if one.body else 1.0) for one in PRESENT]
    for number in range(count):
        operation = generator.chance.choices(PRESENT, weights)[0]
        request = generator.request(operation, token)
        try:
            answer = client.call(request.method, request.target, request.headers, request.body)
        except Exception as error:  # a server that hangs up is a finding like any other
            outcome.failures.append(f"seed {seed} #{number} {request.kind} {operation.id}: {type(error).__name__}")
            continue
        outcome.statuses[answer.status] = outcome.statuses.get(answer.status, 0) + 1
        for one in _judge(request, answer):
            outcome.failures.append(f"seed {seed} #{number} {request.kind} {operation.id}: {one}\n"
                                    f"    {request.method} {request.target[:200]} {(request.body or b'')[:400]!r}")
    client.close()
    return outcome


def test_generated_requests(server, customer, pools):
    with concurrent.futures.ThreadPoolExecutor(THREADS) as threads:
        futures = [threads.submit(_run, server.port, customer.token, f"{SEED}-{thread}", REQUESTS // THREADS, pools)
                   for thread in range(THREADS)]
        outcomes = [future.result() for future in futures]
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    statuses: dict[int, int] = {}
    for outcome in outcomes:
        for status, count in outcome.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    print(f"{sum(statuses.values())} requests, seed {SEED}: "
          + ", ".join(f"{status} {count}" for status, count in sorted(statuses.items())))
    assert not failures, (f"{len(failures)} findings with CHARTROOM_SEED={SEED}, the first of them:\n"
                          + "\n".join(failures[:FAILURES_SHOWN]))
    assert server.is_ready()
    assert statuses.get(200, 0) > REQUESTS / 20 and statuses.get(400, 0) > REQUESTS / 20, "too few of some kind"
