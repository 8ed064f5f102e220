"""Tokens and secrets (contract 2): who gets which token, what it opens, and how it ends."""
import json
import threading
import time

import pytest
import requests

from support.grants import (DAY_S, assert_plain, assert_signed, connect, grant, keys_of, new_token, status_with, tool,
                            without_id)
from support.orders import new_order
from support.page import open_page
from support.tokens import hostile_tokens, parts_of
from support.waiting import wait_until

BAD_CREDENTIALS = "Cannot authenticate you with these credentials"
BAD_TOKEN = "Cannot authenticate you with this token"
OTHER_LOGIN = "Unable to match the login of the new user to an existing user found for that user"


@pytest.fixture
def silent(server, make_customer):
    """An application of the test's own that listens to nothing."""
    return make_customer(server, listens=False)


class TwoUsers:
    """An application with two users, and every kind of token for the first."""

    def __init__(self, customer) -> None:
        self.customer = customer
        self.orders = [new_order(), new_order("Roe", clientUserEmail="roe@example.com")]
        placed = [customer.place(order) for order in self.orders]
        self.user, self.other = (answer["humanId"] for answer in placed)
        self.name, self.other_name = (order["clientUserId"] for order in self.orders)
        access = connect(customer, self.name).json()
        self.tokens = {
            "client": customer.token,
            "session": connect(customer, self.name, "session").json()["session_token"],
            "id": connect(customer, self.name, "id").json()["id_token"],
            "access": access["access_token"],
            "refresh": access["refresh_token"],
        }


@pytest.fixture(scope="module")
def two(server, make_customer) -> TwoUsers:
    return TwoUsers(make_customer(server, listens=False))


# ── what is answered ──────────────────────────────────────────────────────────────────────────────

def test_a_client_token_is_as_documented(silent):
    before = int(time.time())
    answer = grant(silent)
    assert answer.status_code == 200 and list(answer.json()) == ["expires_in", "client_token"]
    assert answer.json()["expires_in"] == DAY_S and answer.headers["cache-control"] == "no-store"
    header, claims, _ = parts_of(answer.json()["client_token"])
    assert header == {"kid": header["kid"], "alg": "RS256"}
    assert list(claims) == ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "scp", "sub"]
    assert claims["cid"] == claims["sub"] == silent.client_id
    assert claims["scp"] == ["appuser:write", "appuser:read"]
    assert claims["exp"] == claims["iat"] + DAY_S and before <= claims["iat"] <= time.time() + 1


def test_connect_answers_are_as_documented(two):
    session, id_token, access = (connect(two.customer, two.name, kind) for kind in ("session", "id", "access"))
    assert [answer.status_code for answer in (session, id_token, access)] == [200, 200, 200]
    assert list(session.json()) == ["session_token", "human_id", "expires_in"]
    assert list(id_token.json()) == ["id_token", "human_id", "expires_in"]
    assert list(access.json()) == ["access_token", "expires_in", "token_type", "refresh_token", "human_id"]
    assert session.json()["expires_in"] == 28_800 and access.json()["token_type"] == "Bearer"
    assert id_token.json()["expires_in"] == access.json()["expires_in"] == DAY_S
    assert {answer.json()["human_id"] for answer in (session, id_token, access)} == {two.user}


def test_an_id_token_can_be_checked_with_the_published_keys(two):
    token = two.tokens["id"]
    header, claims, _ = parts_of(token)
    assert (claims["sub"], claims["aud"]) == (two.user, two.customer.client_id)
    assert_signed(token, next(key for key in keys_of(two.customer.server) if key["kid"] == header["kid"]))


def test_no_token_tells_anything_of_the_person(two):
    for token in two.tokens.values():
        text = json.dumps(parts_of(token)[1])
        for word in ("Doe", "Jane", "applicant@example.com", two.name):
            assert word not in text


def test_a_session_opens_the_task_manager(two):
    link = two.customer.post("/api/v1/resources/consumer-link", {"humanId": two.user}).json()["consumerLink"]
    prefix = link.split("rq=")[0] + "rq="
    opened = open_page(prefix + two.tokens["session"]).status
    assert opened == open_page(link).status != open_page(prefix + "forged").status


def test_the_email_may_be_given_and_must_then_be_right(two):
    assert connect(two.customer, two.name, client_user_email="APPLICANT@example.com").status_code == 200
    assert connect(two.customer, two.name, extra_scopes=["anything"]).status_code == 200
    assert_plain(connect(two.customer, two.name, client_user_email="roe@example.com"), 409, "Conflict", OTHER_LOGIN)
    assert_plain(connect(two.customer, "nobody"), 404, "Not Found", "Not Found")


