"""Subscribers of an order (contract 3.7 to 3.10)."""
import concurrent.futures
import re

import pytest
import requests

from support.answers import (assert_invalid, assert_no_token, assert_plain, assert_unknown, same_but_for_ids)
from support.orders import new_order

PATH = "/api/v1/subscriptions"
FIELDS = ["subscriberFirstName", "subscriberLastName", "subscriberOffice", "clientUserId", "subscriberEmail", "id",
          "createdAt", "role"]
BAD_VALUE = "Zq7Xbad"


@pytest.fixture
def user(customer) -> dict:
    """A user whose order never ends by itself."""
    order = new_order("TimesOut", orderType="ehr-only", clientUserEmail=None)
    return customer.place(order)


def subscriber(user: dict, email: str = "agent@example.com", **changes) -> dict:
    body = {"clientUserId": user["clientUserId"], "subscriberEmail": email, "role": "producer", **changes}
    return {name: value for name, value in body.items() if value is not None}


def subscribe(customer, user: dict, email: str = "agent@example.com", **changes) -> dict:
    answer = customer.post(PATH, subscriber(user, email, **changes))
    assert answer.status_code == 201, answer.status_code
    (made,) = answer.json()
    return made


def listed(customer, user: dict, **query) -> list[dict]:
    answer = customer.get(PATH, params={"clientUserId": user["clientUserId"], **query})
    assert answer.status_code == 200
    return answer.json()


def emails(customer, user: dict, **query) -> list[str]:
    return [one["subscriberEmail"] for one in listed(customer, user, **query)]


def test_a_subscription_is_shown_the_same_way_everywhere(customer, user):
    made = subscribe(customer, user, subscriberFirstName="John", subscriberLastName="Smith", subscriberOffice="nw676")
    assert list(made) == FIELDS
    assert re.fullmatch(r"[0-9a-f]{24}", made["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["createdAt"])
    assert made == {**made, "subscriberFirstName": "John", "subscriberLastName": "Smith", "subscriberOffice": "nw676",
                    "clientUserId": user["clientUserId"], "subscriberEmail": "agent@example.com", "role": "producer"}
    assert listed(customer, user) == [made]
    one = customer.get(f"{PATH}/{made['id']}")
    assert (one.status_code, one.json()) == (200, made)


def test_what_was_not_given_is_left_out(customer, user):
    assert list(subscribe(customer, user)) == FIELDS[3:]


def test_removing(customer, user):
    made = subscribe(customer, user)
    removed = customer.call("DELETE", f"{PATH}/{made['id']}")
    assert (removed.status_code, removed.content) == (200, b"")
    assert_unknown(customer.call("DELETE", f"{PATH}/{made['id']}"))
    assert_unknown(customer.get(f"{PATH}/{made['id']}"))
    assert listed(customer, user) == []
    assert subscribe(customer, user)["id"] != made["id"]


def test_nobody_is_subscribed_twice(customer, user):
    subscribe(customer, user, "agent@example.com")
    for email in ("agent@example.com", "Agent@Example.COM"):
        assert_plain(customer.post(PATH, subscriber(user, email)), 409, "Conflict", "Already subscribed")
    assert emails(customer, user) == ["agent@example.com"]


def test_the_same_person_may_follow_several_users(customer, user):
    other = customer.place(new_order("TimesOut", orderType="ehr-only", clientUserEmail=None))
    assert subscribe(customer, user)["id"] != subscribe(customer, other)["id"]
    assert len(listed(customer, user)) == len(listed(customer, other)) == 1


def test_many_at_once_make_one_subscription(customer, user):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: customer.post(PATH, subscriber(user)), range(8)))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    assert len(listed(customer, user)) == 1


def test_abort_removes_all_subscribers(customer, user):
    kept = customer.place(new_order("TimesOut", orderType="ehr-only", clientUserEmail=None))
    subscribe(customer, kept)
    made = [subscribe(customer, user, email) for email in ("a@example.com", "b@example.com")]
    aborted = customer.post("/api/v1/users/actions", {"action": "abort", "clientUserId": user["clientUserId"]})
    assert aborted.status_code == 202
    assert listed(customer, user) == []
    for one in made:
        assert_unknown(customer.get(f"{PATH}/{one['id']}"))
    assert len(listed(customer, kept)) == 1


def test_an_abort_that_is_refused_removes_nobody(customer):
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    customer.complete(order)
    subscribe(customer, order)
    assert customer.post("/api/v1/users/actions",
                         {"action": "abort", "clientUserId": order["clientUserId"]}).status_code == 409
    assert len(listed(customer, order)) == 1


def test_changes_stand_in_the_order_timeline(customer, user):
    made = subscribe(customer, user)
    customer.call("DELETE", f"{PATH}/{made['id']}")
    order_id = customer.get(f"/api/v1/users/{user['humanId']}").json()["orders"][0]["orderId"]
    entries = customer.get(f"/api/v1/orders/{order_id}/timeline").json()["entries"]
    told = [(e["actor"], e["action"]) for e in entries if e.get("subject") == made["id"]]
    assert told == [("api", "subscription.added"), ("api", "subscription.removed")]


