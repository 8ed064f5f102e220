"""What orders wait for, and the customer's answers (contract 6.1 and 15)."""
import concurrent.futures
import re

import pytest
import requests

from support.answers import assert_invalid, assert_no_token, assert_plain, assert_unknown, same_but_for_ids
from support.orders import AUTHORIZATION, new_order
from support.records import ADDRESS, bundle, write_record

PATH = "/api/v1/tasks"
TWIN_BORN = "1971-05-04"
BAD_VALUE = "Zq7Xbad"
# Answered by a customer in this order, one a call.
PERSON = [({"firstName": "Jane"}, ["firstName"]), ({"lastName": "Doe"}, ["lastName"]), ({"phone": "(555) 213-5555"}, []),
          ({"dateOfBirth": "2/13/1968"}, ["dateOfBirth"]), ({"gender": "female"}, ["gender"]),
          ({"address": ADDRESS}, ["address"]), ({"attachments": [AUTHORIZATION]}, ["attachments"])]
NOTHING_KNOWN = {name: None for name in ("firstName", "lastName", "gender", "dateOfBirth", "address", "attachments")}


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    """Its network knows a twin of Jane's: a record that a program cannot tell from hers."""
    records = tmp_path_factory.mktemp("records")
    write_record(records, "Twin Clinic", bundle("Jill", "Twin", TWIN_BORN, "Gout"))
    return make_server("--sandbox-records", str(records))


def network_order(last_name: str = "Doe", **changes) -> dict:
    return new_order(last_name, **{"orderType": "ehr-only", "clientUserEmail": None, **changes})


def twin_order() -> dict:
    return network_order("Twin", dateOfBirth=TWIN_BORN)


def tasks(customer, **query) -> list[dict]:
    answer = customer.get(PATH, params=query)
    assert answer.status_code == 200
    return answer.json()["tasks"]


def only_task(customer, order: dict, state: str = "open") -> dict:
    (task,) = tasks(customer, clientUserId=order["clientUserId"], state=state)
    return task


def pend(customer, order: dict) -> dict:
    """Places an order that waits for one task; the task."""
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    return only_task(customer, order)


def resolve(customer, task: dict, body, **arguments):
    return customer.post(f"{PATH}/{task['taskId']}/resolve", body, **arguments)


def resolved(customer, task: dict, body) -> dict:
    answer = resolve(customer, task, body)
    assert answer.status_code == 202, answer.status_code
    assert customer.get(f"{PATH}/{task['taskId']}").json() == answer.json()
    return answer.json()


def end_of(customer, order: dict) -> dict:
    return customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]


def assert_closed(answer) -> None:
    assert_plain(answer, 409, "Conflict", "The task is closed")


def order_of(customer, task: dict) -> dict:
    return customer.get(f"/api/v1/orders/{task['orderId']}").json()


# ── how a task looks ──


def test_a_task(customer):
    order = network_order(gender=None)
    user = customer.place(order)
    summary = customer.listener.wait_for_summary(order["clientUserId"], "pended")
    task = only_task(customer, order)
    assert list(task) == ["taskId", "orderId", "humanId", "clientUserId", "taskType", "taskState", "assignee", "channel",
                          "missingFields", "openedAt", "dueAt"]
    assert task == {**task, "orderId": summary["orderId"], "humanId": user["humanId"],
                    "clientUserId": order["clientUserId"], "taskType": "missing_information", "taskState": "Open",
                    "assignee": "customer", "channel": "ehr", "missingFields": ["gender"]}
    for name in ("openedAt", "dueAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", task[name])
    assert task["openedAt"] < task["dueAt"]
    assert customer.get(f"{PATH}/{task['taskId']}").json() == task


@pytest.mark.parametrize("order_type, last_name, kind, assignee, channel, extra", [
    ("healthcheck", "Pended", "special_authorization", "applicant", "ehr", {"askedBy": "Starfleet Medical"}),
    ("healthcheck", "NoRecords", "connect_portal", "applicant", "portal", {}),
])
def test_tasks_of_the_applicant(customer, order_type, last_name, kind, assignee, channel, extra):
    task = pend(customer, new_order(last_name, orderType=order_type))
    assert task == {**task, "taskType": kind, "assignee": assignee, "channel": channel, **extra}
    assert "missingFields" not in task and "records" not in task and ("askedBy" in task) == bool(extra)


