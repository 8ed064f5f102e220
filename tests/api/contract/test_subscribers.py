"""Subscribers of an order (contract 3.7 to 3.10)."""
import re

import pytest

from support.answers import HEX_24, TIME, assert_invalid, assert_names, assert_plain
from support.orders import quiet_order
from support.shapes import SUBSCRIPTION, without

PATH = "/api/v1/subscriptions"


@pytest.fixture
def user(client) -> str:
    """The clientUserId of a user without subscribers."""
    return client.place(quiet_order())["clientUserId"]


def body(user: str, email: str = "agent@example.com", **changes) -> dict:
    whole = {"clientUserId": user, "subscriberEmail": email, "role": "producer", "subscriberOffice": "nw676",
             "subscriberFirstName": "John", "subscriberLastName": "Smith", **changes}
    return {name: value for name, value in whole.items() if value is not None}


def subscribe(client, user: str, *arguments, **changes) -> dict:
    answer = client.post(PATH, body(user, *arguments, **changes))
    assert answer.status_code == 201
    one, = answer.json()
    return one


def emails(client, user: str, **query) -> list[str]:
    answer = client.get(PATH, params={"clientUserId": user, **query})
    assert answer.status_code == 200
    return [one["subscriberEmail"] for one in answer.json()]


def test_a_subscription_is_answered_as_an_array_of_one(client, user):
    answer = client.post(PATH, body(user))
    assert answer.status_code == 201
    assert isinstance(answer.json(), list) and len(answer.json()) == 1
    one = answer.json()[0]
    assert list(one) == SUBSCRIPTION
    assert HEX_24.fullmatch(one["id"]) and TIME.fullmatch(one["createdAt"])
    assert {name: one[name] for name in body(user)} == body(user)


def test_the_eight_fields_are_the_same_everywhere(client, user):
    one = subscribe(client, user)
    assert client.get(PATH, params={"clientUserId": user}).json() == [one]
    answer = client.get(f"{PATH}/{one['id']}")
    assert (answer.status_code, answer.json()) == (200, one)


def test_what_was_not_given_is_left_out(client, user):
    one = subscribe(client, user, subscriberOffice=None, subscriberFirstName=None, subscriberLastName=None)
    gone = ("subscriberOffice", "subscriberFirstName", "subscriberLastName")
    assert list(one) == without(SUBSCRIPTION, *gone)
    assert list(client.get(f"{PATH}/{one['id']}").json()) == without(SUBSCRIPTION, *gone)


@pytest.mark.parametrize("change, keys", [
    ({"clientUserId": None}, ["clientUserId"]), ({"clientUserId": ""}, ["clientUserId"]),
    ({"clientUserId": 7}, ["clientUserId"]), ({"subscriberEmail": None}, ["subscriberEmail"]),
    ({"subscriberEmail": "agent"}, ["subscriberEmail"]), ({"subscriberEmail": ""}, ["subscriberEmail"]),
    ({"role": None}, ["role"]), ({"role": "agent"}, ["role"]), ({"role": "Producer"}, ["role"]),
    ({"role": ""}, ["role"]),
    ({"subscriberOffice": ""}, ["subscriberOffice"]), ({"subscriberOffice": 676}, ["subscriberOffice"]),
    ({"subscriberFirstName": ""}, ["subscriberFirstName"]), ({"subscriberLastName": []}, ["subscriberLastName"]),
    ({"subscriberFirstName": "x" * 1001}, ["subscriberFirstName"]), ({"nickname": "J"}, ["nickname"]),
])
def test_refused_subscriptions(client, user, change, keys):
    sent = {name: value for name, value in {**body(user), **change}.items() if value is not None}
    assert_names(client.post(PATH, sent), keys)
    assert emails(client, user) == []


@pytest.mark.parametrize("field", ["clientUserId", "subscriberEmail", "role", "subscriberOffice", "subscriberFirstName",
                                   "subscriberLastName"])
def test_nulls_are_refused(client, user, field):
    assert_names(client.post(PATH, {**body(user), field: None}), [field])


def test_what_is_required_is_named_at_once(client):
    assert_invalid(client.post(PATH, {}), '"clientUserId" is required', ["clientUserId", "subscriberEmail", "role"])


def test_subscribing_to_nobody(client):
    assert_plain(client.post(PATH, body("nobody")), 404, "Not Found", "Not Found")


