"""What providers and vendors want of the customer on the way: fees and answers (contract 6.1)."""
import re

import pytest

from support.answers import assert_invalid, assert_plain
from support.customer import files_below
from support.orders import new_order
from support.page import open_page
from support.tasks import PATH, only_task, pend, resolve, resolved, tasks

PROVIDER = {"organizationName": "Hill Street Practice"}
COPIED = "6d"  # the vendor needs no longer
ASK_NEW, ASK_NOBODY = "Ask the new facility", "Ask nobody"
YEARS = "From 2012 to 2015, knee surgery Qwertzan included"
IN_TASK = ["taskId", "orderId", "humanId", "clientUserId", "taskType", "taskState", "assignee", "channel", "askedBy"]


def paper_order(last_name: str, **changes) -> dict:
    return new_order(last_name, **{"orderType": "aps-only", "clientUserEmail": None, "providers": [PROVIDER],
                                   **changes})


def statuses_in(deliveries, order: dict) -> list[str]:
    return [d.status for d in deliveries
            if d.client_user_id == order["clientUserId"] and d.event.get("topic") == "order"]


def statuses(customer, order: dict) -> list[str]:
    return statuses_in(customer.listener.deliveries(), order)


def end_of(customer, order: dict) -> dict:
    return customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]


def paper_state(customer, task: dict) -> str:
    (channel,) = customer.get(f"/api/v1/orders/{task['orderId']}").json()["channels"]
    return channel["state"]


def next_question(customer, order: dict, task: dict) -> dict:
    """The task that follows an answered one."""
    resolved(customer, task, {"answer": ASK_NEW})
    customer.listener.wait_for(lambda deliveries: statuses_in(deliveries, order).count("Pended") == 2,
                               "the second question")
    return only_task(customer, order)


# ── a fee ──


def test_a_fee(customer):
    order = paper_order("ExtraFee")
    task = pend(customer, order)
    assert list(task) == [*IN_TASK, "fee", "openedAt", "dueAt"]
    assert task == {**task, "taskType": "extra_fee", "taskState": "Open", "assignee": "customer",
                    "channel": "offline", "fee": {"amountMinor": 4500, "currency": "USD"}}
    assert task["askedBy"] and customer.get(f"{PATH}/{task['taskId']}").json() == task


def test_an_approved_fee_brings_the_records(customer):
    order = paper_order("ExtraFee")
    task = pend(customer, order)
    seen = resolved(customer, task, {"decision": "approve"})
    assert seen == {**task, "taskState": "Resolved", "closedAt": seen["closedAt"],
                    "fee": {"amountMinor": 4500, "currency": "USD", "approved": True}}
    customer.advance_clock(COPIED)
    assert end_of(customer, order)["reportsAvailable"] is True
    assert statuses(customer, order) == ["In Progress", "Pended", "In Progress", "Completed"]
    assert [one["taskId"] for one in tasks(customer, clientUserId=order["clientUserId"], state="all")] == [
        task["taskId"]]


def test_a_declined_fee_ends_the_channel(customer):
    order = paper_order("ExtraFee")
    task = pend(customer, order)
    assert resolved(customer, task, {"decision": "decline"})["fee"]["approved"] is False
    payload = end_of(customer, order)
    assert (payload["reportsAvailable"], payload["timedOut"]) == (False, False)
    assert paper_state(customer, task) == "skipped"
    assert statuses(customer, order) == ["In Progress", "Pended", "In Progress", "Completed"]


@pytest.mark.parametrize("last_name", ["ExtraFee", "Question"])
def test_what_is_left_alone_expires(customer, last_name):
    order = paper_order(last_name)
    task = pend(customer, order)
    customer.advance_clock("10d")
    seen = only_task(customer, order, "expired")
    assert seen == {**task, "taskState": "Expired", "closedAt": seen["closedAt"]}
    assert seen["closedAt"] >= task["dueAt"]
    assert_plain(resolve(customer, task, {"decision": "decline"}), 409, "Conflict", "The task is closed")
    payload = end_of(customer, order)
    assert (payload["reportsAvailable"], payload["timedOut"]) == (False, False)
    assert paper_state(customer, task) == "skipped"
    assert statuses(customer, order) == ["In Progress", "Pended", "In Progress", "Completed"]