REFUSED = [
    ({"client_id": None}, "client_id", "is required"),
    ({"client_secret": None}, "client_secret", "is required"),
    ({"client_user_id": None}, "client_user_id", "is required"),
    ({"client_user_id": ""}, "client_user_id", "is not allowed to be empty"),
    ({"client_user_id": 7}, "client_user_id", "must be a string"),
    ({"type": None}, "type", "is required"),
    ({"type": "client"}, "type", "must be one of [session, id, access]"),
    ({"client_user_email": "nobody"}, "client_user_email", "must be a valid email"),
    ({"extra_scopes": "read"}, "extra_scopes", "must be an array"),
    ({"refresh_token": "a.b.c"}, "refresh_token", "is not allowed"),
    ({"type": "id", "client_secret": None, "refresh_token": "a.b.c"}, "refresh_token", "is not allowed"),
    ({"scope": "all"}, "scope", "is not allowed"),
]


@pytest.mark.parametrize("change, key, rule", REFUSED)
def test_connect_refuses_bad_bodies(two, change, key, rule):
    body = {"type": "access", "client_user_id": two.name, **change}
    answer = connect(two.customer, body.pop("client_user_id"), body.pop("type"), **body)
    assert answer.status_code == 400
    assert without_id(answer) == {"statusCode": 400, "error": "Bad Request", "message": f'"{key}" {rule}',
                                  "validation": {"source": "payload", "keys": [key]}}


def test_failures_do_not_tell_what_was_wrong(server, silent, make_customer):
    other = make_customer(server, listens=False)
    disabled = make_customer(server, listens=False)
    tool(server, "app", "disable", "--app", disabled.client_id)
    pairs = [(silent.client_id, "0" * 40), (silent.client_id, other.client_secret), ("0" * 40, silent.client_secret),
             ("no such id", "x"), (disabled.client_id, disabled.client_secret)]
    for client_id, secret in pairs:
        for answer in (grant(silent, client_id=client_id, client_secret=secret),
                       connect(silent, "nobody", client_id=client_id, client_secret=secret)):
            assert_plain(answer, 401, "Unauthorized", BAD_CREDENTIALS)
            assert "www-authenticate" not in answer.headers


# ── what each token opens ─────────────────────────────────────────────────────────────────────────

def test_each_kind_opens_its_own_door_alone(two):
    customer = two.customer
    link = customer.post("/api/v1/resources/consumer-link", {"humanId": two.user}).json()["consumerLink"]
    prefix = link.split("rq=")[0] + "rq="
    shut = open_page(prefix + "forged").status

    def opened(token: str) -> set[str]:
        doors = set()
        if status_with(customer.server, token) == 200:
            doors.add("client")
        if status_with(customer.server, token, f"/api/v1/users/{two.user}") == 200:
            doors.add("user")
        if connect(customer, two.name, client_secret=None, refresh_token=token).status_code == 200:
            doors.add("refresh")
        if open_page(prefix + token).status != shut:
            doors.add("session")
        return doors

    assert {kind: opened(token) for kind, token in two.tokens.items()} == {
        "client": {"client", "user"}, "session": {"session"}, "id": set(), "access": {"user"},
        "refresh": {"refresh"}}


def test_an_access_token_reads_its_user_alone(two):
    server, token = two.customer.server, two.tokens["access"]
    for path in (f"/api/v1/users/{two.user}", f"/api/v1/user/reports?humanId={two.user}",
                 f"/api/v1/user/reports?clientUserId={two.name}"):
        assert status_with(server, token, path) == 200, path
        assert status_with(server, two.tokens["id"], path) == 401, path
    for path in (f"/api/v1/users/{two.other}", f"/api/v1/user/reports?humanId={two.other}",
                 f"/api/v1/user/reports?clientUserId={two.other_name}", "/api/v1/user/reports/unknown"):
        assert status_with(server, token, path) == 404, path
    for method, path in (("GET", "/api/v1/users"), ("GET", "/api/v1/order-types"), ("POST", "/api/v1/users"),
                         ("POST", "/api/v1/users/actions"), ("POST", "/api/v1/resources/consumer-link"),
                         ("GET", "/api/v1/sandbox/clock"), ("POST", "/api/v1/sandbox/clock")):
        assert status_with(server, token, path, method) == 401, path