def test_the_offline_channel_by_its_wire_name(customer):
    order = network_order(orderType="aps-only", providers=None)
    assert pend(customer, order) ["channel"] == "offline"


def test_a_review_shows_the_decision_and_nothing_of_the_record(customer):
    task = pend(customer, twin_order())
    assert task == {**task, "taskType": "identity_review", "assignee": "customer", "channel": "ehr"}
    (record,) = task["records"]
    assert list(record) == ["recordId", "channel", "providerName", "retrievedAt", "decision"]
    assert (record["channel"], record["providerName"]) == ("ehr", "Twin Clinic")
    (person,) = record["decision"]["persons"]
    assert person["verdict"] == "quarantine" and person["score"] >= 50
    assert "dateOfBirth" in person["matched"] or person["matched"]
    answer = customer.get(f"{PATH}/{task['taskId']}")
    for value in ("Jill", "Gout", "Hill Street", TWIN_BORN, "83712"):
        assert value not in answer.text


# ── missing information ──


def test_missing_information_one_field_at_a_time(customer):
    order = network_order(**NOTHING_KNOWN)
    task = pend(customer, order)
    missing = ["firstName", "lastName", "dateOfBirth", "gender", "address", "attachments"]
    assert task["missingFields"] == missing
    for body, brought in PERSON:
        missing = [name for name in missing if name not in brought]
        seen = resolved(customer, task, body)
        assert seen["missingFields"] == missing
        assert seen["taskState"] == ("Open" if missing else "Resolved")
        assert ("closedAt" in seen) == (not missing)
    payload = end_of(customer, order)
    assert payload["reportsAvailable"] is True
    user = customer.get(f"/api/v1/users/{task['humanId']}").json()
    assert (user["firstName"], user["lastName"], user["dateOfBirth"]) == ("Jane", "Doe", "1968-02-13T00:00:00.000Z")


def test_missing_information_all_at_once(customer):
    order = network_order(**NOTHING_KNOWN)
    task = pend(customer, order)
    body = {name: value for part, _ in PERSON for name, value in part.items()}
    seen = resolved(customer, task, {**body, "providers": [{"name": "Dr. Example"}]})
    assert (seen["taskState"], seen["missingFields"]) == ("Resolved", [])
    assert end_of(customer, order)["reportsAvailable"] is True
    assert order_of(customer, task)["tasks"] == [seen]


def test_the_authorization_given_counts_in_the_report(customer):
    order = network_order(attachments=None)
    task = pend(customer, order)
    assert task["missingFields"] == ["attachments"]
    # Something else than an authorization is kept, but does not do.
    other = resolved(customer, task, {"attachments": [{**AUTHORIZATION, "type": "other"}]})
    assert (other["taskState"], other["missingFields"]) == ("Open", ["attachments"])
    resolved(customer, task, {"attachments": [AUTHORIZATION, AUTHORIZATION]})
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    healthcheck = customer.report(summary, "healthcheck", "json").json()
    assert "none on file" not in healthcheck["order"]["authorization"]


def test_half_an_address_is_not_enough(customer):
    order = network_order(address=None)
    task = pend(customer, order)
    assert resolved(customer, task, {"address": {"city": "Boise", "state": "ID"}})["missingFields"] == ["address"]
    assert resolved(customer, task, {"address": {"street1": "12 Hill Street", "zip": 3712}})["taskState"] == "Resolved"


def test_what_is_given_early_is_not_asked_for_later(customer):
    """A provider is needed by the vendor after seven days alone; here it comes with another answer."""
    order = network_order("NoRecords", orderType="no-contact", gender=None)
    task = pend(customer, order)
    resolved(customer, task, {"gender": "female", "providers": [{"organizationName": "Hill Street Practice"}]})
    customer.advance_clock("20d")
    assert len(tasks(customer, clientUserId=order["clientUserId"], state="all")) == 1
    assert end_of(customer, order)["timedOut"] is False


def test_providers_have_one_limit_however_they_come(customer):
    order = network_order(gender=None, providers=[{"name": f"Dr. {i}"} for i in range(50)])
    task = pend(customer, order)
    answer = resolve(customer, task, {"providers": [{"name": "Dr. Too Many"}]})
    assert_invalid(answer, '"providers" must not bring the order to more than 50 items', ["providers"])
    assert only_task(customer, order) == task