# ── questions ──


def test_a_question(customer):
    task = pend(customer, paper_order("Question"))
    assert list(task) == [*IN_TASK, "question", "openedAt", "dueAt"]
    assert task == {**task, "taskType": "provider_question", "taskState": "Open", "assignee": "customer",
                    "channel": "offline", "askedBy": "Lantern Copy Service"}
    assert list(task["question"]) == ["text", "choices"]
    assert "has moved" in task["question"]["text"] and task["question"]["choices"] == [ASK_NEW, ASK_NOBODY]


def test_answered_questions_bring_the_records(customer):
    order = paper_order("Question")
    first = pend(customer, order)
    second = next_question(customer, order, first)
    assert second["taskId"] != first["taskId"] and list(second["question"]) == ["text"]
    seen = resolved(customer, second, {"answer": YEARS})
    assert seen["taskState"] == "Resolved" and seen["question"] == {**second["question"], "answer": YEARS}
    assert customer.get(f"{PATH}/{first['taskId']}").json()["question"]["answer"] == ASK_NEW
    customer.advance_clock(COPIED)
    assert end_of(customer, order)["reportsAvailable"] is True
    assert statuses(customer, order) == ["In Progress", "Pended", "In Progress", "Pended", "In Progress", "Completed"]
    assert len(tasks(customer, clientUserId=order["clientUserId"], state="all")) == 2


def test_an_answer_may_be_that_nobody_is_to_be_asked(customer):
    order = paper_order("Question")
    task = pend(customer, order)
    resolved(customer, task, {"answer": ASK_NOBODY})
    assert end_of(customer, order)["reportsAvailable"] is False
    assert paper_state(customer, task) == "noRecords"


def test_a_declined_question_ends_the_channel(customer):
    order = paper_order("Question")
    task = pend(customer, order)
    seen = resolved(customer, task, {"decision": "decline"})
    assert seen["taskState"] == "Resolved" and "answer" not in seen["question"]
    assert end_of(customer, order)["reportsAvailable"] is False
    assert paper_state(customer, task) == "skipped"


def test_questions_and_answers_are_sealed_and_in_no_notification(make_server, make_customer):
    server = make_server()
    customer = make_customer(server)
    customer.configure("task_notifications=envelope", "vendor_notes=true")
    order = paper_order("Question")
    task = next_question(customer, order, pend(customer, order))
    resolved(customer, task, {"answer": YEARS})
    assert resolve(customer, task, {"answer": YEARS}).status_code == 409
    customer.advance_clock(COPIED)
    end_of(customer, order)
    text = task["question"]["text"]
    for path in [*files_below(server.data), server.log]:
        held = path.read_bytes()
        assert b"Qwertzan" not in held and text.encode() not in held, path.name
    for delivery in customer.listener.deliveries():
        assert "Qwertzan" not in str(delivery.event) and text not in str(delivery.event)


# ── what is refused ──


@pytest.mark.parametrize("last_name, body, message, keys", [
    ("ExtraFee", {}, '"decision" is required', ["decision"]),
    ("ExtraFee", {"decision": "release"}, '"decision" must be one of [approve, decline]', ["decision"]),
    ("ExtraFee", {"approved": True}, None, ["decision", "approved"]),
    ("ExtraFee", {"decision": "approve", "answer": "x"}, '"answer" is not allowed', ["answer"]),
    ("Question", {}, '"answer" is required', ["answer"]),
    ("Question", {"answer": ""}, '"answer" is not allowed to be empty', ["answer"]),
    ("Question", {"answer": ["x"]}, '"answer" must be a string', ["answer"]),
    ("Question", {"answer": "x" * 1001},
     '"answer" length must be less than or equal to 1000 characters long', ["answer"]),
    ("Question", {"answer": "Perhaps"}, '"answer" must be one of the question\'s choices', ["answer"]),
    ("Question", {"decision": "approve"}, '"decision" must be one of [decline]', ["decision"]),
    ("Question", {"decision": "decline", "answer": ASK_NEW},
     '"decision" is not allowed together with other members', ["decision"]),
])
def test_answers_that_are_none(customer, last_name, body, message, keys):
    order = paper_order(last_name)
    task = pend(customer, order)
    answer = resolve(customer, task, body)
    if message is None:
        assert (answer.status_code, answer.json()["validation"]["keys"]) == (400, keys)
    else:
        assert_invalid(answer, message, keys)
    assert only_task(customer, order) == task