def test_an_access_token_fetches_the_reports_of_its_user(server, make_customer):
    customer = make_customer(server)
    orders = [new_order(orderType="ehr-only"), new_order("Roe", orderType="ehr-only")]
    summaries = [customer.complete(order) for order in orders]
    mine, other = (summary["eventPayload"]["reports"][0]["uri"].removeprefix(server.url) for summary in summaries)
    token = connect(customer, orders[0]["clientUserId"]).json()["access_token"]
    assert status_with(server, token, mine) == 200
    assert status_with(server, token, other) == 404
    assert status_with(server, customer.token, other) == 200


def test_a_refresh_token_gets_access_tokens_for_its_user_alone(two):
    refresh = two.tokens["refresh"]
    again = connect(two.customer, two.name, client_secret=None, refresh_token=refresh)
    assert again.status_code == 200 and again.json()["refresh_token"] == refresh
    assert status_with(two.customer.server, again.json()["access_token"], f"/api/v1/users/{two.user}") == 200
    for answer in (connect(two.customer, two.other_name, client_secret=None, refresh_token=refresh),
                   connect(two.customer, two.name, client_secret=None, refresh_token=refresh[:-8] + "AAAAAAAA")):
        assert_plain(answer, 401, "Unauthorized", BAD_CREDENTIALS)


@pytest.mark.parametrize("kind", ["client", "access"])
def test_forged_tokens_are_refused(two, kind):
    server = two.customer.server
    token = two.tokens[kind]
    jwk = next(key for key in keys_of(server) if key["kid"] == parts_of(token)[0]["kid"])
    for what, forged in hostile_tokens(token, jwk).items():
        for path in (f"/api/v1/users/{two.user}", "/api/v1/users"):
            answer = requests.get(server.url + path, headers={"Authorization": f"Bearer {forged}"}, timeout=60)
            assert answer.status_code == 401, what
            assert answer.json()["message"] == BAD_TOKEN and answer.headers["www-authenticate"] == "Bearer"


def test_tokens_of_another_server_are_foreign(server, make_server, make_customer, silent):
    other = make_server()
    stranger = make_customer(other, listens=False)
    assert status_with(other, stranger.token) == 200
    assert status_with(server, stranger.token) == 401
    # The same keys and applications under another address: another issuer.
    moved = make_server(start=False)
    other.stop()
    moved.data = other.data
    moved.start()
    assert status_with(moved, stranger.token) == 401
    stranger.server = moved
    assert status_with(moved, new_token(stranger)) == 200


# ── how they end ──────────────────────────────────────────────────────────────────────────────────

def test_revocation_takes_what_was_issued_and_nothing_else(server, silent, make_customer):
    neighbour = make_customer(server, listens=False)
    name = silent.place(new_order())["clientUserId"]
    for _ in range(3):  # also several times within one second
        old = new_token(silent)
        user = connect(silent, name).json()
        tool(server, "app", "revoke-tokens", "--app", silent.client_id)
        fresh = new_token(silent)
        assert status_with(server, old) == 401
        assert status_with(server, user["access_token"], f"/api/v1/users/{user['human_id']}") == 401
        assert connect(silent, name, client_secret=None, refresh_token=user["refresh_token"]).status_code == 401
        assert status_with(server, fresh) == 200
    assert status_with(server, neighbour.token) == 200


def test_a_new_secret_replaces_the_old_one(server, silent):
    printed = json.loads(tool(server, "app", "rotate-secret", "--app", silent.client_id))
    assert list(printed) == ["client_id", "client_secret"] and printed["client_id"] == silent.client_id
    assert grant(silent).status_code == 401
    assert grant(silent, client_secret=printed["client_secret"]).status_code == 200
    assert status_with(server, silent.token) == 200, "tokens outlive the secret"


def test_an_old_secret_works_for_the_overlap(server, silent):
    second = json.loads(tool(server, "app", "rotate-secret", "--app", silent.client_id, "--overlap", "24h"))
    assert [grant(silent).status_code, grant(silent, **second).status_code] == [200, 200]
    third = json.loads(tool(server, "app", "rotate-secret", "--app", silent.client_id, "--overlap", "1h"))
    assert [grant(silent).status_code, grant(silent, **second).status_code] == [401, 200], "one at a time"
    assert grant(silent, **third).status_code == 200
    tool(server, "app", "rotate-secret", "--app", silent.client_id)
    assert [grant(silent, **second).status_code, grant(silent, **third).status_code] == [401, 401]


def test_an_application_can_be_switched_off_and_on(server, silent):
    tool(server, "app", "disable", "--app", silent.client_id)
    assert (status_with(server, silent.token), grant(silent).status_code) == (401, 401)
    tool(server, "app", "enable", "--app", silent.client_id)
    assert (status_with(server, silent.token), grant(silent).status_code) == (200, 200)


