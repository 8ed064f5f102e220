"""Notifications beyond the states: delivery, vendor notes, tasks (contract 7.0, 7.3, 7.4)."""
import hashlib
import hmac
import json
import re

import pytest

from support import shapes
from support.answers import TIME, UUID, assert_plain
from support.listener import Listener
from support.orders import new_order, provider, quiet_order

LEGACY_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


def test_the_body_is_an_array_of_one(listening):
    order = quiet_order()
    listening.place(order)
    listening.listener.wait_for_summary(order["clientUserId"], "pended")
    for delivery in listening.listener.deliveries(order["clientUserId"]):
        body = json.loads(delivery.body)
        assert isinstance(body, list) and len(body) == 1
        assert delivery.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_accepted(customer, status):
    customer.listener.fail_next(*[status] * 4)
    order = quiet_order()
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    assert [d.answered for d in customer.listener.deliveries()] == [status] * 4


@pytest.mark.parametrize("status", [301, 400, 500])
def test_anything_else_is_sent_again_unchanged(customer, status):
    customer.listener.fail_next(status)
    order = quiet_order()
    customer.place(order)
    customer.advance_clock("1m")
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    told = customer.listener.deliveries()
    assert [d.answered for d in told] == [status, 200, 200, 200, 200]
    assert (told[0].webhook_id, told[0].body) == (told[1].webhook_id, told[1].body)


def test_an_application_without_endpoints_is_in_order(client):
    user = client.place(quiet_order())
    assert client.post("/api/v1/users/actions", {"action": "abort", "humanId": user["humanId"]}).status_code == 202


def test_the_legacy_signature_is_an_option(customer):
    """HMAC-SHA1 over body, time and nonce, in hex."""
    listener = Listener()
    made = customer.post("/api/v1/webhooks", {"url": listener.url, "legacySignature": True})
    assert made.status_code == 201
    listener.secret = made.json()["secret"]
    order = quiet_order()
    customer.place(order)
    listener.wait_for_summary(order["clientUserId"], "pended")
    for delivery in listener.deliveries():
        time, nonce = delivery.headers["x-humanapi-timestamp"], delivery.headers["x-humanapi-nonce"]
        mac = hmac.new(listener.secret.encode(), delivery.body + time.encode() + nonce.encode(), hashlib.sha1)
        assert delivery.headers["x-humanapi-signature"] == mac.hexdigest()
        assert delivery.genuine
    assert all("x-humanapi-signature" not in d.headers for d in customer.listener.deliveries())
    listener.close()


# ── vendor notes ─────────────────────────────────────────────────────────────────────────────────

def notes(customer) -> list[dict]:
    return [d.event for d in customer.listener.deliveries()
            if d.event.get("eventType") == "integrations.VendorNoteCreated"]


def paper_order(**changes) -> dict:
    return new_order(**{"orderType": "aps-only", "clientUserEmail": None, "providers": [provider()], **changes})


@pytest.mark.parametrize("settings, time", [(["vendor_notes=true"], TIME),
                                            (["vendor_notes=true", "legacy_timestamps=true"], LEGACY_TIME)],
                         ids=["milliseconds", "six digits"])
def test_vendor_notes_are_exact(customer, settings, time):
    customer.configure(*settings)
    order = paper_order(clientData={"branch": "north"})
    customer.place(order)
    customer.advance_clock("20d")
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert len(notes(customer)) >= 3
    for note in notes(customer):
        assert list(note) == shapes.VENDOR_NOTE
        assert time.fullmatch(note["timestamp"]) and UUID.fullmatch(note["eventId"])
        assert note["eventGroup"] == "offline"
        for name in ("orderId", "userId", "clientUserId", "humanId", "clientId", "clientData"):
            assert note[name] == summary[name]
        payload = note["eventPayload"]
        assert list(payload) == [name for name in shapes.VENDOR_PAYLOAD if name in payload]
        assert payload["note"] and isinstance(payload["note"], str)
        assert set(payload["providerNames"]) <= {provider()["name"], provider()["organizationName"]}
        assert payload["providerNames"] and isinstance(payload["providerIds"], list)
        assert payload["clientProviderId"] == provider()["clientProviderId"]
    told = customer.listener.deliveries()
    assert all(TIME.fullmatch(d.event["timestamp"]) for d in told if d.is_summary)


def test_vendor_notes_are_off_by_default(customer):
    order = paper_order()
    customer.place(order)
    customer.advance_clock("20d")
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert notes(customer) == []


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────

FLAT_TASK = ["humanId", "clientId", "userId", "clientUserId", "updatedAt", "action", "endpoint", "property", "topic",
             "value", "clientData", "taskId", "taskType", "orderId", "assignee"]


def task_events(customer) -> list[dict]:
    return [d.event for d in customer.listener.deliveries()
            if d.event.get("topic") == "task" or d.event.get("eventGroup") == "task"]


def pend_and_expire(customer) -> dict:
    order = new_order("Pended", orderType="ehr-only", clientUserEmail=None)
    user = customer.place(order)
    customer.advance_clock("10d")
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    return user


def test_tasks_are_not_told_by_default(customer):
    pend_and_expire(customer)
    assert task_events(customer) == []


def test_tasks_in_the_flat_form(customer):
    customer.configure("task_notifications=flat")
    user = pend_and_expire(customer)
    opened, closed = task_events(customer)
    for event, value in ((opened, "Open"), (closed, ("Expired", "Resolved"))):
        assert set(FLAT_TASK) <= set(event)
        assert (event["topic"], event["action"], event["property"]) == ("task", "status", "taskState")
        assert event["value"] in value
        assert event["humanId"] == user["humanId"] and event["clientId"] == customer.client_id
        assert UUID.fullmatch(event["taskId"]) and UUID.fullmatch(event["orderId"])
        assert (event["taskType"], event["assignee"]) == ("special_authorization", "applicant")
    assert opened["taskId"] == closed["taskId"]


def test_tasks_in_the_envelope(customer):
    customer.configure("task_notifications=envelope")
    user = pend_and_expire(customer)
    opened, closed = task_events(customer)
    for event in (opened, closed):
        assert list(event) == shapes.without(shapes.ORDER_SUMMARY, *({"clientData"} - set(event)))
        assert (event["eventType"], event["eventGroup"]) == ("tasks.TaskUpdated", "task")
        assert event["humanId"] == user["humanId"]
        assert event["eventPayload"]["taskId"]
    assert opened["eventPayload"]["taskId"] == closed["eventPayload"]["taskId"]
    assert opened["eventPayload"] != closed["eventPayload"]


def test_test_events_go_to_one_endpoint(customer):
    one, other = Listener(), Listener()
    ids = []
    for listener in (one, other):
        made = customer.post("/api/v1/webhooks", {"url": listener.url}).json()
        listener.secret = made["secret"]
        ids.append(made["id"])
    sent = customer.post(f"/api/v1/webhooks/{ids[0]}/test", {})
    assert sent.status_code == 202
    one.wait_for(bool, "the test event")
    event = one.deliveries()[0].event
    assert list(event) == ["timestamp", "eventId", "eventType", "eventGroup", "clientId"]
    assert (event["eventType"], event["eventGroup"], event["clientId"]) == ("webhooks.Test", "test", customer.client_id)
    assert event["eventId"] == sent.json()["eventId"]
    assert other.deliveries() == [] and customer.listener.deliveries() == []
    assert_plain(customer.post("/api/v1/webhooks/unknown/test", {}), 404, "Not Found")
    one.close()
    other.close()
