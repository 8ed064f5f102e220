"""An order in detail and its timeline (contract 15)."""
import re

import pytest
import requests

from support.answers import assert_no_token, assert_plain, assert_unknown, same_but_for_ids
from support.orders import AUTHORIZATION, new_order

FIELDS = ["orderId", "humanId", "clientUserId", "orderType", "orderTypeAlias", "orderStatus", "timedOut",
          "fcraSuppressed", "reportsAvailable", "dataAvailable", "createdAt", "updatedAt", "deadlineAt", "finishedAt",
          "channels", "tasks"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def network_order(last_name: str = "Doe", **changes) -> dict:
    return new_order(last_name, orderType="ehr-only", clientUserEmail=None, **changes)


def order_id_of(customer, human_id: str) -> str:
    return customer.get(f"/api/v1/users/{human_id}").json()["orders"][0]["orderId"]


def detail(customer, order_id: str) -> dict:
    answer = customer.get(f"/api/v1/orders/{order_id}")
    assert answer.status_code == 200
    return answer.json()


def timeline(customer, order_id: str) -> list[dict]:
    answer = customer.get(f"/api/v1/orders/{order_id}/timeline")
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["orderId", "entries"] and body["orderId"] == order_id
    for entry in body["entries"]:
        assert list(entry) in (["at", "actor", "action"], ["at", "actor", "action", "subject"])
        assert TIME.fullmatch(entry["at"])
    times = [entry["at"] for entry in body["entries"]]
    assert times == sorted(times)
    return body["entries"]


def states_in(entries: list[dict]) -> list[str]:
    states = {"order.in_progress": "In Progress", "order.pended": "Pended", "order.completed": "Completed",
              "order.cancelled": "Cancelled"}
    return [states[entry["action"]] for entry in entries if entry["action"] in states]


def assert_complete(customer, shown: dict) -> list[dict]:
    """Every state that was told by webhook and every task of the order is in its timeline; its entries."""
    entries = timeline(customer, shown["orderId"])
    assert (entries[0]["action"], entries[0]["actor"]) == ("order.placed", "api")
    told = [d.status for d in customer.listener.deliveries(shown["clientUserId"]) if not d.is_summary]
    assert states_in(entries) == told
    for task in shown["tasks"]:
        of_task = [entry["action"] for entry in entries if entry.get("subject") == task["taskId"]]
        assert of_task[0] == "task.opened"
        closed = [] if task["taskState"] == "Open" else ["task." + task["taskState"].lower()]
        assert [action for action in of_task if action in ("task.resolved", "task.expired", "task.withdrawn")] == closed
    return entries


def test_completed(customer):
    order = network_order()
    summary = customer.complete(order)
    shown = detail(customer, summary["orderId"])
    assert list(shown) == FIELDS
    assert shown == {**shown, "orderId": summary["orderId"], "humanId": summary["humanId"],
                     "clientUserId": order["clientUserId"], "orderType": "ehr-only",
                     "orderTypeAlias": "EHR Only Order", "orderStatus": "Completed", "timedOut": False,
                     "fcraSuppressed": False, "reportsAvailable": True, "dataAvailable": True, "tasks": []}
    assert all(TIME.fullmatch(shown[name]) for name in ("createdAt", "updatedAt", "deadlineAt", "finishedAt"))
    assert shown["createdAt"] <= shown["finishedAt"] <= shown["updatedAt"] < shown["deadlineAt"]
    (channel,) = shown["channels"]
    assert list(channel) == ["channel", "state", "sources", "unreadable", "rejected", "askedAt", "answeredAt"]
    assert (channel["channel"], channel["state"], channel["rejected"]) == ("ehr", "records", 0)
    assert channel["sources"] > 0
    assert_complete(customer, shown)


def test_created(server, make_customer, make_server):
    """On a server without a worker nothing goes on."""
    api = make_server("--roles", "api")
    customer = make_customer(api, listens=False)
    order = new_order()
    human_id = customer.place(order)["humanId"]
    shown = detail(customer, order_id_of(customer, human_id))
    assert list(shown) == [name for name in FIELDS if name != "finishedAt"]
    assert (shown["orderStatus"], shown["tasks"]) == ("Created", [])
    assert shown["channels"] == [{"channel": name, "state": "waiting", "sources": 0, "unreadable": 0, "rejected": 0}
                                 for name in ("ehr", "portal")]
    entries = timeline(customer, shown["orderId"])
    assert [(e["actor"], e["action"], e["subject"]) for e in entries] == [("api", "order.placed", human_id)]


def test_pended_and_then_signed(customer):
    order = network_order("Pended")
    customer.place(order)
    summary = customer.listener.wait_for_summary(order["clientUserId"], "pended")
    shown = detail(customer, summary["orderId"])
    assert shown["orderStatus"] == "Pended" and "finishedAt" not in shown
    assert [channel["state"] for channel in shown["channels"]] == ["needsInput"]
    (task,) = shown["tasks"]
    assert task == customer.get(f"/api/v1/tasks/{task['taskId']}").json()
    assert_complete(customer, shown)
    customer.post(f"/api/v1/tasks/{task['taskId']}/resolve", {"attachments": [AUTHORIZATION]})
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    after = detail(customer, summary["orderId"])
    assert (after["orderStatus"], after["tasks"][0]["taskState"]) == ("Completed", "Resolved")
    entries = assert_complete(customer, after)
    answered = [(e["actor"], e["action"]) for e in entries if e.get("subject") == task["taskId"]]
    assert answered == [("worker", "task.opened"), ("api", "task.answered"), ("api", "task.resolved")]


def test_tasks_are_listed_oldest_first(customer):
    order = new_order("NoRecords", gender=None)
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    order_id = customer.listener.wait_for_summary(order["clientUserId"], "pended")["orderId"]
    first = detail(customer, order_id)["tasks"][0]
    customer.post(f"/api/v1/tasks/{first['taskId']}/resolve", {"gender": "female"})
    customer.listener.wait_for(lambda all_: len([d for d in all_ if d.is_summary and d.status == "pended"]) == 2,
                               "the portal is asked for")
    shown = detail(customer, order_id)
    assert [task["taskType"] for task in shown["tasks"]] == ["missing_information", "connect_portal"]
    assert [task["taskState"] for task in shown["tasks"]] == ["Resolved", "Open"]
    assert_complete(customer, shown)


def test_cancelled(customer):
    order = new_order("NoRecords")
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    customer.post("/api/v1/users/actions", {"action": "abort", "clientUserId": order["clientUserId"]})
    summary = customer.listener.wait_for_summary(order["clientUserId"], "cancelled")
    shown = detail(customer, summary["orderId"])
    assert (shown["orderStatus"], shown["timedOut"], shown["reportsAvailable"]) == ("Cancelled", False, False)
    assert "finishedAt" in shown
    assert [task["taskState"] for task in shown["tasks"]] == ["Withdrawn"]
    assert {channel["channel"]: channel["state"] for channel in shown["channels"]} == {"ehr": "noRecords",
                                                                                      "portal": "skipped"}
    entries = assert_complete(customer, shown)
    assert ("api", "order.aborted") in [(e["actor"], e["action"]) for e in entries]


def test_timed_out(customer):
    order = network_order("TimesOut")
    customer.place(order)
    customer.advance_clock("30d")
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    shown = detail(customer, summary["orderId"])
    assert (shown["orderStatus"], shown["timedOut"]) == ("Completed", True)
    assert shown["finishedAt"] >= shown["deadlineAt"]
    assert [channel["state"] for channel in shown["channels"]] == ["cancelled"]
    assert_complete(customer, shown)


def test_suppressed(customer):
    summary = customer.complete(network_order("Suppressed"))
    shown = detail(customer, summary["orderId"])
    assert (shown["orderStatus"], shown["fcraSuppressed"], shown["dataAvailable"]) == ("Completed", True, False)
    assert_complete(customer, shown)


def test_expired_tasks(customer):
    order = network_order(gender=None)
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    customer.advance_clock("10d")
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    shown = detail(customer, summary["orderId"])
    assert [task["taskState"] for task in shown["tasks"]] == ["Expired"]
    assert_complete(customer, shown)


def test_what_could_not_be_used_is_counted(customer):
    broken = customer.complete(network_order("BrokenDocument"))
    assert detail(customer, broken["orderId"])["channels"][0]["unreadable"] == 2
    wrong = customer.complete(network_order("WrongPerson"))
    assert detail(customer, wrong["orderId"])["channels"][0] | {"rejected": 1, "sources": 0} == \
        detail(customer, wrong["orderId"])["channels"][0]


def test_reading_a_report_stands_in_the_timeline(customer):
    summary = customer.complete(network_order())
    report = summary["eventPayload"]["reports"][0]["id"]
    assert customer.get(f"/api/v1/user/reports/{report}").status_code == 200
    last = timeline(customer, summary["orderId"])[-1]
    assert (last["actor"], last["action"], last["subject"]) == ("api", "report.read", report)


def test_neither_shows_the_applicant(customer):
    order = network_order("Pended", firstName="Perpetua", phone="4252882332", ssn="123-45-6788")
    customer.place(order)
    order_id = customer.listener.wait_for_summary(order["clientUserId"], "pended")["orderId"]
    for path in (f"/api/v1/orders/{order_id}", f"/api/v1/orders/{order_id}/timeline"):
        text = customer.get(path).text
        assert not any(value in text for value in ("Perpetua", "4252882332", "6788", "1968-02-13", "Hill Street"))


@pytest.mark.parametrize("identifier", ["0", "x" * 300, "cd3f23e0-c1a3-41ec-abe5-6bfedf51c8a8", "%27%20OR%201=1--"])
def test_unknown_ids(customer, identifier):
    assert_unknown(customer.get(f"/api/v1/orders/{identifier}"))
    assert_unknown(customer.get(f"/api/v1/orders/{identifier}/timeline"))


def test_foreign_orders_are_unknown(server, make_customer):
    owner, stranger = make_customer(server), make_customer(server, listens=False)
    order_id = owner.complete(network_order("NoRecords"))["orderId"]
    for path in ("/api/v1/orders/{}", "/api/v1/orders/{}/timeline"):
        answers = [stranger.get(path.format(one), headers={"x-request-id": "one-request-id"})
                   for one in (order_id, order_id[::-1])]
        assert_unknown(answers[0])
        assert same_but_for_ids(*answers)
        assert owner.get(path.format(order_id)).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/orders/a", "/api/v1/orders/a/timeline"])
def test_other_methods(customer, path):
    for method in ("POST", "DELETE", "PATCH"):
        answer = customer.call(method, path)
        assert_plain(answer, 405, "Method Not Allowed")
        assert {m.strip() for m in answer.headers["allow"].split(",")} - {"HEAD", "OPTIONS"} == {"GET"}
    assert_unknown(customer.get("/api/v1/orders"))


def test_a_token_is_needed(server):
    assert_no_token(server.url, requests, [("GET", "/api/v1/orders/a"), ("GET", "/api/v1/orders/a/timeline")])
