"""Bad answers to tasks, lists of tasks, and whose they are (contract 15)."""
import pytest
import requests

from support.answers import assert_invalid, assert_no_token, assert_plain, assert_unknown, same_but_for_ids
from support.orders import AUTHORIZATION, new_order
from support.tasks import PATH, network_order, pend, resolve, resolved, tasks, twin_order, write_twin

BAD_VALUE = "Zq7Xbad"


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    return make_server("--sandbox-records", write_twin(tmp_path_factory.mktemp("records")))


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
    for method, path, allowed in (("POST", PATH, {"GET"}), ("DELETE", one, {"GET"}),
                                  ("GET", one + "/resolve", {"POST"})):
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


@pytest.mark.parametrize("query", [
    "state=", "state=Open", "state=closed", "limit=0", "limit=501", "limit=-1", "limit=x", "limit=", "cursor=",
    "cursor=1", "cursor=%20", "cursor=LTE", "cursor=eA", "cursor=AA", "cursor=MDE", "cursor=MQ==",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "humanId=", "clientUserId=", "orderId=", "humanId=a&clientUserId=b",
    "humanId=a&orderId=b", "clientUserId=a&orderId=b"])
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