def test_two_halves_of_a_name_at_once(customer):
    """None of two calls at the same moment overlooks what the other one brings."""
    orders = [network_order("NoRecords", firstName=None, lastName=None) for _ in range(6)]
    found = [pend(customer, order) for order in orders]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        calls = [pool.submit(resolve, customer, task, body) for task in found
                 for body in ({"firstName": "Jane"}, {"lastName": "NoRecords"})]
    assert [call.result().status_code for call in calls] == [202] * 12
    for order in orders:
        assert end_of(customer, order)["timedOut"] is False


def test_missing_information_declined(customer):
    order = network_order(gender=None)
    task = pend(customer, order)
    seen = resolved(customer, task, {"decision": "decline"})
    assert (seen["taskState"], seen["missingFields"]) == ("Resolved", ["gender"])
    payload = end_of(customer, order)
    assert payload["reportsAvailable"] is False
    assert [c["state"] for c in order_of(customer, task)["channels"]] == ["skipped"]


# ── a provider's own form ──


def test_special_authorization_signed(customer):
    order = network_order("Pended")
    task = pend(customer, order)
    seen = resolved(customer, task, {"attachments": [AUTHORIZATION]})
    assert (seen["taskState"], seen["askedBy"]) == ("Resolved", "Starfleet Medical")
    assert end_of(customer, order)["reportsAvailable"] is True


def test_special_authorization_declined(customer):
    order = network_order("Pended")
    task = pend(customer, order)
    assert resolved(customer, task, {"decision": "decline"})["taskState"] == "Resolved"
    assert end_of(customer, order)["reportsAvailable"] is False


# ── whose record is it ──


def test_a_released_record_is_reported(customer):
    order = twin_order()
    task = pend(customer, order)
    seen = resolved(customer, task, {"decision": "release"})
    assert seen["taskState"] == "Resolved"
    assert seen["records"][0]["decision"]["released"] is True
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is True
    assert "Gout" in customer.report(summary, "apidata", "json").text
    assert [p["name"] for p in customer.get("/api/v1/users/providers",
                                            params={"clientUserId": order["clientUserId"]}).json()] == ["Twin Clinic"]


def test_a_rejected_record_is_gone(customer):
    order = twin_order()
    task = pend(customer, order)
    found = task["records"][0]["decision"]["persons"]
    seen = resolved(customer, task, {"decision": "reject"})
    decision = seen["records"][0]["decision"]
    assert decision["released"] is False and "not the applicant" in decision["reason"]
    assert decision["persons"] == found
    payload = end_of(customer, order)
    assert payload["reportsAvailable"] is False and payload["dataAvailable"] is False


def test_a_review_declined_leaves_the_record_out(customer):
    order = twin_order()
    task = pend(customer, order)
    seen = resolved(customer, task, {"decision": "decline"})
    assert seen["records"] == task["records"]
    assert end_of(customer, order)["reportsAvailable"] is False


def test_who_decided_stands_in_the_timeline(customer):
    task = pend(customer, twin_order())
    resolved(customer, task, {"decision": "release"})
    entries = customer.get(f"/api/v1/orders/{task['orderId']}/timeline").json()["entries"]
    told = [(e["actor"], e["action"]) for e in entries
            if e.get("subject") in (task["taskId"], task["records"][0]["recordId"])]
    assert told == [("worker", "record.quarantined"), ("worker", "task.opened"), ("reviewer", "record.released"),
                    ("reviewer", "task.answered"), ("reviewer", "task.resolved")]


# ── a portal is the applicant's own ──


@pytest.mark.parametrize("body", [{}, {"decision": "release"}, {"firstName": "Jane"},
                                  {"attachments": [AUTHORIZATION]}])
def test_a_portal_is_not_the_customers_to_connect(customer, body):
    order = new_order("NoRecords")
    task = pend(customer, order)
    assert_plain(resolve(customer, task, body), 409, "Conflict", "Only the applicant can connect a portal")
    assert only_task(customer, order) == task


def test_a_portal_declined(customer):
    order = new_order("NoRecords")
    task = pend(customer, order)
    assert resolved(customer, task, {"decision": "decline"})["taskState"] == "Resolved"
    assert end_of(customer, order)["reportsAvailable"] is False


# ── closed is closed ──