@pytest.mark.parametrize("email", ["agent@example.com", "AGENT@Example.com"])
def test_nobody_is_subscribed_twice(client, user, email):
    subscribe(client, user)
    again = client.post(PATH, body(user, email, subscriberFirstName="Other"))
    assert_plain(again, 409, "Conflict", "Already subscribed")
    assert emails(client, user) == ["agent@example.com"]


def test_the_same_address_may_follow_several_users(client, user):
    subscribe(client, user)
    subscribe(client, client.place(quiet_order())["clientUserId"])


def test_the_list_is_newest_first_and_filtered(client, user):
    for name in ("anna", "berta", "carla"):
        subscribe(client, user, f"{name}@example.com")
    assert emails(client, user) == ["carla@example.com", "berta@example.com", "anna@example.com"]
    assert emails(client, user, subscriberEmail="berta@example.com") == ["berta@example.com"]
    assert emails(client, user, subscriberEmail="BERTA@example.com") == ["berta@example.com"]
    assert emails(client, user, role="producer") == emails(client, user)
    assert emails(client, user, subscriberEmail="a+b&c@example.com") == []


def test_the_list_is_paged_and_counted(client, user):
    for number in range(5):
        subscribe(client, user, f"agent{number}@example.com")
    answer = client.get(PATH, params={"clientUserId": user, "offset": 1, "limit": 2})
    assert [one["subscriberEmail"] for one in answer.json()] == ["agent3@example.com", "agent2@example.com"]
    assert answer.headers["x-total-count"] == "5"
    assert set(re.findall(r'rel="(.*?)"', answer.headers["link"])) == {"next", "prev"}
    following = re.search(r'<([^>]*)>; rel="next"', answer.headers["link"])[1]
    last = client.get(following).json()
    assert [one["subscriberEmail"] for one in last] == ["agent1@example.com", "agent0@example.com"]


@pytest.mark.parametrize("query, found", [("ANNA", ["anna"]), ("example.com", ["carla", "berta", "anna"]),
                                          ("office-b", ["berta"]), ("Zimm", ["carla"]), ("nothing", [])])
def test_the_list_is_searched(client, user, query, found):
    subscribe(client, user, "anna@example.com", subscriberLastName="Abel")
    subscribe(client, user, "berta@example.com", subscriberOffice="Office-B")
    subscribe(client, user, "carla@example.com", subscriberLastName="Zimmer")
    assert emails(client, user, query=query) == [f"{name}@example.com" for name in found]


@pytest.mark.parametrize("sort, order", [("subscriberEmail", "abc"), ("-subscriberEmail", "cba"), ("createdAt", "bac"),
                                         ("-createdAt", "cab"), ("subscriberLastName", "cba"),
                                         ("-subscriberLastName", "abc")])
def test_the_list_is_sorted(client, user, sort, order):
    for name, last_name in (("b", "Marsh"), ("a", "Zimmer"), ("c", "Abel")):
        subscribe(client, user, f"{name}@example.com", subscriberLastName=last_name)
    assert emails(client, user, sort=sort) == [f"{name}@example.com" for name in order]


@pytest.mark.parametrize("query", [{}, {"clientUserId": ""}, {"role": "producer"}, {"role": "agent"}, {"sort": "x"},
                                   {"limit": "0"}, {"offset": "x"}])
def test_lists_that_are_refused(client, user, query):
    whole = query if query in ({}, {"clientUserId": ""}, {"role": "producer"}) else {"clientUserId": user, **query}
    assert_plain(client.get(PATH, params=whole), 400, "Bad Request")


def test_the_list_of_nobody(client):
    assert_plain(client.get(PATH, params={"clientUserId": "nobody"}), 404, "Not Found", "Not Found")


def test_a_user_without_subscribers(client, user):
    assert emails(client, user) == []


def test_unsubscribing(client, user):
    one = subscribe(client, user)
    answer = client.call("DELETE", f"{PATH}/{one['id']}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert_plain(client.call("DELETE", f"{PATH}/{one['id']}"), 404, "Not Found", "Not Found")
    assert_plain(client.get(f"{PATH}/{one['id']}"), 404, "Not Found", "Not Found")
    assert emails(client, user) == []
    subscribe(client, user)


@pytest.mark.parametrize("identifier", ["0" * 24, "x", "5318d0dd-01d4-d500-1265-c18300000000"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_subscriptions_that_are_none(client, method, identifier):
    assert_plain(client.call(method, f"{PATH}/{identifier}"), 404, "Not Found", "Not Found")
