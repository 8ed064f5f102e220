"""Every operation with every kind of token, for ids of one's own, of somebody else and of nobody.

What exists elsewhere answers as what does not exist at all, byte for byte, and nothing of it is ever told.
"""
import json
import re
import uuid
from dataclasses import dataclass, field

import pytest
import requests

from support.answers import BAD_TOKEN, assert_plain
from support.estate import Estate
from support.orders import quiet_order
from support.routes import blank, routes
from support.tokens import hostile_tokens

REQUEST = {"x-request-id": "one-and-the-same"}
# Open to everybody, and about nobody.
OPEN = {("POST", "/v1/admin/token"), ("POST", "/v1/connect/token"), ("GET", "/.well-known/jwks.json"),
        ("GET", "/livez"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/openapi.json"), ("GET", "/docs")}
KINDS = re.compile(r"<(\w+)>")
RANGE = {"since": "2020-01-01T00:00:00Z", "until": "2040-01-01T00:00:00Z"}


@dataclass(frozen=True)
class Call:
    """One way to call an operation. <kind> stands for the id of a thing of that kind."""

    method: str
    path: str
    own: int  # the status for the owner
    query: dict = field(default_factory=dict)
    body: dict | None = None

    def __str__(self) -> str:
        named = ",".join([*self.query, *(name for name, value in (self.body or {}).items() if "<" in str(value))])
        return f"{self.method} {self.path}{' by ' + named if named else ''}"

    @property
    def names_things(self) -> bool:
        return bool(KINDS.search(json.dumps([self.path, self.query, self.body])))

    def send(self, server, token: str | None, ids) -> requests.Response:
        """`ids` gives the id of a kind."""
        def filled(text: str) -> str:
            return KINDS.sub(lambda match: ids[match[1]], text)

        headers = {**REQUEST, **({"Authorization": f"Bearer {token}"} if token is not None else {})}
        return session.request(self.method, server.url + filled(self.path), headers=headers, timeout=120,
                               params={name: filled(value) for name, value in self.query.items()},
                               json=json.loads(filled(json.dumps(self.body))) if self.body is not None else None)


session = requests.Session()
session.trust_env = False

BY_HUMAN, BY_POLICY = {"humanId": "<human>"}, {"clientUserId": "<policy>"}
CALLS = [
    Call("GET", "/api/v1/order-types", 200),
    Call("POST", "/api/v1/users", 202, body=quiet_order(clientUserId="placed-in-the-matrix")),
    Call("GET", "/api/v1/users", 200),
    *(Call("GET", path, 200, query) for path in ("/api/v1/users", "/api/v1/users/providers", "/api/v1/user/reports",
                                                 "/api/v1/tasks") for query in (BY_HUMAN, BY_POLICY)),
    Call("GET", "/api/v1/users/<human>", 200),
    Call("GET", "/api/v1/user/reports", 200, {**BY_HUMAN, "createdByOrderId": "<order>"}),
    Call("GET", "/api/v1/user/reports/<report>", 200),
    *(Call("POST", "/api/v1/resources/consumer-link", 200, body=body) for body in (BY_HUMAN, BY_POLICY)),
    Call("GET", "/api/v1/orders/<order>", 200),
    Call("GET", "/api/v1/orders/<order>/timeline", 200),
    Call("GET", "/api/v1/tasks", 200),
    Call("GET", "/api/v1/tasks", 200, {"orderId": "<order>"}),
    Call("GET", "/api/v1/tasks/<task>", 200),
    Call("POST", "/api/v1/tasks/<task>/resolve", 202, body={"decision": "decline"}),
    Call("GET", "/api/v1/subscriptions", 200, BY_POLICY),
    Call("POST", "/api/v1/subscriptions", 201,
         body={**BY_POLICY, "subscriberEmail": "another@example.com", "role": "producer"}),
    Call("GET", "/api/v1/subscriptions/<subscription>", 200),
    Call("DELETE", "/api/v1/subscriptions/<doomed_subscription>", 200),
    Call("GET", "/api/v1/webhooks", 200),
    Call("POST", "/api/v1/webhooks", 201, body={"url": "http://127.0.0.1:9/hook", "enabled": False}),
    Call("GET", "/api/v1/webhooks/<webhook>", 200),
    Call("PATCH", "/api/v1/webhooks/<webhook>", 200, body={"description": "changed"}),
    Call("POST", "/api/v1/webhooks/<webhook>/rotate-secret", 200, body={}),
    Call("POST", "/api/v1/webhooks/<webhook>/test", 202, body={}),
    Call("GET", "/api/v1/webhooks/<webhook>/attempts", 200),
    Call("DELETE", "/api/v1/webhooks/<doomed_webhook>", 204),
    Call("GET", "/api/v1/events", 200),
    Call("GET", "/api/v1/events", 200, {"orderId": "<order>"}),
    Call("GET", "/api/v1/events/<event>", 200),
    Call("POST", "/api/v1/events/<event>/redeliver", 202, body={}),
    Call("POST", "/api/v1/events/<event>/redeliver", 202, body={"webhookId": "<webhook>"}),
    Call("POST", "/api/v1/events/replay", 200, body=RANGE),
    Call("POST", "/api/v1/events/replay", 200, body={**RANGE, "orderId": "<order>"}),
    Call("POST", "/api/v1/events/replay", 200, body={**RANGE, "webhookId": "<webhook>"}),
    Call("GET", "/api/v1/sandbox/clock", 200),
    Call("POST", "/api/v1/sandbox/clock", 200, body={"advance": "1s"}),
    Call("POST", "/api/v1/users/actions", 409, body={"action": "resync", **BY_HUMAN}),
    Call("POST", "/api/v1/users/actions", 202, body={"action": "abort", "humanId": "<open_human>"}),
    Call("POST", "/api/v1/users/actions", 202, body={"action": "abort", "clientUserId": "<open_policy>"}),
]
every_call = pytest.mark.parametrize("call", CALLS, ids=str)


@pytest.fixture(scope="module")
def owner(server, make_customer):
    estate = Estate(make_customer(server))
    yield estate
    estate.close()


@pytest.fixture(scope="module")
def stranger(server, make_customer):
    """Has things of its own, so that its lists are not empty."""
    customer = make_customer(server, listens=False)
    customer.place(quiet_order())
    return customer


class Unknown:
    """An id of the right shape for every kind, of nothing; those that were made up stay the same."""

    def __init__(self, owner: Estate) -> None:
        self.owner = owner

    def __getitem__(self, kind: str) -> str:
        shape = self.owner[kind]
        made_up = uuid.uuid5(uuid.NAMESPACE_URL, kind)
        return str(made_up) if len(shape) == 36 else (made_up.hex * 2)[:len(shape)]


@pytest.fixture(scope="module")
def unknown(owner) -> Unknown:
    return Unknown(owner)


def told(answer: requests.Response) -> tuple:
    """All of an answer but the time of day."""
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() != "date"}
    return answer.status_code, headers, answer.content


def assert_tells_nothing_of(owner: Estate, answer: requests.Response) -> None:
    text = (answer.text + str(answer.headers)).lower()
    assert [said for said in owner.said() if said.lower() in text] == []


def test_every_operation_is_in_the_matrix(tool):
    here = {(call.method, blank(call.path)) for call in CALLS}
    assert routes(tool) == here | OPEN
    assert not here & OPEN


@pytest.fixture(scope="module")
def bad_tokens(server, owner) -> list[str | None]:
    """None, malformed, forged, changed; made of a good one."""
    keys = requests.get(server.url + "/.well-known/jwks.json", timeout=30).json()["keys"]
    hostile = hostile_tokens(owner.customer.token, keys[0])
    return [None, "", "not a token", *(hostile[what] for what in (
        "claims changed", "signed by another key", "alg none", "signature cut off", "HS256 with the public key"))]


@every_call
def test_without_a_good_token_there_is_nothing(server, owner, unknown, bad_tokens, call):
    """The same refusal whatever is named."""
    ids = [owner, unknown] if call.names_things else [unknown]
    answers = [call.send(server, token, one) for token in bad_tokens for one in ids]
    for answer in answers:
        assert_plain(answer, 401, "Unauthorized", BAD_TOKEN)
    assert len({answer.content for answer in answers}) == 1


@pytest.fixture(scope="module")
def revoked(server, owner) -> str:
    """The owner's own token of a moment ago."""
    token = owner.customer.token
    done = server.tool.run("app", "revoke-tokens", "--data", server.data, "--app", owner.customer.client_id)
    assert done.returncode == 0, done.stderr
    owner.customer.renew_token()
    return token


@every_call
def test_a_revoked_token_opens_nothing(server, owner, unknown, revoked, call):
    answers = [call.send(server, revoked, ids) for ids in ([owner, unknown] if call.names_things else [unknown])]
    for answer in answers:
        assert_plain(answer, 401, "Unauthorized", BAD_TOKEN)
    assert len({answer.content for answer in answers}) == 1


@every_call
def test_what_is_somebody_elses_is_as_what_is_not(server, owner, stranger, unknown, call):
    foreign = call.send(server, stranger.token, owner)
    assert_tells_nothing_of(owner, foreign)
    if not call.names_things:
        assert foreign.status_code == call.own
        return
    nothing = call.send(server, stranger.token, unknown)
    assert told(foreign) == told(nothing)
    if foreign.status_code == 404:
        assert_plain(foreign, 404, "Not Found", "Not Found")
    else:
        # A list or a count that may as well be empty.
        assert foreign.status_code == 200 and call.path.split("/")[-1] in ("tasks", "events", "replay")


@every_call
def test_the_owner_is_served(server, owner, unknown, call):
    """After all of the above: nobody changed or removed anything."""
    answer = call.send(server, owner.customer.token, owner)
    assert answer.status_code == call.own
    if call.names_things and call.method == "GET":
        assert call.send(server, owner.customer.token, unknown).status_code in (200, 404)