def test_a_resolved_task_is_closed(customer):
    order = network_order("Pended")
    task = pend(customer, order)
    resolved(customer, task, {"attachments": [AUTHORIZATION]})
    assert_closed(resolve(customer, task, {"attachments": [AUTHORIZATION]}))
    assert_closed(resolve(customer, task, {"decision": "decline"}))


def test_an_expired_task_is_closed(customer):
    order = network_order(gender=None)
    task = pend(customer, order)
    customer.advance_clock("10d")
    assert only_task(customer, order, "expired")["taskState"] == "Expired"
    assert_closed(resolve(customer, task, {"gender": "female"}))


def test_a_withdrawn_task_is_closed(customer):
    order = new_order("NoRecords")
    task = pend(customer, order)
    customer.post("/api/v1/users/actions", {"action": "abort", "clientUserId": order["clientUserId"]})
    assert only_task(customer, order, "withdrawn")["taskState"] == "Withdrawn"
    assert_closed(resolve(customer, task, {"decision": "decline"}))
    assert_closed(resolve(customer, task, {}))


def test_many_answers_at_once_count_once(customer):
    task = pend(customer, network_order("Pended"))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: resolve(customer, task, {"attachments": [AUTHORIZATION]}), range(8)))
    assert sorted(a.status_code for a in answers) == [202] + [409] * 7


# ── the same call again ──


def test_idempotent_resolve(customer):
    order = network_order(gender=None, address=None)
    task = pend(customer, order)
    headers = {"Idempotency-Key": "resolve-once"}
    first = resolve(customer, task, {"gender": "female"}, headers=headers)
    assert (first.status_code, first.json()["taskState"]) == (202, "Open")
    resolved(customer, task, {"address": ADDRESS})
    again = resolve(customer, task, {"gender": "female"}, headers=headers)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert resolve(customer, task, {"gender": "male"}, headers=headers).status_code == 422
    assert_closed(resolve(customer, task, {"gender": "female"}))


def test_a_refused_answer_does_not_use_up_its_key(customer):
    task = pend(customer, network_order(gender=None))
    headers = {"Idempotency-Key": "resolve-later"}
    assert resolve(customer, task, {"gender": BAD_VALUE}, headers=headers).status_code == 400
    assert resolve(customer, task, {"gender": "female"}, headers=headers).status_code == 202


# ── bad answers ──

MANY = "decision, firstName, lastName, gender, dateOfBirth, phone, address, providers, attachments"
BAD_INFORMATION = [
    ({}, "value", f"must contain at least one of [{MANY}]", []),
    ({"decision": "release"}, "decision", "must be one of [decline]", None),
    ({"decision": BAD_VALUE}, "decision", "must be one of [decline]", None),
    ({"decision": ""}, "decision", "is not allowed to be empty", None),
    ({"decision": 1}, "decision", "must be a string", None),
    ({"decision": "decline", "gender": "female"}, "decision", "is not allowed together with other members", None),
    ({"firstName": ""}, "firstName", "is not allowed to be empty", None),
    ({"lastName": 7}, "lastName", "must be a string", None),
    ({"gender": BAD_VALUE}, "gender", "must be one of [male, female, other]", None),
    ({"dateOfBirth": BAD_VALUE}, "dateOfBirth", "must be a valid date", None),
    ({"dateOfBirth": "2968-02-13"}, "dateOfBirth", "must be a valid date", None),
    ({"phone": BAD_VALUE}, "phone", "fails to match the required pattern", None),
    ({"address": []}, "address", "must be an object", None),
    ({"address": {"zip": []}}, "address.zip", "must be a string", None),
    ({"address": {"street1": ""}}, "address.street1", "is not allowed to be empty", None),
    ({"address": {BAD_VALUE: 1}}, f"address.{BAD_VALUE}", "is not allowed", None),
    ({"providers": [{}]}, "providers.0", "must contain at least one of [name, organizationName]", None),
    ({"providers": [{"name": "A", "phone": "1"}]}, "providers.0.phone", "fails to match the required pattern", None),
    ({"providers": [{"name": "A"}] * 51}, "providers", "must contain less than or equal to 50 items", None),
    ({"attachments": [{**AUTHORIZATION, "content": "%%"}]}, "attachments.0.content", "must be a valid base64 string",
     None),
    ({"attachments": [AUTHORIZATION] * 11}, "attachments", "must contain less than or equal to 10 items", None),
    ({"ssn": "123-45-6789"}, "ssn", "is not allowed", None),
    ({"clientUserId": "another"}, "clientUserId", "is not allowed", None),
    ({"gender": None}, "gender", "must be a string", None),
]
BAD_AUTHORIZATION = [
    ({}, "attachments", "is required", None),
    ({"attachments": []}, "attachments", "must contain a hipaaAuthorization with content", None),
    ({"attachments": [{**AUTHORIZATION, "type": "other"}]}, "attachments",
     "must contain a hipaaAuthorization with content", None),
    ({"attachments": [{**AUTHORIZATION, "content": ""}]}, "attachments",
     "must contain a hipaaAuthorization with content", None),
    ({"attachments": [{**AUTHORIZATION, "contentType": "text/html"}]}, "attachments.0.contentType",
     "must be one of [application/pdf, image/tiff]", None),
    ({"attachments": [AUTHORIZATION], "gender": "female"}, "gender", "is not allowed", None),
    ({"attachments": [AUTHORIZATION], "decision": "decline"}, "decision", "is not allowed together with other members",
     None),
    ({"decision": "reject"}, "decision", "must be one of [decline]", None),
]
BAD_REVIEW = [
    ({}, "decision", "is required", None),
    ({"decision": "accept"}, "decision", "must be one of [release, reject, decline]", None),
    ({"decision": "release", "gender": "female"}, "gender", "is not allowed", None),
    ({"decision": "release", "attachments": []}, "attachments", "is not allowed", None),
]
BAD_CONNECTION = [
    ({BAD_VALUE: 1}, BAD_VALUE, "is not allowed", None),
    ({"decision": "connect"}, "decision", "must be one of [release, reject, decline]", None),
    ({"gender": BAD_VALUE}, "gender", "must be one of [male, female, other]", None),
]


