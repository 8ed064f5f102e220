"""Webhook endpoints over the API (contract 15)."""
import hashlib
import hmac
import re

import pytest
import requests

from support.listener import is_genuine
from support.orders import new_order

HOOKS = "/api/v1/webhooks"
SHOWN = ["id", "url", "events", "description", "enabled", "createdAt", "updatedAt", "legacySignature", "headers",
         "authentication"]
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SECRET_VALUE = "Basic aGlkZGVuOmhpZGRlbg=="  # of a static header; no answer and no log line may show it


def add(customer, url: str, **members) -> dict:
    answer = customer.post(HOOKS, {"url": url, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def patch(customer, hook_id: str, body) -> requests.Response:
    return customer.call("PATCH", f"{HOOKS}/{hook_id}", json=body)


def send_test(customer, hook_id: str) -> str:
    answer = customer.call("POST", f"{HOOKS}/{hook_id}/test")
    assert answer.status_code == 202
    assert list(answer.json()) == ["eventId"]
    return answer.json()["eventId"]


def signed_by(secret: str, delivery) -> bool:
    return is_genuine(secret, delivery.webhook_id, delivery.headers["webhook-timestamp"], delivery.body,
                      delivery.headers["webhook-signature"])


def test_the_secret_is_shown_once(quiet):
    made = add(quiet, "https://example.com/hook", events=["order.summary", "task"], description="Nights",
               legacySignature=True, headers={"Authorization": SECRET_VALUE, "X-Tenant": "7"})
    assert list(made) == SHOWN + ["secret"]
    assert made["secret"].startswith("whsec_") and len(made["secret"]) == 50
    assert made["url"] == "https://example.com/hook"
    assert made["events"] == ["order.summary", "task"]
    assert (made["description"], made["enabled"], made["legacySignature"]) == ("Nights", True, True)
    assert made["headers"] == ["Authorization", "X-Tenant"]
    assert ISO.fullmatch(made["createdAt"]) and made["createdAt"] == made["updatedAt"]
    shown = {name: made[name] for name in SHOWN}
    one, every = quiet.get(f"{HOOKS}/{made['id']}"), quiet.get(HOOKS)
    assert (one.status_code, one.json()) == (200, shown)
    assert (every.status_code, every.json()) == (200, [shown])
    for answer in (one, every):
        assert made["secret"] not in answer.text and SECRET_VALUE not in answer.text


def test_defaults(quiet):
    assert quiet.get(HOOKS).json() == []
    made = add(quiet, "http://127.0.0.1:1/hook")
    assert (made["events"], made["description"], made["enabled"]) == ([], "", True)
    assert (made["legacySignature"], made["headers"]) == (False, [])
    second = add(quiet, "https://example.com/two", enabled=False)
    assert [hook["id"] for hook in quiet.get(HOOKS).json()] == [made["id"], second["id"]]
    assert second["enabled"] is False


def test_a_change_changes_what_it_names(quiet):
    made = add(quiet, "https://example.com/hook", events=["task"], description="Nights", headers={"X-Tenant": "7"})
    before = quiet.get(f"{HOOKS}/{made['id']}").json()
    for change in ({"url": "https://example.com/other"}, {"events": []}, {"description": "Days"}, {"enabled": False},
                   {"legacySignature": True}, {"headers": {}}, {"headers": {"X-Key": "1"}, "enabled": True}):
        answer = patch(quiet, made["id"], change)
        assert answer.status_code == 200
        after = answer.json()
        expected = {**before, **change, "updatedAt": after["updatedAt"]}
        if "headers" in change:
            expected["headers"] = list(change["headers"])
        assert after == expected
        assert after["updatedAt"] >= before["updatedAt"]
        assert quiet.get(f"{HOOKS}/{made['id']}").json() == after
        before = after


def test_removed(quiet):
    made = add(quiet, "https://example.com/hook")
    gone = quiet.call("DELETE", f"{HOOKS}/{made['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert quiet.get(HOOKS).json() == []
    assert quiet.call("DELETE", f"{HOOKS}/{made['id']}").status_code == 404


OPERATIONS = [
    ("GET", "", None), ("PATCH", "", {"enabled": False}), ("DELETE", "", None), ("POST", "/rotate-secret", {}),
    ("POST", "/test", None), ("GET", "/attempts", None),
]


def test_foreign_endpoints_are_unknown(server, make_customer, client):
    other = make_customer(server, listens=False)
    theirs = add(other, "https://example.com/hook")
    before = other.get(f"{HOOKS}/{theirs['id']}").json()
    for method, path, body in OPERATIONS:
        answers = []
        for hook_id in (theirs["id"], "018f0000-0000-7000-8000-000000000000", "x"):
            answer = client.call(method, f"{HOOKS}/{hook_id}{path}", json=body)
            assert answer.status_code == 404, (method, path)
            answers.append({name: value for name, value in answer.json().items() if "request-id" not in name})
        assert answers[0] == answers[1] == answers[2]
    assert client.get(HOOKS).json() == []
    assert other.get(f"{HOOKS}/{theirs['id']}").json() == before


def test_every_operation_needs_a_token(server):
    for method, path, body in [("GET", "", None), ("POST", "", {})] + [(m, "/x" + p, b) for m, p, b in OPERATIONS]:
        assert requests.request(method, server.url + HOOKS + path, json=body, timeout=30).status_code == 401
    wrong = requests.put(server.url + HOOKS, timeout=30)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")


URL = {"url": "https://example.com/hook"}
REFUSED = [
    # the body, the fields that are named, the first finding
    ({}, ["url"], '"url" is required'),
    ({"url": ""}, ["url"], '"url" is not allowed to be empty'),
    ({"url": None}, ["url"], '"url" must be a string'),
    ({"url": "ftp://example.com"}, ["url"], '"url" must begin with https:// or http://'),
    ({"url": "example.com"}, ["url"], '"url" must be a valid uri'),
    ({"url": "https://user:pw@example.com/"}, ["url"], '"url" must not contain a user name or password'),
    ({"url": "https://example.com/#top"}, ["url"], '"url" must not contain a fragment'),
    ({"url": "https://example.com/" + "a" * 2048}, ["url"],
     '"url" length must be less than or equal to 2048 characters long'),
    ({**URL, "events": "task"}, ["events"], '"events" must be an array'),
    ({**URL, "events": ["task", "lunch"]}, ["events.1"],
     '"events.1" must be one of [order.status, order.summary, task, vendor.note, webhook.test]'),
    ({**URL, "events": ["task", "task"]}, ["events.1"], '"events.1" contains a duplicate value'),
    ({**URL, "enabled": "yes"}, ["enabled"], '"enabled" must be a boolean'),
    ({**URL, "enabled": None}, ["enabled"], '"enabled" must be a boolean'),
    ({**URL, "legacySignature": 1}, ["legacySignature"], '"legacySignature" must be a boolean'),
    ({**URL, "description": ""}, ["description"], '"description" is not allowed to be empty'),
    ({**URL, "description": "x" * 1001}, ["description"],
     '"description" length must be less than or equal to 1000 characters long'),
    ({**URL, "headers": []}, ["headers"], '"headers" must be an object'),
    ({**URL, "headers": {"Host": "a"}}, ["headers.Host"], '"headers.Host" is not allowed: it is set by the server'),
    ({**URL, "headers": {"webhook-id": "a"}}, ["headers.webhook-id"],
     '"headers.webhook-id" is not allowed: it is set by the server'),
    ({**URL, "headers": {"a b": "c"}}, ["headers.a b"],
     '"headers.a b" must be named by a header name of at most 100 characters'),
    ({**URL, "headers": {"X-A": "b\r\nX-C: d"}}, ["headers.X-A"],
     '"headers.X-A" must only contain printable ASCII characters'),
    ({**URL, "headers": {"X-A": 7}}, ["headers.X-A"], '"headers.X-A" must be a string'),
    ({**URL, "headers": {"X-A": "1", "x-a": "2"}}, ["headers.x-a"], '"headers.x-a" contains a duplicate value'),
    ({**URL, "headers": {f"X-{i}": "v" for i in range(11)}}, ["headers"],
     '"headers" must have less than or equal to 10 keys'),
    ({**URL, "secret": "whsec_mine"}, ["secret"], '"secret" is not allowed'),
    ({"url": "http:", "events": 1, "other": 2}, ["url", "events", "other"], '"url" must be a valid uri'),
]


@pytest.mark.parametrize("body, keys, message", REFUSED)
def test_bad_endpoints(client, body, keys, message):
    answer = client.post(HOOKS, body)
    assert answer.status_code == 400
    assert answer.json()["message"] == message
    assert answer.json()["validation"] == {"source": "payload", "keys": keys}
    assert client.get(HOOKS).json() == []


def test_bad_changes(quiet):
    made = add(quiet, "https://example.com/hook")
    before = quiet.get(f"{HOOKS}/{made['id']}").json()
    for body, keys in [({}, []), ({"url": None}, ["url"]), ({"events": None}, ["events"]),
                       ({"description": ""}, ["description"]), ({"id": "x"}, ["id"]), ({"secret": "x"}, ["secret"]),
                       ({"enabled": False, "url": "ftp://x"}, ["url"])]:
        answer = patch(quiet, made["id"], body)
        assert answer.status_code == 400
        assert answer.json()["validation"]["keys"] == keys
    for overlap in ("8d", "-1s", "soon", 60):
        answer = quiet.post(f"{HOOKS}/{made['id']}/rotate-secret", {"overlap": overlap})
        assert (answer.status_code, answer.json()["validation"]["keys"]) == (400, ["overlap"])
    assert quiet.post(f"{HOOKS}/{made['id']}/test", {"x": 1}).status_code == 400
    assert quiet.call("PATCH", f"{HOOKS}/{made['id']}", data="{", headers={"Content-Type": "application/json"}
                      ).status_code == 400
    assert quiet.call("PATCH", f"{HOOKS}/{made['id']}", data="x", headers={"Content-Type": "text/plain"}
                      ).status_code == 415
    assert quiet.get(f"{HOOKS}/{made['id']}").json() == before


def test_plain_http_is_for_the_sandbox(server, tool):
    environment = {"CHARTROOM_KEY_FILE": str(server.data / "master.key")}
    done = tool.run("app", "create", "--data", server.data, "--name", "Real Life", environment=environment)
    assert done.returncode == 0, done.stderr
    client_id = done.stdout.split('"')[3]
    refused = tool.run("webhook", "add", "--data", server.data, "--app", client_id, "--url", "http://example.com/",
                       environment=environment)
    assert refused.returncode == 2 and "must begin with https://" in refused.stderr
    added = tool.run("webhook", "add", "--data", server.data, "--app", client_id, "--url", "https://example.com/",
                     "--events", "order.status,order.summary,task,vendor.note,webhook.test", environment=environment)
    assert added.returncode == 0, added.stderr


def test_at_most_twenty(quiet):
    for number in range(20):
        add(quiet, f"https://example.com/{number}")
    answer = quiet.post(HOOKS, URL)
    assert answer.status_code == 409
    assert answer.json()["message"] == "An application may have at most 20 webhooks"
    assert len(quiet.get(HOOKS).json()) == 20


def test_a_repeated_call_adds_one_endpoint(quiet):
    headers = {"Idempotency-Key": "hook-1"}
    first, again = (quiet.post(HOOKS, URL, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content and again.headers["idempotency-replayed"] == "true"
    assert len(quiet.get(HOOKS).json()) == 1
    rotate = f"{HOOKS}/{first.json()['id']}/rotate-secret"
    rotated, repeated = (quiet.post(rotate, {}, headers={"Idempotency-Key": "rotate-1"}) for _ in range(2))
    assert rotated.content == repeated.content
    assert quiet.post(HOOKS, {"url": "https://example.com/x"}, headers=headers).status_code == 422


def test_both_secrets_sign_while_one_is_rotated(quiet, listener):
    made = add(quiet, listener.url)
    hook, old = made["id"], made["secret"]
    send_test(quiet, hook)
    listener.wait_for_count(1)  # a delivery is signed when it is made, not when it is asked for
    rotated = quiet.call("POST", f"{HOOKS}/{hook}/rotate-secret")
    assert rotated.status_code == 200
    assert list(rotated.json()) == SHOWN + ["previousSecretExpiresAt", "secret"]
    assert ISO.fullmatch(rotated.json()["previousSecretExpiresAt"])
    new = rotated.json()["secret"]
    assert new != old
    send_test(quiet, hook)
    listener.wait_for_count(2)
    assert "secret" not in quiet.get(f"{HOOKS}/{hook}").json()
    newest = quiet.post(f"{HOOKS}/{hook}/rotate-secret", {"overlap": "0s"}).json()
    assert list(newest) == SHOWN + ["secret"]
    send_test(quiet, hook)
    deliveries = listener.wait_for_count(3)
    signers = [[name for name, secret in (("old", old), ("new", new), ("newest", newest["secret"]))
                if signed_by(secret, delivery)] for delivery in deliveries]
    assert signers == [["old"], ["old", "new"], ["newest"]]
    # The new signature stands first.
    both = deliveries[1]
    assert is_genuine(new, both.webhook_id, both.headers["webhook-timestamp"], both.body,
                      both.headers["webhook-signature"].split(" ")[0])


def test_legacy_signature_and_static_headers(quiet, listener, server):
    made = add(quiet, listener.url, legacySignature=True,
               headers={"Authorization": SECRET_VALUE, "X-Tenant": "a, b; c=\"d\""})
    listener.secret = made["secret"]
    send_test(quiet, made["id"])
    delivery = listener.wait_for_count(1)[0]
    assert delivery.genuine
    timestamp, nonce = delivery.headers["x-humanapi-timestamp"], delivery.headers["x-humanapi-nonce"]
    assert re.fullmatch(r"\d{13}", timestamp) and re.fullmatch(r"[0-9a-f]{32}", nonce)
    expected = hmac.new(made["secret"].encode(), delivery.body + timestamp.encode() + nonce.encode(), hashlib.sha1)
    assert delivery.headers["x-humanapi-signature"] == expected.hexdigest()
    assert delivery.headers["authorization"] == SECRET_VALUE
    assert delivery.headers["x-tenant"] == "a, b; c=\"d\""
    patch(quiet, made["id"], {"legacySignature": False, "headers": {}})
    send_test(quiet, made["id"])
    plain = listener.wait_for_count(2)[1]
    assert plain.genuine
    assert not {"x-humanapi-signature", "authorization", "x-tenant"} & set(plain.headers)
    log = server.log.read_text()
    assert SECRET_VALUE not in log and made["secret"] not in log


def test_a_test_reaches_one_endpoint(quiet, listener):
    made = add(quiet, listener.url, events=["order.status"])
    other = add(quiet, listener.url)
    listener.secret = made["secret"]
    event_id = send_test(quiet, made["id"])
    delivery = listener.wait_for_count(1)[0]
    assert (delivery.webhook_id, delivery.genuine) == (event_id, True)
    assert list(delivery.event) == ["timestamp", "eventId", "eventType", "eventGroup", "clientId"]
    assert delivery.event == {"timestamp": delivery.event["timestamp"], "eventId": event_id,
                              "eventType": "webhooks.Test", "eventGroup": "test", "clientId": quiet.client_id}
    logged = quiet.get(f"/api/v1/events/{event_id}").json()
    assert (logged["kind"], logged["body"], "orderId" in logged) == ("webhook.test", [delivery.event], False)
    quiet.advance_clock("1s")
    assert quiet.get(f"{HOOKS}/{other['id']}/attempts").json() == {"attempts": []}
    assert len(listener.deliveries()) == 1
    patch(quiet, made["id"], {"enabled": False})
    assert quiet.call("POST", f"{HOOKS}/{made['id']}/test").status_code == 409


def test_kinds_choose_what_comes(quiet, listener):
    made = add(quiet, listener.url, events=["order.summary"])
    listener.secret = made["secret"]
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    quiet.place(order)
    listener.wait_for_summary(order["clientUserId"], "completed")
    assert [d.status for d in listener.deliveries() if d.is_summary] == ["in progress", "completed"]
    assert len(listener.deliveries()) == 2


def test_attempts(quiet, listener):
    made = add(quiet, listener.url)
    listener.secret = made["secret"]
    listener.fail_next(503)
    event_id = send_test(quiet, made["id"])
    tries = listener.wait_for_count(2)
    assert [(d.webhook_id, d.answered) for d in tries] == [(event_id, 503), (event_id, 200)]
    assert tries[0].body == tries[1].body

    # The listener has answered before the attempt is written down; turning the clock waits for that.
    quiet.advance_clock("1s")
    attempts = quiet.get(f"{HOOKS}/{made['id']}/attempts").json()
    assert list(attempts) == ["attempts"]
    assert [{**attempt, "at": ""} for attempt in attempts["attempts"]] == [
        {"eventId": event_id, "number": 2, "status": 200, "at": ""},
        {"eventId": event_id, "number": 1, "status": 503, "error": "endpoint failed", "at": ""}]
    assert all(ISO.fullmatch(attempt["at"]) for attempt in attempts["attempts"])
    first = quiet.get(f"{HOOKS}/{made['id']}/attempts", params={"limit": 1}).json()
    second = quiet.get(f"{HOOKS}/{made['id']}/attempts", params={"limit": 1, "cursor": first["nextCursor"]}).json()
    assert first["attempts"] + second["attempts"] == attempts["attempts"]
    assert "nextCursor" not in second
    for query in ({"limit": 0}, {"limit": 501}, {"limit": "many"}, {"cursor": "x"}, {"cursor": ""}):
        refused = quiet.get(f"{HOOKS}/{made['id']}/attempts", params=query)
        assert (refused.status_code, refused.json()["message"]) == (400, "Bad Request")