@pytest.fixture
def office(customer, user) -> dict:
    """A user with four subscribers, subscribed in this order."""
    subscribe(customer, user, "zoe@example.com", subscriberFirstName="Zoe", subscriberLastName="adams")
    subscribe(customer, user, "bob@example.org", subscriberLastName="Brown", subscriberOffice="NW-676")
    subscribe(customer, user, "ann@example.com", subscriberFirstName="Ann", subscriberLastName="Çelik")
    subscribe(customer, user, "Dan@example.com")
    return user


@pytest.mark.parametrize("query, expected", [
    ({}, ["Dan", "ann", "bob", "zoe"]),
    ({"sort": "-createdAt"}, ["Dan", "ann", "bob", "zoe"]),
    ({"sort": "createdAt"}, ["zoe", "bob", "ann", "Dan"]),
    ({"sort": "subscriberEmail"}, ["ann", "bob", "Dan", "zoe"]),
    ({"sort": "-subscriberEmail"}, ["zoe", "Dan", "bob", "ann"]),
    ({"sort": "subscriberLastName"}, ["zoe", "bob", "ann", "Dan"]),
    ({"sort": "-subscriberLastName"}, ["ann", "bob", "zoe", "Dan"]),
    ({"subscriberEmail": "BOB@example.org"}, ["bob"]),
    ({"subscriberEmail": "bob"}, []),
    ({"role": "producer"}, ["Dan", "ann", "bob", "zoe"]),
    ({"query": "EXAMPLE.com"}, ["Dan", "ann", "zoe"]),
    ({"query": "nw-6"}, ["bob"]),
    ({"query": "ADAM"}, ["zoe"]),
    ({"query": "celik"}, ["ann"]),
    ({"query": "ann", "subscriberEmail": "bob@example.org"}, []),
    ({"query": "%"}, []),
])
def test_filters_and_order(customer, office, query, expected):
    assert [one.split("@")[0] for one in emails(customer, office, **query)] == expected


def test_pages(customer, office):
    path = f"{PATH}?clientUserId={office['clientUserId']}&sort=subscriberEmail&query=example&limit=3"
    first = customer.get(path)
    assert [one["subscriberEmail"][:3] for one in first.json()] == ["ann", "bob", "Dan"]
    assert first.headers["x-total-count"] == "4"
    assert set(first.links) == {"next"}
    second = customer.get(first.links["next"]["url"])
    assert [one["subscriberEmail"][:3] for one in second.json()] == ["zoe"]
    assert set(second.links) == {"prev"}
    assert customer.get(second.links["prev"]["url"]).json() == first.json()
    beyond = customer.get(path + "&offset=4")
    assert (beyond.status_code, beyond.json(), beyond.headers["x-total-count"]) == (200, [], "4")
    assert "link" not in customer.get(PATH, params={"clientUserId": office["clientUserId"]}).headers


@pytest.mark.parametrize("query", ["", "clientUserId=", "subscriberEmail=a@example.com", "role=producer"])
def test_a_client_user_id_is_needed(customer, query):
    assert_plain(customer.get(f"{PATH}?{query}"), 400, "Bad Request", "Bad Request")


@pytest.mark.parametrize("query", ["role=agent", "role=", "role=Producer", "subscriberEmail=", "sort=", "sort=id",
                                   "sort=--createdAt", "sort=createdAt,id", "offset=-1", "offset=x", "limit=0",
                                   "limit=x", "limit=99999999999"])
def test_bad_queries(customer, user, query):
    answer = customer.get(f"{PATH}?clientUserId={user['clientUserId']}&{query}")
    assert_plain(answer, 400, "Bad Request", "Bad Request")


def test_unknown_users(customer, user):
    assert_unknown(customer.get(PATH, params={"clientUserId": "nobody"}))
    assert_unknown(customer.post(PATH, subscriber({"clientUserId": "nobody"})))


REFUSED = [
    ({"clientUserId": None}, "clientUserId", "is required"),
    ({"clientUserId": ""}, "clientUserId", "is not allowed to be empty"),
    ({"clientUserId": 5}, "clientUserId", "must be a string"),
    ({"subscriberEmail": None}, "subscriberEmail", "is required"),
    ({"subscriberEmail": BAD_VALUE}, "subscriberEmail", "must be a valid email"),
    ({"subscriberEmail": "a@b@"}, "subscriberEmail", "must be a valid email"),
    ({"subscriberEmail": ""}, "subscriberEmail", "is not allowed to be empty"),
    ({"subscriberEmail": ["a@example.com"]}, "subscriberEmail", "must be a string"),
    ({"role": None}, "role", "is required"),
    ({"role": BAD_VALUE}, "role", "must be one of [producer]"),
    ({"role": "PRODUCER"}, "role", "must be one of [producer]"),
    ({"role": True}, "role", "must be a string"),
    ({"subscriberOffice": ""}, "subscriberOffice", "is not allowed to be empty"),
    ({"subscriberOffice": "x" * 1001}, "subscriberOffice",
     "length must be less than or equal to 1000 characters long"),
    ({"subscriberFirstName": 1}, "subscriberFirstName", "must be a string"),
    ({"subscriberLastName": " "}, "subscriberLastName", "is not allowed to be empty"),
    ({"id": "5318d0dd01d4d5001265c183"}, "id", "is not allowed"),
    ({BAD_VALUE: 1}, BAD_VALUE, "is not allowed"),
]


