"""Limits on guessing secrets and on actions, and tokens that are set up to be short (docs/operations.md)."""
import pytest
import requests

from support.grants import DAY_S, assert_plain, connect, grant, status_with, tool
from support.orders import new_order
from support.server import Server
from support.tokens import parts_of


@pytest.fixture(scope="module")
def strict(make_server, tmp_path_factory) -> Server:
    """Behind a proxy on this machine, with short tokens and few failures from one address."""
    settings = tmp_path_factory.mktemp("strict") / "chartroom.toml"
    settings.write_text('trusted_proxies = ["127.0.0.1"]\ntoken_failures_per_address = 5\ntoken_life = "60s"\n'
                        "actions_per_user = 3\n")
    return make_server("--config", str(settings))


def fail_until_limited(customer, attempts: int, **arguments) -> requests.Response:
    """A slow machine gains a token now and then, so a few more tries than the limit are allowed."""
    for _ in range(3 * attempts):
        answer = grant(customer, client_secret="wrong", **arguments)
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 401
    raise AssertionError("never limited")


@pytest.mark.parametrize("known", [True, False])
def test_guessing_is_limited_for_each_client_id(strict, make_customer, known):
    customer = make_customer(strict, listens=False)
    real_id = customer.client_id
    if not known:
        customer.client_id = "f" * 40
    hops = iter(range(1, 1000))

    def elsewhere() -> dict:
        return {"X-Forwarded-For": f"198.51.{int(known)}.{next(hops)}"}

    for _ in range(30):
        answer = grant(customer, headers=elsewhere(), client_secret="wrong")
        if answer.status_code == 429:
            break
        assert answer.status_code == 401
    assert_plain(answer, 429, "Too Many Requests", "Too Many Requests")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    other = make_customer(strict, listens=False)
    assert grant(other, headers=elsewhere()).status_code == 200
    if not known:
        customer.client_id = real_id
        assert grant(customer, headers=elsewhere()).status_code == 200


def test_guessing_is_limited_for_each_address(strict, make_customer):
    customer = make_customer(strict, listens=False)
    here = {"X-Forwarded-For": "8.8.8.8, 203.0.113.77"}
    limited = fail_until_limited(customer, 5, headers=here)
    assert_plain(limited, 429, "Too Many Requests", "Too Many Requests")
    other = make_customer(strict, listens=False)
    same_proxy = {"X-Forwarded-For": "9.9.9.9, 203.0.113.77"}
    assert grant(other, headers=same_proxy).status_code == 429, "what stands before the last hop is made up"
    assert grant(other, headers={"X-Forwarded-For": "203.0.113.78"}).status_code == 200


def test_success_costs_nothing(strict, make_customer):
    customer = make_customer(strict, listens=False)
    assert {grant(customer).status_code for _ in range(30)} == {200}


def test_the_header_is_not_believed_without_a_trusted_proxy(server, make_customer):
    silent = make_customer(server, listens=False)
    for last in range(1, 31):
        answer = grant(silent, headers={"X-Forwarded-For": f"192.0.2.{last}"}, client_secret="wrong")
        if answer.status_code == 429:
            break
    assert answer.status_code == 429, "by client id, whatever the header says"


def test_actions_are_limited_for_each_user(strict, make_customer):
    customer = make_customer(strict, listens=False)
    orders = [new_order(), new_order("Roe")]
    humans = [customer.place(order)["humanId"] for order in orders]
    names = [{"humanId": humans[0]}, {"clientUserId": orders[0]["clientUserId"]}]
    for turn in range(30):
        answer = customer.post("/api/v1/users/actions", {"action": "resync", **names[turn % 2]})
        if answer.status_code == 429:
            break
        assert answer.status_code in (202, 409)
    assert_plain(answer, 429, "Too Many Requests", "Too Many Requests")
    assert int(answer.headers["retry-after"]) >= 1
    other = customer.post("/api/v1/users/actions", {"action": "resync", "humanId": humans[1]})
    assert other.status_code in (202, 409)


def test_tokens_live_as_long_as_set_up(strict, make_customer):
    customer = make_customer(strict, listens=False)
    answer = grant(customer).json()
    _, claims, _ = parts_of(answer["client_token"])
    assert answer["expires_in"] == 60 and claims["exp"] - claims["iat"] == 60
    name = customer.place(new_order())["clientUserId"]
    access = connect(customer, name).json()
    assert access["expires_in"] == connect(customer, name, "id").json()["expires_in"] == 60
    assert connect(customer, name, "session").json()["expires_in"] == 28_800
    claims = parts_of(access["refresh_token"])[1]
    assert claims["exp"] - claims["iat"] == 30 * DAY_S
    tool(strict, "app", "revoke-tokens", "--app", customer.client_id)
    assert status_with(strict, answer["client_token"]) == 401
