"""Abort and resync (contract 3.4, 4.6)."""
import pytest

from support.answers import CANNOT_ABORT, assert_plain
from support.orders import new_order, quiet_order
from support.page import open_page
from support.waiting import wait_until

ACTIONS = "/api/v1/users/actions"
NO_PORTAL = "There is no live portal connection to synchronise"


@pytest.mark.parametrize("name", ["humanId", "clientUserId"])
def test_abort_is_accepted_without_a_body(client, name):
    user = client.place(quiet_order())
    answer = client.post(ACTIONS, {"action": "abort", name: user[name]})
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("body", [
    {}, {"action": "abort"}, {"humanId": "a"}, {"clientUserId": "a"}, {"action": "abort", "humanId": ""},
    {"action": "abort", "humanId": "a", "clientUserId": "a"}, {"action": "cancel", "humanId": "a"},
    {"action": "Abort", "humanId": "a"}, {"action": "", "humanId": "a"}, {"action": None, "humanId": "a"},
    {"action": ["abort"], "humanId": "a"}, {"action": "abort", "humanId": 7}, {"action": "abort", "clientUserId": None},
    {"action": "abort", "clientUserId": "a", "humanId": None},
])
def test_bad_bodies_are_the_plain_400(client, body):
    assert_plain(client.post(ACTIONS, body), 400, "Bad Request", "Bad Request")


@pytest.mark.parametrize("action", ["abort", "resync"])
@pytest.mark.parametrize("name", ["humanId", "clientUserId"])
def test_actions_on_nobody(client, action, name):
    assert_plain(client.post(ACTIONS, {"action": action, name: "unknown"}), 404, "Not Found", "Not Found")


@pytest.mark.parametrize("how", ["completed", "cancelled"])
def test_an_order_that_is_over_cannot_be_aborted(listening, how):
    order = quiet_order() if how == "cancelled" else new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    user = listening.place(order)
    if how == "cancelled":
        listening.post(ACTIONS, {"action": "abort", "humanId": user["humanId"]})
    listening.listener.wait_for_summary(order["clientUserId"], how)
    refused = listening.post(ACTIONS, {"action": "abort", "humanId": user["humanId"]})
    assert_plain(refused, 409, "Conflict", CANNOT_ABORT)


def test_abort_removes_the_subscribers(client):
    user = client.place(quiet_order())
    query = {"clientUserId": user["clientUserId"]}
    for number in range(3):
        assert client.post("/api/v1/subscriptions", {**query, "subscriberEmail": f"agent{number}@example.com",
                                                     "role": "producer"}).status_code == 201
    assert len(client.get("/api/v1/subscriptions", params=query).json()) == 3
    assert client.post(ACTIONS, {"action": "abort", **query}).status_code == 202
    assert client.get("/api/v1/subscriptions", params=query).json() == []


@pytest.mark.parametrize("state", ["pended", "in progress", "completed", "cancelled"])
def test_resync_without_a_portal_is_a_conflict(listening, state):
    made = {"pended": lambda: quiet_order(), "cancelled": lambda: quiet_order(),
            "in progress": lambda: new_order("TimesOut", orderType="ehr-only", clientUserEmail=None),
            "completed": lambda: new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)}
    order = made[state]()
    user = listening.place(order)
    if state == "cancelled":
        listening.post(ACTIONS, {"action": "abort", "humanId": user["humanId"]})
    listening.listener.wait_for_summary(order["clientUserId"], state)
    assert_plain(listening.post(ACTIONS, {"action": "resync", "humanId": user["humanId"]}), 409, "Conflict", NO_PORTAL)


def test_resync_asks_a_connected_portal_again(listening):
    """The networks' part still waits for an authorization, so the order is open when the portal is connected."""
    order = new_order(orderType="complete", attachments=None)
    link = listening.place(order)["consumerLink"]
    listening.listener.wait_for_summary(order["clientUserId"], "pended")
    page = open_page(link)
    task = next(one for one in (page.follow(to) for to in page.links if "/tasks/" in to)
                if any("/portals" in form.action for form in one.forms))
    found = task.submit("/portals", q="")
    consent = found.submit("/consent", portal=found.form("/consent").buttons[0][1])
    assert consent.submit("/connect", answer="approve").status in (302, 303)

    def resync():
        """Refused as long as the portal's first answer is on its way."""
        answer = listening.post(ACTIONS, {"action": "resync", "clientUserId": order["clientUserId"]})
        assert answer.status_code == 202 or (answer.status_code == 409 and answer.json()["message"] == NO_PORTAL)
        return answer if answer.status_code == 202 else None

    assert wait_until(resync, "the portal has answered").content == b""
