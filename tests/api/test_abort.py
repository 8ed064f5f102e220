"""Aborting an order (contract 3.4)."""
import pytest

from support.answers import CANNOT_ABORT
from support.orders import new_order


def abort(customer, order: dict):
    return customer.post("/api/v1/users/actions", {"action": "abort", "clientUserId": order["clientUserId"]})


def assert_too_late(answer) -> None:
    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["error"], body["message"]) == (409, "Conflict", CANNOT_ABORT)


@pytest.fixture
def running(customer):
    """An order whose network never answers."""
    order = new_order("TimesOut", orderType="ehr-only", clientUserEmail=None)
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "in progress")
    return order


def test_abort_cancels_and_says_so_once(customer, running):
    answer = abort(customer, running)
    assert (answer.status_code, answer.content) == (202, b"")
    payload = customer.listener.wait_for_summary(running["clientUserId"], "cancelled")["eventPayload"]
    assert payload["reportsAvailable"] is False and payload["timedOut"] is False
    # Whatever was still planned would come within the order's 30 days.
    customer.advance_clock("40d")
    assert [(d.is_summary, d.status) for d in customer.listener.deliveries()] == [
        (False, "In Progress"), (True, "in progress"), (False, "Cancelled"), (True, "cancelled")]
    user = customer.get("/api/v1/users", params={"clientUserId": running["clientUserId"]}).json()[0]
    details = customer.get(f"/api/v1/users/{user['humanId']}").json()
    assert details["orders"][0]["orderStatus"] == "Cancelled"


def test_abort_twice(customer, running):
    assert abort(customer, running).status_code == 202
    assert_too_late(abort(customer, running))


def test_abort_by_human_id_of_a_pended_order(customer):
    order = new_order("Pended", orderType="ehr-only", clientUserEmail=None)
    user = customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    answer = customer.post("/api/v1/users/actions", {"action": "abort", "humanId": user["humanId"]})
    assert answer.status_code == 202
    customer.listener.wait_for_summary(order["clientUserId"], "cancelled")


def test_abort_right_after_placing(customer):
    order = new_order("TimesOut", orderType="ehr-only", clientUserEmail=None)
    customer.place(order)
    assert abort(customer, order).status_code == 202
    customer.listener.wait_for_summary(order["clientUserId"], "cancelled")


def test_abort_after_completion(customer):
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    customer.complete(order)
    assert_too_late(abort(customer, order))
    customer.advance_clock("1d")
    assert [d.status for d in customer.listener.deliveries()][-1] == "completed"


def test_a_new_order_after_an_abort(customer, running):
    assert abort(customer, running).status_code == 202
    customer.listener.wait_for_summary(running["clientUserId"], "cancelled")
    customer.place(running)
    customer.listener.wait_for(lambda all_: len([d for d in all_ if d.status == "in progress"]) == 2,
                               "the new order starts")
