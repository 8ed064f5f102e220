"""Tokens: how they are granted, what is in them, and what they open (contract 2)."""
import time

import pytest
import requests

from support.answers import BAD_TOKEN, OTHER_LOGIN, assert_names, assert_plain
from support.orders import quiet_order
from support.tokens import parts_of

CLIENT_TOKEN = "/v1/admin/token"
CONNECT_TOKEN = "/v1/connect/token"
DAY_S = 86_400
MISSING = object()


def ask(client, path: str = CLIENT_TOKEN, **changes) -> requests.Response:
    """Asks for a token with the right pair; MISSING leaves a member out."""
    body = {"client_id": client.client_id, "client_secret": client.client_secret, "type": "client", **changes}
    sent = {name: value for name, value in body.items() if value is not MISSING}
    return requests.post(client.server.url + path, json=sent, timeout=60)


def get(client, path: str, token: str) -> requests.Response:
    return requests.get(client.server.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def test_a_client_token(client):
    answer = ask(client)
    assert answer.status_code == 200
    assert list(answer.json()) == ["expires_in", "client_token"]
    assert answer.json()["expires_in"] == DAY_S
    assert get(client, "/api/v1/users", answer.json()["client_token"]).status_code == 200


def test_claims_of_a_client_token(client):
    before = int(time.time())
    header, claims, _ = parts_of(ask(client).json()["client_token"])
    assert set(header) >= {"kid", "alg"} and header["alg"] == "RS256"
    assert claims["ver"] == 1 and claims["jti"].startswith("AT.")
    assert claims["iss"].startswith(client.server.url) and claims["aud"] == "127.0.0.1"
    assert before - 2 <= claims["iat"] <= time.time() + 2 and claims["exp"] == claims["iat"] + DAY_S
    assert claims["cid"] == claims["sub"] == client.client_id
    assert claims["scp"] == ["appuser:write", "appuser:read"]
    keys = requests.get(client.server.url + "/.well-known/jwks.json", timeout=30).json()["keys"]
    assert header["kid"] in {key["kid"] for key in keys}


@pytest.mark.parametrize("change, keys", [
    ({"client_id": MISSING}, ["client_id"]), ({"client_id": 7}, ["client_id"]), ({"client_id": ""}, ["client_id"]),
    ({"client_id": None}, ["client_id"]), ({"client_secret": MISSING}, ["client_secret"]),
    ({"client_secret": ["x"]}, ["client_secret"]), ({"client_secret": ""}, ["client_secret"]),
    ({"type": MISSING}, ["type"]), ({"type": "admin"}, ["type"]), ({"type": "Client"}, ["type"]), ({"type": 1}, ["type"]),
    ({"client_id": MISSING, "client_secret": MISSING, "type": MISSING}, ["client_id", "client_secret", "type"]),
])
def test_token_bodies_that_are_refused(client, change, keys):
    answer = ask(client, **change)
    assert_names(answer, keys)
    assert client.client_secret not in answer.text


def test_wrong_pairs_are_unauthorized_and_alike(client):
    answers = [ask(client, client_secret="0" * 40), ask(client, client_id="0" * 40), ask(client, client_id="x")]
    for answer in answers:
        assert_plain(answer, 401, "Unauthorized")
    assert len({answer.json()["message"] for answer in answers}) == 1


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_no_case(client, scheme):
    answer = requests.get(client.server.url + "/api/v1/users", timeout=60,
                          headers={"Authorization": f"{scheme} {client.token}"})
    assert answer.status_code == 200


def test_the_documented_headers_are_enough(client):
    answer = requests.get(client.server.url + "/api/v1/users", timeout=60, headers={
        "Content-Type": "application/json", "Cache-Control": "no-cache", "Authorization": f"Bearer {client.token}"})
    assert answer.status_code == 200


def test_revoked_tokens_open_nothing(client):
    old = ask(client).json()["client_token"]
    done = client.server.tool.run("app", "revoke-tokens", "--data", client.server.data, "--app", client.client_id)
    assert done.returncode == 0, done.stderr
    assert_plain(get(client, "/api/v1/users", old), 401, "Unauthorized", BAD_TOKEN)
    new = ask(client).json()["client_token"]
    assert get(client, "/api/v1/users", new).status_code == 200
    client.token = new


def test_an_application_may_be_without_the_api(server, make_customer):
    customer = make_customer(server, listens=False)
    customer.configure("admin_api=false")
    assert_plain(customer.get("/api/v1/users"), 401, "Unauthorized", BAD_TOKEN)
    customer.configure("admin_api=true")
    assert customer.get("/api/v1/users").status_code == 200


def test_there_is_no_discovery(client):
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        assert_plain(requests.get(client.server.url + path, timeout=30), 404, "Not Found")


# ── connect tokens ───────────────────────────────────────────────────────────────────────────────

@pytest.fixture(scope="module")
def user(client) -> dict:
    return client.place(quiet_order(clientUserEmail="known@example.com"))


def connect(client, user: dict, kind: str, **changes) -> requests.Response:
    return ask(client, CONNECT_TOKEN, **{"client_user_id": user["clientUserId"], "type": kind, **changes})


def test_a_session_token_opens_the_task_manager(client, user):
    answer = connect(client, user, "session", client_user_email="Known@Example.com", extra_scopes=["anything"])
    assert answer.status_code == 200
    assert list(answer.json()) == ["session_token", "human_id", "expires_in"]
    assert (answer.json()["human_id"], answer.json()["expires_in"]) == (user["humanId"], 8 * 3600)
    page = requests.get(client.server.url + "/", timeout=60, params={
        "clientId": client.client_id, "rq": answer.json()["session_token"]})
    assert page.status_code == 200 and "/tasks/" in page.text


def test_an_id_token_names_the_user(client, user):
    answer = connect(client, user, "id")
    assert answer.status_code == 200
    assert list(answer.json()) == ["id_token", "human_id", "expires_in"]
    assert (answer.json()["human_id"], answer.json()["expires_in"]) == (user["humanId"], DAY_S)
    header, claims, _ = parts_of(answer.json()["id_token"])
    assert header["alg"] == "RS256"
    assert (claims["sub"], claims["aud"]) == (user["humanId"], client.client_id)
    assert_plain(get(client, "/api/v1/users", answer.json()["id_token"]), 401, "Unauthorized", BAD_TOKEN)


def test_an_access_token_reads_its_user_alone(client, user):
    answer = connect(client, user, "access")
    assert answer.status_code == 200
    assert list(answer.json()) == ["access_token", "expires_in", "token_type", "refresh_token", "human_id"]
    assert (answer.json()["expires_in"], answer.json()["token_type"]) == (DAY_S, "Bearer")
    token = answer.json()["access_token"]
    assert parts_of(token)[1]["sub"] == user["humanId"] and parts_of(token)[1]["scp"] == ["user:read"]
    assert get(client, f"/api/v1/users/{user['humanId']}", token).status_code == 200
    assert get(client, f"/api/v1/user/reports?humanId={user['humanId']}", token).json() == []
    assert_plain(get(client, "/api/v1/user/reports/unknown", token), 404, "Not Found")
    other = client.place(quiet_order())
    for path in (f"/api/v1/users/{other['humanId']}", f"/api/v1/user/reports?humanId={other['humanId']}",
                 f"/api/v1/user/reports?clientUserId={other['clientUserId']}"):
        assert_plain(get(client, path, token), 404, "Not Found", "Not Found")
    for path in ("/api/v1/users", "/api/v1/order-types", f"/api/v1/users?humanId={user['humanId']}"):
        assert_plain(get(client, path, token), 401, "Unauthorized", BAD_TOKEN)


def test_a_refresh_token_stands_for_the_secret(client, user):
    refresh = connect(client, user, "access").json()["refresh_token"]
    again = connect(client, user, "access", client_secret=MISSING, refresh_token=refresh)
    assert again.status_code == 200 and again.json()["human_id"] == user["humanId"]
    for wrong in ({"type": "session"}, {"refresh_token": "x" + refresh[1:]}):
        answer = ask(client, CONNECT_TOKEN, **{"client_user_id": user["clientUserId"], "type": "access",
                                               "client_secret": MISSING, "refresh_token": refresh, **wrong})
        assert answer.status_code in (400, 401)


@pytest.mark.parametrize("change, keys", [
    ({"client_id": MISSING}, ["client_id"]), ({"client_user_id": MISSING}, ["client_user_id"]),
    ({"client_user_id": 7}, ["client_user_id"]), ({"type": MISSING}, ["type"]), ({"type": "client"}, ["type"]),
    ({"client_secret": MISSING}, ["client_secret"]), ({"client_secret": ""}, ["client_secret"]),
    ({"client_user_email": 5}, ["client_user_email"]), ({"extra_scopes": "x"}, ["extra_scopes"]),
])
def test_connect_bodies_that_are_refused(client, user, change, keys):
    body = {"client_user_id": user["clientUserId"], "type": "session", **change}
    assert_names(ask(client, CONNECT_TOKEN, **body), keys)


def test_connect_tokens_are_refused_like_others(client, user):
    assert_plain(connect(client, user, "session", client_secret="0" * 40), 401, "Unauthorized")
    assert_plain(connect(client, user, "session", client_user_id="nobody"), 404, "Not Found")
    assert_plain(connect(client, user, "session", client_user_email="other@example.com"), 409, "Conflict",
                 OTHER_LOGIN)
