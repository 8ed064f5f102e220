"""Every answer that api/openapi.yaml documents can be had: the general ones are produced here for each operation,
the special ones by the tests of their subject; the last test of the suite looks whether all were seen."""
import json
import urllib.parse

import pytest

from support.conformance import CONFORMANCE
from support.document import EXPECTED_MISSING, EXPECTED_UNSEEN, PRESENT, Operation
from support.orders import new_order
from support.raw import RawClient

UNKNOWN = "/x/../nobody?&"  # no id looks like this
TOO_LARGE = 26 * 1024 * 1024


@pytest.fixture(scope="module")
def raw(server):
    raw = RawClient(server.port)
    yield raw
    raw.close()


def each(condition):
    """A test for every operation for which the condition holds."""
    chosen = [one for one in PRESENT if condition(one)]
    return pytest.mark.parametrize("operation", chosen, ids=[one.id for one in chosen])


def headers_of(client, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}", **more}


def query_of(operation: Operation) -> str:
    """The first parameter that has an example: enough to ask, and for nothing that is there."""
    for one in operation.parameters_in("query"):
        if "example" in one:
            return "?" + urllib.parse.urlencode({one["name"]: one["example"]})
    return ""


@each(lambda one: one.needs_token)
def test_without_a_token(server, raw, operation):
    assert raw.call(operation.method, operation.url()).status == 401


@each(lambda one: one.needs_token)
def test_without_a_token_as_a_problem(raw, operation):
    answer = raw.call(operation.method, operation.url(), {"Accept": "application/problem+json"})
    assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")


@each(lambda one: 400 in one.answers)
def test_malformed_query(client, raw, operation):
    assert raw.call(operation.method, operation.url() + "?a=%zz", headers_of(client)).status == 400


@each(lambda one: one.body is not None)
def test_a_body_that_is_no_object(client, raw, operation):
    headers = headers_of(client, **{"Content-Type": "application/json"})
    assert raw.call(operation.method, operation.url(), headers, b"[]").status == 400


@each(lambda one: 413 in one.answers)
def test_too_large_a_body(client, raw, operation):
    headers = headers_of(client, **{"Content-Type": "application/json"})
    assert raw.call(operation.method, operation.url(), headers, declared_length=TOO_LARGE).status == 413


@each(lambda one: 415 in one.answers)
def test_a_body_of_another_media_type(client, raw, operation):
    headers = headers_of(client, **{"Content-Type": "text/plain"})
    assert raw.call(operation.method, operation.url(), headers, b"{}").status == 415


@each(lambda one: one.parameters_in("path") and not one.body)
def test_an_id_that_does_not_exist(client, raw, operation):
    path = operation.url(**{one["name"]: UNKNOWN for one in operation.parameters_in("path")})
    if "%2F.." in path:
        assert raw.call(operation.method, path, headers_of(client)).status == 404
    assert raw.call(operation.method, operation.url(), headers_of(client)).status == 404


@each(lambda one: 404 in one.answers and one.method == "GET" and not one.parameters_in("path")
      and query_of(one))
def test_a_filter_for_somebody_who_does_not_exist(client, raw, operation):
    assert raw.call("GET", operation.url() + query_of(operation), headers_of(client)).status == 404


@each(lambda one: 404 in one.answers and one.body and one.needs_token
      and one.id not in ("moveSandboxClock", "replayEvents"))
def test_the_documented_examples_are_good_and_about_nobody(client, operation):
    for example in operation.body_examples:
        answer = client.call(operation.method, operation.url(), json=example)
        assert answer.status_code == 404, answer.status_code


@each(lambda one: one.is_idempotent_by_key)
def test_a_key_that_belongs_to_another_call(client, raw, operation):
    client.get("/api/v1/sandbox/clock")
    key = "key-of-a-clock"
    moved = client.post("/api/v1/sandbox/clock", {"advance": "0s"}, headers={"Idempotency-Key": key})
    assert moved.status_code == 200
    headers = headers_of(client, **{"Idempotency-Key": key, "Content-Type": "application/json"})
    assert raw.call(operation.method, operation.url(), headers, b'{"other":1}').status == 422