def test_app_list_tells_no_secret(server, silent):
    tool(server, "app", "rotate-secret", "--app", silent.client_id, "--overlap", "1h")
    printed = tool(server, "app", "list")
    lines = [json.loads(line) for line in printed.splitlines()]
    mine = next(line for line in lines if line["client_id"] == silent.client_id)
    assert (mine["enabled"], mine["sandbox"], mine["tokens_valid_from"]) == (True, True, None)
    assert mine["previous_secret_until"] is not None
    assert silent.client_secret not in printed and "argon2" not in printed


@pytest.mark.parametrize("arguments, named", [
    (["app", "revoke-tokens", "--app", "0" * 40], "--app"), (["app", "disable", "--app", ""], "--app"),
    (["app", "rotate-secret", "--app", "0" * 40], "--app"),
    (["app", "rotate-secret", "--app", "0" * 40, "--overlap", "31d"], "--overlap"),
    (["app", "rotate-secret", "--app", "0" * 40, "--overlap", "soon"], "--overlap"),
    (["keys", "rotate", "--overlap", "23h"], "--overlap"), (["keys", "rotate", "--overlap", "366d"], "--overlap"),
    (["keys", "rotate", "--overlap", "25h", "--now"], "--now"),
])
def test_wrong_use_changes_nothing(server, arguments, named):
    before = tool(server, "keys", "list") + tool(server, "app", "list")
    done = server.tool.run(*arguments[:2], "--data", server.data, *arguments[2:])
    assert done.returncode == 2 and named in done.stdout + done.stderr
    assert tool(server, "keys", "list") + tool(server, "app", "list") == before


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────

def rotate(server, *flags: str) -> str:
    printed = json.loads(tool(server, "keys", "rotate", *flags))
    assert list(printed) == ["kid", "created", "others_retire"]
    return printed["kid"]


def signs_with(customer, kid: str) -> None:
    wait_until(lambda: parts_of(new_token(customer))[0]["kid"] == kid, "the new key signs")


def test_no_good_token_is_refused_while_keys_rotate(make_server, make_customer):
    server = make_server()
    customer = make_customer(server, listens=False)
    first = customer.token
    rotations, rounds_least = 10, 30
    rotating = threading.Event()
    statuses: list[int] = []
    old_tokens: list[str] = []

    def mint_and_verify() -> None:
        session = requests.Session()
        rounds = 0
        while not rotating.is_set() or rounds < rounds_least:
            rounds += 1
            body = {"client_id": customer.client_id, "client_secret": customer.client_secret, "type": "client"}
            granted = session.post(server.url + "/v1/admin/token", json=body, timeout=60)
            statuses.append(granted.status_code)
            token = granted.json().get("client_token", "")
            old_tokens.append(token)
            for used in (token, first, old_tokens[0]):
                answer = session.get(server.url + "/api/v1/order-types", timeout=60,
                                     headers={"Authorization": f"Bearer {used}"})
                statuses.append(answer.status_code)

    threads = [threading.Thread(target=mint_and_verify) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        kids = [rotate(server) for _ in range(rotations)]
    finally:
        rotating.set()
        for thread in threads:
            thread.join()
    assert len(statuses) >= 3 * 4 * rounds_least
    assert [status for status in statuses if status != 200] == []
    signs_with(customer, kids[-1])
    assert {key["kid"] for key in keys_of(server)} == {parts_of(first)[0]["kid"], *kids}
    assert status_with(server, first) == 200, "the first key still verifies"


def test_retired_keys_are_gone(make_server, make_customer):
    server = make_server()
    customer = make_customer(server, listens=False)
    old = customer.token
    second = rotate(server)
    signs_with(customer, second)
    assert status_with(server, old) == 200 and len(keys_of(server)) == 2
    last = rotate(server, "--now")
    signs_with(customer, last)
    assert [key["kid"] for key in keys_of(server)] == [last]
    assert status_with(server, old) == 401
    fresh = new_token(customer)
    assert status_with(server, fresh) == 200
    assert_signed(fresh, keys_of(server)[0])

    listed = [json.loads(line) for line in tool(server, "keys", "list").splitlines()]
    assert [line["kid"] for line in listed] == [last, second, parts_of(old)[0]["kid"]]
    assert all(set(line) == {"kid", "created", "retires"} for line in listed)
    assert [line["retires"] is None for line in listed] == [True, False, False]
