"""Bad input gets the documented answer: nothing is stored, and nothing of it comes back."""
import json

import pytest
import requests

from support.answers import assert_invalid, assert_plain
from support.orders import new_order
from support.raw import RawClient
from support.tokens import hostile_tokens

BAD_VALUE = "Zq7Xbad"  # stands where something else should; no answer may repeat it


def post_raw(client, body: bytes, content_type: str | None = "application/json", path: str = "/api/v1/users"):
    headers = {"Content-Type": content_type} if content_type else {}
    return client.call("POST", path, data=body, headers=headers)


def assert_nothing_stored(client) -> None:
    listed = client.get("/api/v1/users")
    assert (listed.json(), listed.headers["x-total-count"]) == ([], "0")


@pytest.mark.parametrize("body", [
    b"", b"{", b'{"clientUserId": "a"', b"nothing", b'{"clientUserId": "a",}', b"{'clientUserId': 'a'}",
    b'{"clientUserId": "\xff"}', b'{"clientUserId": "a", "clientUserId": "b"}', b"[" * 5000,
    b'{"clientUserId": NaN}', json.dumps(new_order()).encode() + b" {}",
])
def test_broken_json(client, body):
    answer = post_raw(client, body)
    assert_invalid(answer, "Invalid request payload JSON format", [])
    assert_nothing_stored(client)


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"text"', b"true"])
def test_json_that_is_no_object(client, body):
    assert_invalid(post_raw(client, body), '"value" must be an object', [])


def test_all_field_errors_are_named_at_once(client):
    answer = client.post("/api/v1/users", new_order(gender=BAD_VALUE, dateOfBirth=BAD_VALUE, phone=BAD_VALUE))
    assert answer.json()["validation"]["keys"] == ["gender", "dateOfBirth", "phone"]
    assert BAD_VALUE not in answer.text


def test_too_large_body(client):
    body = b'{"clientUserId": "' + b"x" * (25 * 1024 * 1024) + b'"}'
    try:
        answer = post_raw(client, body)
    except requests.ConnectionError:
        return  # answered and closed before all of it was sent
    assert_plain(answer, 413, "Payload Too Large")


def test_declared_size_is_enough_to_refuse(server, client):
    """The answer comes before a byte of the body."""
    raw = RawClient(server.port)
    answer = raw.call("POST", "/api/v1/users", {"Authorization": f"Bearer {client.token}",
                                                "Content-Type": "application/json"}, declared_length=26 * 1024 * 1024)
    assert answer.status == 413
    body = json.loads(answer.body)
    assert (body["code"], body["error"]) == (413, "Payload Too Large")
    raw.close()


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x",
                                        "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/users/actions", "/v1/admin/token"])
def test_wrong_media_type(client, media_type, path):
    assert_plain(post_raw(client, b"{}", media_type, path), 415, "Unsupported Media Type")


@pytest.mark.parametrize("path", ["/api", "/api/v1/nothing", "/api/v1/user", "/api/v1/users/a/b", "/api/v2/users",
                                  "/api/v1/users/", "/.git/config"])
def test_unknown_paths(client, path):
    assert_plain(client.get(path), 404, "Not Found")


@pytest.mark.parametrize("target", ["/%2e%2e/%2e%2e/etc/passwd", "/api/v1/users/..%2f..", "/api/v1/users/%zz", "//"])
def test_malformed_paths(server, client, target):
    raw = RawClient(server.port)
    assert raw.call("GET", target, {"Authorization": f"Bearer {client.token}"}).status in (400, 404)
    raw.close()


@pytest.mark.parametrize("method, path, allowed", [
    ("DELETE", "/api/v1/users", "GET, POST"), ("PUT", "/api/v1/users", "GET, POST"),
    ("GET", "/v1/admin/token", "POST"), ("POST", "/api/v1/order-types", "GET"),
    ("POST", "/api/v1/user/reports", "GET"), ("PATCH", "/api/v1/users/abc", "GET"),
])
def test_wrong_methods(client, method, path, allowed):
    answer = client.call(method, path)
    assert_plain(answer, 405, "Method Not Allowed")
    assert {m.strip() for m in answer.headers["allow"].split(",")} - {"HEAD", "OPTIONS"} == set(allowed.split(", "))


@pytest.mark.parametrize("method, path, body", [
    ("GET", "/api/v1/users/{}", None),
    ("GET", "/api/v1/user/reports/{}", None),
    ("GET", "/api/v1/user/reports?humanId={}", None),
    ("GET", "/api/v1/user/reports?clientUserId={}", None),
    ("GET", "/api/v1/users?humanId={}", None),
    ("POST", "/api/v1/users/actions", {"action": "abort", "humanId": "{}"}),
    ("POST", "/api/v1/resources/consumer-link", {"humanId": "{}"}),
])
@pytest.mark.parametrize("identifier", ["ef14404e9860776f6300e3e4cb10f84a", "0", "x" * 300,
                                        "cd3f23e0-c1a3-41ec-abe5-6bfedf51c8a8", "%27%20OR%201=1--"])
def test_unknown_ids(client, method, path, body, identifier):
    filled = {k: v.format(identifier) for k, v in body.items()} if body else None
    assert_plain(client.call(method, path.format(identifier), json=filled), 404, "Not Found", "Not Found")


@pytest.mark.parametrize("body", [{}, {"action": "abort"}, {"action": "explode", "humanId": "a"},
                                  {"action": "abort", "humanId": "a", "clientUserId": "b"}, {"humanId": "a"},
                                  {"action": 1, "humanId": "a"}, {"action": "abort", "humanId": ""}])
def test_bad_actions(client, body):
    assert_plain(client.post("/api/v1/users/actions", body), 400, "Bad Request", "Bad Request")