@each(lambda one: one.is_idempotent_by_key)
@pytest.mark.parametrize("key", ["two words", "x" * 256, "\u00e9"])
def test_a_malformed_key(client, raw, operation, key):
    headers = headers_of(client, **{"Idempotency-Key": key})
    assert raw.call(operation.method, operation.url(), headers, b"{}").status == 400


def test_the_clock_is_not_there_outside_the_sandbox(server, make_customer):
    plain = make_customer(server, listens=False, sandbox=False)
    assert plain.get("/api/v1/sandbox/clock").status_code == 404
    assert plain.post("/api/v1/sandbox/clock", {"advance": "1d"}).status_code == 404


@pytest.mark.skipif("replayEvents" in EXPECTED_MISSING, reason="not part of this build")
def test_replay_to_an_endpoint_that_does_not_exist(client):
    body = {"since": "2026-01-01", "until": "2026-01-02", "webhookId": "nobody"}
    assert client.post("/api/v1/events/replay", body).status_code == 404


@pytest.mark.skipif("createWebhook" in EXPECTED_MISSING, reason="not part of this build")
def test_more_endpoints_than_allowed(customer):
    added = [customer.post("/api/v1/webhooks", {"url": customer.listener.url}).status_code for _ in range(21)]
    assert added.count(201) in (19, 20) and added[-1] == 409  # one may be the customer's own


@pytest.mark.skipif("createSubscription" in EXPECTED_MISSING, reason="not part of this build")
def test_subscribed_already(customer):
    user = customer.place(new_order(orderType="ehr-only"))
    body = {"clientUserId": user["clientUserId"], "subscriberEmail": "agent@example.com", "role": "producer"}
    answers = [customer.post("/api/v1/subscriptions", body).status_code for _ in range(2)]
    assert answers == [201, 409]


@each(lambda one: not one.needs_token and 429 in one.answers and (one.id, 429) not in EXPECTED_UNSEEN)
def test_too_many_wrong_secrets(raw, operation):
    wrong = {**operation.body_examples[0], "client_id": operation.id, "client_secret": "wrong"}
    headers = {"Content-Type": "application/json"}
    body = json.dumps(wrong).encode()
    statuses = [raw.call("POST", operation.url(), headers, body).status for _ in range(20)]
    assert statuses[0] == 401 and statuses[-1] == 429


@pytest.mark.skipif(("performActionForUser", 429) in EXPECTED_UNSEEN, reason="not part of this build")
def test_too_many_actions(customer):
    user = customer.place(new_order(orderType="aps-only"))
    body = {"action": "resync", "humanId": user["humanId"]}
    statuses = [customer.post("/api/v1/users/actions", body).status_code for _ in range(40)]
    assert statuses[0] == 409 and statuses[-1] == 429


def test_answers_of_no_operation(client, raw):
    assert raw.call("GET", "/api/v1/nothing", headers_of(client)).status == 404
    assert raw.call("PUT", "/api/v1/users", headers_of(client)).status == 405
    assert raw.call("GET", "/api/v1/users/%00", headers_of(client)).status == 400
    assert raw.call("GET", "/api/v1/users", {"X-Long": "x" * 20_000}).status == 431
    assert raw.call("POST", "/api/v1/users", {"Expect": "a miracle"}, declared_length=2).status == 417


@pytest.mark.last
def test_every_documented_answer_was_seen(request):
    if not request.config.runs_everything:
        pytest.skip("only when the whole suite runs")
    missing = CONFORMANCE.not_seen()
    assert not missing, f"documented, but no test of the suite saw it (of {CONFORMANCE.checked} answers): {missing}"