@pytest.fixture(scope="module")
def waiting(server, make_customer):
    """An open task of each kind that no test of the module closes."""
    customer = make_customer(server)
    orders = {"missing_information": network_order(gender=None), "special_authorization": network_order("Pended"),
              "identity_review": twin_order(), "connect_portal": new_order("NoRecords")}
    return customer, {kind: pend(customer, order) for kind, order in orders.items()}


@pytest.mark.parametrize("kind, body, field, rule, keys", [
    (kind, *one) for kind, table in (("missing_information", BAD_INFORMATION),
                                     ("special_authorization", BAD_AUTHORIZATION), ("identity_review", BAD_REVIEW),
                                     ("connect_portal", BAD_CONNECTION)) for one in table])
def test_bad_answers(waiting, kind, body, field, rule, keys):
    customer, found = waiting
    task = found[kind]
    answer = resolve(customer, task, body)
    assert_invalid(answer, f'"{field}" {rule}', [field] if keys is None else keys)
    if BAD_VALUE not in field:
        assert BAD_VALUE not in answer.text
    assert customer.get(f"{PATH}/{task['taskId']}").json() == task


def test_all_field_errors_are_named_at_once(waiting):
    customer, found = waiting
    answer = resolve(customer, found["missing_information"],
                     {"gender": "?", "address": {"city": 1, "x": 2}, "providers": [{"name": "A", "fax": "1"}], "y": 3})
    assert answer.json()["validation"]["keys"] == ["gender", "address.city", "address.x", "providers.0.fax", "y"]


@pytest.mark.parametrize("body", [b"{", b"", b'{"gender": "female", "gender": "male"}', b"\xff", b"[]", b"null"])
def test_broken_bodies(waiting, body):
    customer, found = waiting
    answer = customer.call("POST", f"{PATH}/{found['missing_information']['taskId']}/resolve", data=body,
                           headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["validation"]["keys"]) == (400, [])


