"""Client tokens: how they are granted, what is in them, and what they open (contract 2.1 to 2.3)."""
import time

import pytest
import requests

from support.answers import BAD_TOKEN, assert_names, assert_plain
from support.tokens import parts_of

DAY_S = 86_400
MISSING = object()


def ask(client, **changes) -> requests.Response:
    """Asks for a token with the right pair; MISSING leaves a member out."""
    body = {"client_id": client.client_id, "client_secret": client.client_secret, "type": "client", **changes}
    sent = {name: value for name, value in body.items() if value is not MISSING}
    return requests.post(client.server.url + "/v1/admin/token", json=sent, timeout=60)


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
    ({"type": MISSING}, ["type"]), ({"type": "admin"}, ["type"]), ({"type": "Client"}, ["type"]),
    ({"type": 1}, ["type"]),
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


def test_an_application_may_be_without_the_api(server, make_customer):
    customer = make_customer(server, listens=False)
    customer.configure("admin_api=false")
    assert_plain(customer.get("/api/v1/users"), 401, "Unauthorized", BAD_TOKEN)
    customer.configure("admin_api=true")
    assert customer.get("/api/v1/users").status_code == 200


def test_there_is_no_discovery(client):
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        assert_plain(requests.get(client.server.url + path, timeout=30), 404, "Not Found")
