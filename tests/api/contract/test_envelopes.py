"""How errors look, and what every answer carries (contract 3.0, 14)."""
import re

import pytest
import requests

from support.answers import (BAD_TOKEN, CANNOT_ABORT, OTHER_LOGIN, REQUEST_ID, TIME, UUID, assert_invalid, assert_plain)
from support.orders import new_order, quiet_order


def abort(client, user: dict) -> requests.Response:
    return client.post("/api/v1/users/actions", {"action": "abort", "humanId": user["humanId"]})


# The published examples: how to get them, and what they say.
def test_the_published_400_of_invalid_input(client):
    assert_invalid(client.post("/api/v1/users", new_order(dateOfBirth="x")), '"dateOfBirth" must be a valid date',
                   ["dateOfBirth"])


def test_the_published_400(client):
    assert_plain(client.post("/api/v1/users/actions", {}), 400, "Bad Request", "Bad Request")


def test_the_published_401(server):
    assert_plain(requests.get(server.url + "/api/v1/users", timeout=30), 401, "Unauthorized", BAD_TOKEN)


def test_the_published_404(client):
    assert_plain(client.get("/api/v1/users/unknown"), 404, "Not Found", "Not Found")


def test_the_published_409_of_users(client):
    order = quiet_order(clientUserEmail="one@example.com")
    client.place(order)
    assert_plain(client.post("/api/v1/users", {**order, "clientUserEmail": "two@example.com"}), 409, "Conflict",
                 OTHER_LOGIN)


def test_the_published_409_of_abort(client):
    user = client.place(quiet_order())
    assert abort(client, user).status_code == 202
    assert_plain(abort(client, user), 409, "Conflict", CANNOT_ABORT)


@pytest.mark.parametrize("message, change", [
    ('"clientUserId" is required', {"clientUserId": None}),
    ('"firstName" must be a string', {"firstName": 5}),
    ('"firstName" is not allowed to be empty', {"firstName": ""}),
    ('"unknown" is not allowed', {"unknown": 1}),
    ('"gender" must be one of [male, female, other]', {"gender": "?"}),
    ('"clientUserEmail" must be a valid email', {"clientUserEmail": "?"}),
    ('"autoInvite" must be a boolean', {"autoInvite": 1}),
    ('"providers.0.address.city" must be a string', {"providers": [{"name": "A", "address": {"city": 1}}]}),
])
def test_messages_name_the_field_and_the_rule(client, message, change):
    assert_invalid(client.post("/api/v1/users", new_order(**change)), message, [re.match('"(.*?)"', message)[1]])


def test_the_message_is_about_the_first_key(client):
    answer = client.post("/api/v1/users", new_order(phone="x", gender="?", firstName=""))
    body = answer.json()
    assert len(body["validation"]["keys"]) == 3
    assert body["message"].startswith(f'"{body["validation"]["keys"][0]}" ')


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/api/v1/users", {}), ("POST", "/v1/admin/token", {}), ("POST", "/v1/connect/token", {}),
    ("POST", "/api/v1/subscriptions", {}), ("POST", "/api/v1/webhooks", {}), ("POST", "/api/v1/events/replay", {}),
])
def test_invalid_bodies_are_400_and_never_422(client, method, path, body):
    answer = client.call(method, path, json=body)
    assert answer.status_code == 400
    assert answer.json()["validation"]["keys"]


def test_request_ids_are_of_ours_or_the_callers(client):
    for given, kept in (("a-request_id-17", True), ("12345678", True), ("short", False), ("x" * 65, False),
                        ("with spaces in it", False), (None, False)):
        headers = {"x-request-id": given} if given else {}
        for path in ("/api/v1/users", "/api/v1/users/unknown", "/nowhere", "/livez"):
            answer = client.get(path, headers=headers)
            told = answer.headers[REQUEST_ID]
            assert told == given if kept else UUID.fullmatch(told)
            if answer.status_code >= 400:
                assert answer.json()[REQUEST_ID] == told


def test_request_ids_differ(client):
    assert len({client.get("/livez").headers[REQUEST_ID] for _ in range(20)}) == 20


@pytest.mark.parametrize("method, path, body, status", [
    ("GET", "/api/v1/users/unknown", None, 404), ("GET", "/api/v1/user/reports", None, 400),
    ("POST", "/api/v1/users", {}, 400), ("DELETE", "/api/v1/users", None, 405),
])
def test_problem_details_where_they_are_asked_for(client, method, path, body, status):
    answer = client.call(method, path, json=body, headers={"Accept": "application/problem+json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    told = answer.json()
    assert told["status"] == status and {"type", "title", "detail", REQUEST_ID} <= set(told)
    assert ("validation" in told) == (body is not None)


def test_broken_json_and_other_bodies(client):
    headers = {"Content-Type": "application/json"}
    for path in ("/api/v1/users", "/api/v1/subscriptions", "/api/v1/webhooks", "/v1/admin/token"):
        answer = client.call("POST", path, data=b"{", headers=headers)
        assert_invalid(answer, "Invalid request payload JSON format", [])
        assert_plain(client.call("POST", path, data=b"{}", headers={"Content-Type": "text/plain"}), 415,
                     "Unsupported Media Type")


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/subscriptions", "/api/v1/webhooks", "/api/v1/tasks"])
def test_wrong_methods_name_the_right_ones(client, path):
    answer = client.call("PATCH", path)
    assert_plain(answer, 405, "Method Not Allowed")
    assert "GET" in answer.headers["allow"]


def test_numbers_names_and_times_of_answers(client):
    """JSON in UTF-8, times in milliseconds with Z, whatever the call."""
    user = client.place(quiet_order(firstName="Zoë"))
    answer = client.get(f"/api/v1/users/{user['humanId']}")
    assert answer.headers["content-type"].startswith("application/json")
    assert "Zoë".encode() in answer.content
    assert TIME.fullmatch(answer.json()["createdAt"]) and TIME.fullmatch(answer.json()["updatedAt"])
