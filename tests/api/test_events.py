"""The event log: followed, and delivered again (contract 15)."""
import pytest
import requests

from support.listener import Listener
from support.orders import new_order

EVENTS = "/api/v1/events"
REPLAY = EVENTS + "/replay"
WIDE = {"since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}


def finished_order(customer, **changes) -> str:
    """Four events: status and summary of In Progress and of Completed. The orderId."""
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None, **changes)
    customer.place(order)
    return customer.listener.wait_for_summary(order["clientUserId"], "completed")["orderId"]


def listed(customer, **query) -> list[dict]:
    answer = customer.get(EVENTS, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["events"]


def redeliver(customer, event_id: str, body=None) -> requests.Response:
    return customer.call("POST", f"{EVENTS}/{event_id}/redeliver", json=body)


@pytest.fixture
def second(customer):
    """Another endpoint of the customer, which wants to hear of tasks alone."""
    listener = Listener()
    customer.add_webhook(listener, "--events", "task")
    yield listener
    listener.close()


def webhook_ids(customer) -> list[str]:
    return [hook["id"] for hook in customer.get("/api/v1/webhooks").json()]


@pytest.fixture(scope="module")
def client(server, make_customer):
    """One application for calls that must leave nothing behind."""
    return make_customer(server, listens=False)


def test_the_log_is_followed_from_the_oldest_on(customer):
    order_id = finished_order(customer, clientData={"rate": 0.5, "note": "\u00e4\"\\"})
    seen, cursor, bodies = [], None, ""
    while True:
        page = customer.get(EVENTS, params={"limit": 1, **({"cursor": cursor} if cursor else {})})
        if not page.json()["events"]:
            assert page.json() == {"events": []}
            break
        assert list(page.json()) == ["events", "nextCursor"]
        seen += page.json()["events"]
        bodies += page.text
        cursor = page.json()["nextCursor"]
    deliveries = customer.listener.deliveries()
    assert [event["eventId"] for event in seen] == [d.webhook_id for d in deliveries]
    assert [event["kind"] for event in seen] == ["order.status", "order.summary"] * 2
    assert all(list(event) == ["eventId", "kind", "orderId", "createdAt", "body"] for event in seen)
    assert {event["orderId"] for event in seen} == {order_id}
    for delivery in deliveries:
        assert '"body":' + delivery.body.decode() in bodies
    # What comes later is found from where the log ended.
    finished_order(customer)
    assert len(listed(customer, cursor=cursor)) == 4
    assert len(listed(customer)) == 8


def test_filters(customer):
    first = finished_order(customer)
    customer.advance_clock("1d")
    other = finished_order(customer)
    everything = listed(customer)
    assert [event["orderId"] for event in everything] == [first] * 4 + [other] * 4
    assert listed(customer, orderId=first) == everything[:4]
    assert listed(customer, orderId=other, kind="order.status") == [everything[4], everything[6]]
    assert listed(customer, kind="webhook.test") == []
    assert listed(customer, orderId="nobody") == []
    middle = everything[4]["createdAt"]
    assert listed(customer, until=middle) == everything[:4]
    assert listed(customer, since=middle) == everything[4:]
    assert listed(customer, since=middle, until=middle) == []


@pytest.mark.parametrize("query", [
    {"limit": "0"}, {"limit": "501"}, {"limit": "-1"}, {"cursor": "77"}, {"cursor": ""}, {"kind": "lunch"},
    {"kind": ""}, {"orderId": ""}, {"since": "yesterday"}, {"until": ""}, {"until": "2026-02-30"},
])
def test_bad_queries(client, query):
    answer = client.get(EVENTS, params=query)
    assert (answer.status_code, answer.json()["message"]) == (400, "Bad Request")


def test_one_event(customer):
    finished_order(customer)
    for event in listed(customer):
        answer = customer.get(f"{EVENTS}/{event['eventId']}")
        assert (answer.status_code, answer.json()) == (200, event)


def test_foreign_events_are_unknown(customer, client):
    order_id = finished_order(customer)
    theirs = listed(customer)[0]["eventId"]
    for event_id in (theirs, "00000000-0000-4000-8000-000000000000", "x"):
        assert client.get(f"{EVENTS}/{event_id}").status_code == 404
        assert redeliver(client, event_id).status_code == 404
    assert listed(client) == [] and listed(client, orderId=order_id) == []
    dry = client.post(REPLAY, {**WIDE, "orderId": order_id})
    assert dry.json() == {"matched": 0, "deliveries": 0, "dryRun": True}
    hook = webhook_ids(customer)[0]
    own = client.post(REPLAY, {**WIDE, "webhookId": hook})
    assert own.status_code == 404


def test_every_operation_needs_a_token(server):
    for method, path in (("GET", ""), ("GET", "/x"), ("POST", "/x/redeliver"), ("POST", "/replay")):
        assert requests.request(method, server.url + EVENTS + path, json={}, timeout=30).status_code == 401


def test_delivered_again_under_the_same_id(customer):
    finished_order(customer)
    original = customer.listener.deliveries()[1]
    for times in (1, 2):
        answer = redeliver(customer, original.webhook_id)
        assert answer.status_code == 202
        assert answer.json() == {"eventId": original.webhook_id, "webhooks": webhook_ids(customer)}
        again = customer.listener.wait_for_count(4 + times)[-1]
        assert (again.webhook_id, again.body, again.genuine) == (original.webhook_id, original.body, True)
    assert len(listed(customer)) == 4
    headers = {"Idempotency-Key": "again-1"}
    url = f"{EVENTS}/{original.webhook_id}/redeliver"
    first, repeated = (customer.post(url, {}, headers=headers) for _ in range(2))
    assert first.content == repeated.content
    customer.advance_clock("1s")
    assert len(customer.listener.deliveries()) == 7


def test_delivered_again_to_the_one_that_is_named(customer, second):
    finished_order(customer)
    event_id = customer.listener.deliveries()[0].webhook_id
    main, tasks = webhook_ids(customer)
    assert redeliver(customer, event_id).json()["webhooks"] == [main]
    assert redeliver(customer, event_id, {"webhookId": tasks}).json()["webhooks"] == [tasks]
    assert [(d.webhook_id, d.genuine) for d in second.wait_for_count(1)] == [(event_id, True)]
    customer.listener.wait_for_count(5)
    customer.call("PATCH", f"/api/v1/webhooks/{tasks}", json={"enabled": False})
    assert redeliver(customer, event_id, {"webhookId": tasks}).status_code == 409
    assert redeliver(customer, event_id, {"webhookId": "nobody"}).status_code == 404


@pytest.mark.parametrize("body, keys", [
    ({"webhookId": ""}, ["webhookId"]), ({"webhookId": None}, ["webhookId"]), ({"webhookId": 7}, ["webhookId"]),
    ({"webhook": "x"}, ["webhook"]),
])
def test_bad_redeliveries(client, body, keys):
    answer = redeliver(client, "x", body)
    assert (answer.status_code, answer.json()["validation"]["keys"]) == (400, keys)


def test_replay(customer, second):
    finished_order(customer)
    customer.advance_clock("1d")
    order_id = finished_order(customer)
    before = customer.listener.deliveries()
    events = listed(customer)
    later = {"since": events[4]["createdAt"], "until": WIDE["until"]}
    for body in ({**later}, {**later, "dryRun": True}):
        dry = customer.post(REPLAY, body)
        assert (dry.status_code, dry.text) == (200, '{"matched":4,"deliveries":4,"dryRun":true}')
    answer = customer.post(REPLAY, {**later, "dryRun": False})
    assert (answer.status_code, answer.json()) == (200, {"matched": 4, "deliveries": 4, "dryRun": False})
    again = customer.listener.wait_for_count(12)[8:]
    assert [(d.webhook_id, d.body) for d in again] == [(d.webhook_id, d.body) for d in before[4:]]
    assert all(d.genuine for d in again)

    summaries = customer.post(REPLAY, {**WIDE, "kinds": ["order.summary"], "orderId": order_id,
                                       "webhookId": webhook_ids(customer)[1], "dryRun": False})
    assert summaries.json() == {"matched": 2, "deliveries": 2, "dryRun": False}
    assert [d.webhook_id for d in second.wait_for_count(2)] == [events[5]["eventId"], events[7]["eventId"]]
    customer.advance_clock("1s")
    assert (len(customer.listener.deliveries()), len(second.deliveries())) == (12, 2)


def test_a_repeated_replay_delivers_once(customer):
    finished_order(customer)
    headers = {"Idempotency-Key": "replay-1"}
    first, again = (customer.post(REPLAY, {**WIDE, "dryRun": False}, headers=headers) for _ in range(2))
    assert first.content == again.content and again.headers["idempotency-replayed"] == "true"
    customer.listener.wait_for_count(8)
    customer.advance_clock("1s")
    assert len(customer.listener.deliveries()) == 8
    dry = [customer.post(REPLAY, WIDE, headers={"Idempotency-Key": "replay-2"}) for _ in range(2)]
    assert dry[0].content == dry[1].content and dry[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("body, keys", [
    ({}, ["since", "until"]),
    ({**WIDE, "since": "yesterday"}, ["since"]),
    ({**WIDE, "since": 0}, ["since"]),
    ({"since": WIDE["until"], "until": WIDE["since"]}, ["until"]),
    ({"since": WIDE["since"], "until": WIDE["since"]}, ["until"]),
    ({**WIDE, "kinds": ["lunch"]}, ["kinds.0"]),
    ({**WIDE, "kinds": "task"}, ["kinds"]),
    ({**WIDE, "orderId": ""}, ["orderId"]),
    ({**WIDE, "webhookId": None}, ["webhookId"]),
    ({**WIDE, "dryRun": "no"}, ["dryRun"]),
    ({**WIDE, "dryrun": False}, ["dryrun"]),
    ({"dryRun": 1, "kinds": [1], "x": 1}, ["since", "until", "kinds.0", "dryRun", "x"]),
])
def test_bad_replays(client, body, keys):
    answer = client.post(REPLAY, body)
    assert (answer.status_code, answer.json()["validation"]["keys"]) == (400, keys)


def test_replay_is_no_event(client):
    answer = client.get(REPLAY)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert client.post(f"{EVENTS}/x", {}).status_code == 405