@pytest.mark.parametrize("query", ["", "?humanId=a&clientUserId=b", "?humanId="])
def test_reports_need_one_id(client, query):
    assert_plain(client.get("/api/v1/user/reports" + query), 400, "Bad Request")


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "limit=0", "limit=x", "offset=99999999999999999999"])
def test_bad_paging(client, query):
    assert_plain(client.get("/api/v1/users?" + query), 400, "Bad Request")


def test_hostile_tokens(server, client):
    jwk = requests.get(server.url + "/.well-known/jwks.json", timeout=30).json()["keys"][0]
    for what, token in hostile_tokens(client.token, jwk).items():
        answer = requests.get(server.url + "/api/v1/users", timeout=30, headers={"Authorization": f"Bearer {token}"})
        if what == "very long" and answer.status_code == 431:
            continue
        assert answer.status_code == 401, what
        assert_plain(answer, 401, "Unauthorized", "Cannot authenticate you with this token")
    assert client.get("/api/v1/users").status_code == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic dXNlcjpwYXNz", "Token abc", "Bearer a b"])
def test_missing_token(server, header):
    headers = {"Authorization": header} if header is not None else {}
    for method, path in (("GET", "/api/v1/users"), ("POST", "/api/v1/users"), ("GET", "/api/v1/order-types"),
                         ("GET", "/api/v1/user/reports/x"), ("POST", "/api/v1/sandbox/clock")):
        answer = requests.request(method, server.url + path, headers=headers, timeout=30)
        assert_plain(answer, 401, "Unauthorized", "Cannot authenticate you with this token")


def test_a_token_in_the_url_is_none(server, client):
    answer = requests.get(f"{server.url}/api/v1/users?access_token={client.token}", timeout=30)
    assert answer.status_code == 401


def post_token(server, body) -> requests.Response:
    return requests.post(server.url + "/v1/admin/token", json=body, timeout=60)


def test_token_endpoint_names_bad_fields(server, client):
    good = {"client_id": client.client_id, "client_secret": client.client_secret, "type": "client"}
    for change, key in (({"client_id": None}, "client_id"), ({"client_secret": 7}, "client_secret"),
                        ({"type": "session"}, "type"), ({"type": ""}, "type")):
        answer = post_token(server, {**good, **change})
        assert answer.status_code == 400
        assert answer.json()["validation"] == {"source": "payload", "keys": [key]}
        assert client.client_secret not in answer.text


def test_token_endpoint_does_not_tell_which_half_is_wrong(server, client):
    wrong_secret = post_token(server, {"client_id": client.client_id, "client_secret": "0" * 40, "type": "client"})
    wrong_id = post_token(server, {"client_id": "0" * 40, "client_secret": client.client_secret, "type": "client"})
    for answer in (wrong_secret, wrong_id):
        assert_plain(answer, 401, "Unauthorized")
    assert wrong_secret.json()["message"] == wrong_id.json()["message"]


def test_foreign_ids_answer_as_unknown_ones(server, make_customer):
    """Byte for byte, but for the request id: nobody learns what exists elsewhere."""
    owner, stranger = make_customer(server), make_customer(server, listens=False)
    order = new_order(orderType="ehr-only", clientUserEmail=None)
    summary = owner.complete(order)
    report_id = summary["eventPayload"]["reports"][0]["id"]
    human_id = summary["humanId"]
    calls = [("GET", "/api/v1/users/{}", None, human_id), ("GET", "/api/v1/user/reports/{}", None, report_id),
             ("GET", "/api/v1/user/reports?humanId={}", None, human_id),
             ("GET", "/api/v1/user/reports?clientUserId={}", None, order["clientUserId"]),
             ("GET", "/api/v1/users?clientUserId={}", None, order["clientUserId"]),
             ("POST", "/api/v1/users/actions", "abort", human_id),
             ("POST", "/api/v1/resources/consumer-link", None, human_id)]
    for method, path, action, existing in calls:
        answers = []
        for identifier in (existing, existing[::-1]):
            body = None
            if method == "POST":
                body = {"humanId": identifier, **({"action": action} if action else {})}
            answers.append(stranger.call(method, path.format(identifier), json=body,
                                         headers={"x-request-id": "one-request-id"}))
        assert answers[0].status_code == 404, path
        assert answers[0].content == answers[1].content, path
    assert owner.get(f"/api/v1/users/{human_id}").status_code == 200
    assert stranger.get("/api/v1/users").json() == []


def test_the_same_client_user_id_elsewhere_is_another_user(server, make_customer):
    one, two = make_customer(server), make_customer(server)
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    assert one.place(order)["humanId"] != two.place(order)["humanId"]


def test_conflicts(customer):
    order = new_order("TimesOut")
    customer.place(order)
    again = customer.post("/api/v1/users", order)
    assert_plain(again, 409, "Conflict")
    other_mail = customer.post("/api/v1/users", {**order, "clientUserEmail": "someone.else@example.com"})
    assert_plain(other_mail, 409, "Conflict",
                 "Unable to match the login of the new user to an existing user found for that user")


def test_problem_details_on_request(client):
    answer = client.get("/api/v1/users/unknown", headers={"Accept": "application/problem+json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("body", [{}, {"advance": "soon"}, {"advance": "-1d"}, {"to": "x"},
                                  {"advance": "1d", "to": "2030-01-01T00:00:00Z"}, {"advance": 5}])
def test_bad_clock_calls(client, body):
    before = client.get("/api/v1/sandbox/clock").json()["now"]
    assert client.post("/api/v1/sandbox/clock", body).status_code == 400
    after = client.get("/api/v1/sandbox/clock").json()["now"]
    assert before[:13] == after[:13]


def test_nothing_of_all_this_was_stored(client):
    assert_nothing_stored(client)