def test_a_decided_fee_is_decided(customer):
    task = pend(customer, paper_order("ExtraFee"))
    resolved(customer, task, {"decision": "approve"})
    for body in ({"decision": "approve"}, {"decision": "decline"}):
        assert_plain(resolve(customer, task, body), 409, "Conflict", "The task is closed")


def test_the_same_approval_again_has_the_same_answer(customer):
    task = pend(customer, paper_order("ExtraFee"))
    headers = {"Idempotency-Key": "approve-once"}
    first = resolve(customer, task, {"decision": "approve"}, headers=headers)
    again = resolve(customer, task, {"decision": "approve"}, headers=headers)
    assert (first.status_code, again.status_code, again.content) == (202, 202, first.content)


@pytest.mark.parametrize("last_name, body", [("ExtraFee", {"decision": "approve"}), ("Question", {"answer": ASK_NEW})])
def test_other_applications_find_nothing(customer, server, make_customer, last_name, body):
    order = paper_order(last_name)
    task = pend(customer, order)
    stranger = make_customer(server, listens=False)
    assert_plain(stranger.get(f"{PATH}/{task['taskId']}"), 404, "Not Found")
    assert_plain(resolve(stranger, task, body), 404, "Not Found")
    assert tasks(stranger, state="all") == []
    assert only_task(customer, order) == task


# ── who hears of it ──


@pytest.mark.parametrize("family", ["flat", "envelope"])
@pytest.mark.parametrize("last_name, kind", [("ExtraFee", "extra_fee"), ("Question", "provider_question")])
def test_told_in_both_forms(customer, family, last_name, kind):
    customer.configure(f"task_notifications={family}")
    order = paper_order(last_name)
    task = pend(customer, order)
    resolved(customer, task, {"decision": "decline"})
    end_of(customer, order)
    events = [d.event for d in customer.listener.deliveries(order["clientUserId"])]
    if family == "flat":
        told = [event for event in events if event.get("topic") == "task"]
        assert [event["value"] for event in told] == ["Open", "Resolved"]
    else:
        told = [event["eventPayload"] for event in events if event.get("eventGroup") == "task"]
        assert [event["taskState"] for event in told] == ["Open", "Resolved"]
        assert {event["channel"] for event in told} == {"offline"}
    for event in told:
        assert (event["taskId"], event["taskType"], event["assignee"]) == (task["taskId"], kind, "customer")


def test_the_timeline_tells_who_decided(customer):
    order = paper_order("ExtraFee")
    task = pend(customer, order)
    resolved(customer, task, {"decision": "approve"})
    entries = customer.get(f"/api/v1/orders/{task['orderId']}/timeline").json()["entries"]
    assert [(e["actor"], e["action"]) for e in entries if e.get("subject") == task["taskId"]] == [
        ("worker", "task.opened"), ("api", "task.answered"), ("api", "task.resolved")]


@pytest.mark.parametrize("last_name", ["ExtraFee", "Question"])
def test_the_applicant_sees_nothing_of_it(customer, last_name):
    order = paper_order(last_name)
    task = pend(customer, order)
    link = customer.post("/api/v1/resources/consumer-link", {"humanId": task["humanId"]}).json()["consumerLink"]
    page = open_page(link)
    assert page.status == 200
    assert task["taskId"] not in page.text and not re.search(r"fee|Lantern|moved|4500", page.text)


def test_paper_is_asked_late_and_then_asks(customer):
    """With no-contact the vendor's turn comes after seven days, and what it wants is asked then."""
    order = paper_order("ExtraFee", orderType="no-contact")
    customer.place(order)
    customer.advance_clock("8d")
    task = only_task(customer, order)
    assert task["taskType"] == "extra_fee"
    resolved(customer, task, {"decision": "approve"})
    customer.advance_clock(COPIED)
    assert end_of(customer, order)["reportsAvailable"] is True