@pytest.mark.parametrize("change, field, rule", REFUSED, ids=[f"{one[1]}-{i}" for i, one in enumerate(REFUSED)])
def test_refused_fields(customer, user, change, field, rule):
    body = {name: value for name, value in {**subscriber(user), **change}.items() if value is not None}
    answer = customer.post(PATH, body)
    assert_invalid(answer, f'"{field}" {rule}', [field])
    if BAD_VALUE != field:
        assert BAD_VALUE not in answer.text
    assert listed(customer, user) == []


@pytest.mark.parametrize("field", ["clientUserId", "subscriberEmail", "role", "subscriberOffice"])
def test_nulls_are_refused(customer, user, field):
    answer = customer.post(PATH, {**subscriber(user), field: None})
    assert (answer.status_code, answer.json()["validation"]["keys"]) == (400, [field])


def test_all_field_errors_are_named_at_once(customer, user):
    answer = customer.post(PATH, {**subscriber(user), "subscriberEmail": "x", "role": "y", "z": 1})
    assert answer.json()["validation"]["keys"] == ["subscriberEmail", "role", "z"]


@pytest.mark.parametrize("body, status", [(b"{", 400), (b"[]", 400), (b"", 400)])
def test_broken_bodies(customer, body, status):
    answer = customer.call("POST", PATH, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["validation"]["keys"]) == (status, [])


def test_wrong_media_type(customer):
    answer = customer.call("POST", PATH, data=b"{}", headers={"Content-Type": "text/plain"})
    assert_plain(answer, 415, "Unsupported Media Type")


def test_other_methods(customer, user):
    made = subscribe(customer, user)
    for method, path, allowed in (("DELETE", PATH, {"GET", "POST"}), ("PUT", f"{PATH}/{made['id']}", {"GET", "DELETE"}),
                                  ("POST", f"{PATH}/{made['id']}", {"GET", "DELETE"})):
        answer = customer.call(method, path)
        assert_plain(answer, 405, "Method Not Allowed")
        assert {m.strip() for m in answer.headers["allow"].split(",")} - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize("identifier", ["0", "x" * 300, "5318d0dd01d4d5001265c183", "%27%20OR%201=1--"])
def test_unknown_ids(customer, identifier):
    assert_unknown(customer.get(f"{PATH}/{identifier}"))
    assert_unknown(customer.call("DELETE", f"{PATH}/{identifier}"))


def test_idempotent_post(customer, user):
    headers = {"Idempotency-Key": "subscribe-once"}
    first = customer.post(PATH, subscriber(user), headers=headers)
    again = customer.post(PATH, subscriber(user), headers=headers)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = customer.post(PATH, subscriber(user, "other@example.com"), headers=headers)
    assert other.status_code == 422
    assert len(listed(customer, user)) == 1


def test_a_refused_post_does_not_use_up_its_key(customer, user):
    headers = {"Idempotency-Key": "subscribe-later"}
    assert customer.post(PATH, subscriber(user, "x"), headers=headers).status_code == 400
    assert customer.post(PATH, subscriber(user), headers=headers).status_code == 201


def test_foreign_subscriptions_are_unknown(server, make_customer):
    owner, stranger = make_customer(server, listens=False), make_customer(server, listens=False)
    user = owner.place(new_order("TimesOut", orderType="ehr-only", clientUserEmail=None))
    made = subscribe(owner, user)
    tag = {"x-request-id": "one-request-id"}
    for method in ("GET", "DELETE"):
        answers = [stranger.call(method, f"{PATH}/{one}", headers=tag) for one in (made["id"], made["id"][::-1])]
        assert_unknown(answers[0])
        assert same_but_for_ids(*answers)
    assert_unknown(stranger.get(PATH, params={"clientUserId": user["clientUserId"]}))
    assert_unknown(stranger.post(PATH, subscriber(user)))
    assert listed(owner, user) == [made]


def test_the_same_client_user_id_elsewhere_has_its_own_subscribers(server, make_customer):
    one, two = make_customer(server, listens=False), make_customer(server, listens=False)
    order = new_order("TimesOut", orderType="ehr-only", clientUserEmail=None)
    for customer in (one, two):
        subscribe(customer, customer.place(order))
    one.post("/api/v1/users/actions", {"action": "abort", "clientUserId": order["clientUserId"]})
    assert (len(listed(one, order)), len(listed(two, order))) == (0, 1)


def test_a_token_is_needed(server):
    assert_no_token(server.url, requests, [("GET", PATH + "?clientUserId=a"), ("POST", PATH), ("GET", PATH + "/a"),
                                           ("DELETE", PATH + "/a")])