def test_wrong_media_type(waiting):
    customer, found = waiting
    answer = customer.call("POST", f"{PATH}/{found['missing_information']['taskId']}/resolve", data=b"{}",
                           headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert_plain(answer, 415, "Unsupported Media Type")


def test_other_methods(waiting):
    customer, found = waiting
    one = f"{PATH}/{found['missing_information']['taskId']}"
    for method, path, allowed in (("POST", PATH, {"GET"}), ("DELETE", one, {"GET"}), ("GET", one + "/resolve", {"POST"})):
        answer = customer.call(method, path)
        assert_plain(answer, 405, "Method Not Allowed")
        assert {m.strip() for m in answer.headers["allow"].split(",")} - {"HEAD", "OPTIONS"} == allowed


# ── lists ──


def test_lists_by_state_and_owner(server, make_customer):
    customer = make_customer(server)
    assert tasks(customer) == []
    orders = [network_order(gender=None) for _ in range(3)]
    found = [pend(customer, order) for order in orders]
    resolved(customer, found[0], {"decision": "decline"})
    ids = [task["taskId"] for task in found]

    def listed(**query) -> list[str]:
        return [task["taskId"] for task in tasks(customer, **query)]

    assert listed() == listed(state="open") == [ids[2], ids[1]]
    assert listed(state="resolved") == [ids[0]]
    assert listed(state="all") == ids[::-1]
    assert listed(state="expired") == listed(state="withdrawn") == []
    for name in ("humanId", "clientUserId", "orderId"):
        assert listed(**{name: found[1][name]}) == [ids[1]]
        assert listed(**{name: found[0][name]}) == []
        assert listed(**{name: found[0][name]}, state="all") == [ids[0]]
        assert listed(**{name: found[0][name]}, state="expired") == []


@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages(server, make_customer, size):
    customer = make_customer(server)
    found = [pend(customer, network_order(gender=None))["taskId"] for _ in range(5)]
    seen: list[str] = []
    cursor: dict = {}
    while True:
        page = customer.get(PATH, params={"limit": size, "state": "all", **cursor}).json()
        assert list(page) in (["tasks"], ["tasks", "nextCursor"])
        seen += [task["taskId"] for task in page["tasks"]]
        if "nextCursor" not in page:
            break
        assert len(page["tasks"]) == size
        if not cursor:  # what comes later is no part of the pages that follow
            pend(customer, network_order(gender=None))
        cursor = {"cursor": page["nextCursor"]}
    assert seen == found[::-1]


@pytest.mark.parametrize("query", ["state=", "state=Open", "state=closed", "limit=0", "limit=501", "limit=-1", "limit=x",
                                   "limit=", "cursor=", "cursor=1", "cursor=%20", "cursor=LTE", "cursor=eA", "cursor=AA",
                                   "cursor=MDE", "cursor=MQ==", "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "humanId=",
                                   "clientUserId=", "orderId=", "humanId=a&clientUserId=b", "humanId=a&orderId=b",
                                   "clientUserId=a&orderId=b"])
def test_bad_queries(waiting, query):
    customer, _ = waiting
    assert_plain(customer.get(f"{PATH}?{query}"), 400, "Bad Request", "Bad Request")


@pytest.mark.parametrize("name", ["humanId", "clientUserId", "orderId"])
def test_lists_of_unknown_owners(waiting, name):
    customer, _ = waiting
    assert_unknown(customer.get(PATH, params={name: "nobody"}))


# ── tenants ──


@pytest.mark.parametrize("identifier", ["0", "x" * 300, "cd3f23e0-c1a3-41ec-abe5-6bfedf51c8a8", "%27%20OR%201=1--"])
def test_unknown_ids(waiting, identifier):
    customer, _ = waiting
    assert_unknown(customer.get(f"{PATH}/{identifier}"))
    assert_unknown(customer.post(f"{PATH}/{identifier}/resolve", {"decision": "decline"}))


def test_foreign_tasks_are_unknown(server, make_customer, waiting):
    _, found = waiting
    task = found["missing_information"]
    stranger = make_customer(server, listens=False)
    tag = {"x-request-id": "one-request-id"}
    for one, other in ((task["taskId"], task["taskId"][::-1]),):
        assert_unknown(stranger.get(f"{PATH}/{one}"))
        assert same_but_for_ids(*(stranger.get(f"{PATH}/{i}", headers=tag) for i in (one, other)))
        for body in ({"gender": "female"}, {"decision": "decline"}, {}):
            answers = [stranger.post(f"{PATH}/{i}/resolve", body, headers=tag) for i in (one, other)]
            assert_unknown(answers[0])
            assert same_but_for_ids(*answers)
    for name in ("humanId", "clientUserId", "orderId"):
        assert_unknown(stranger.get(PATH, params={name: task[name]}))
    assert tasks(stranger, state="all") == []
    owner, _ = waiting
    assert owner.get(f"{PATH}/{task['taskId']}").json() == task


def test_a_token_is_needed(server):
    assert_no_token(server.url, requests, [("GET", PATH), ("GET", PATH + "/a"), ("POST", PATH + "/a/resolve")])
