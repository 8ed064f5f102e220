"""The two error envelopes of the contract (3.0), and what no answer may be."""
import re

REQUEST_ID = "x-humanapi-request-id"
BAD_TOKEN = "Cannot authenticate you with this token"
OTHER_LOGIN = "Unable to match the login of the new user to an existing user found for that user"
CANNOT_ABORT = "The order is in a state where it can\u2019t be aborted"

HEX_24 = re.compile(r"[0-9a-f]{24}")
HEX_32 = re.compile(r"[0-9a-f]{32}")
HEX_40 = re.compile(r"[0-9a-f]{40}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def assert_plain(answer, status: int, reason: str, message: str | None = None) -> None:
    """Envelope A (contract 3.0)."""
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    body = answer.json()
    assert list(body) == ["code", "statusCode", "error", "message", REQUEST_ID]
    assert (body["code"], body["statusCode"], body["error"]) == (status, status, reason)
    assert body[REQUEST_ID] == answer.headers[REQUEST_ID]
    if message is not None:
        assert body["message"] == message


def assert_invalid(answer, message: str, keys: list[str]) -> None:
    """Envelope B (contract 3.0)."""
    assert_names(answer, keys)
    assert answer.json()["message"] == message


def assert_names(answer, keys: list[str]) -> None:
    """Envelope B with these keys, whatever it says of them."""
    assert answer.status_code == 400
    body = answer.json()
    assert list(body) == ["statusCode", "error", "message", "validation", REQUEST_ID]
    assert (body["statusCode"], body["error"]) == (400, "Bad Request")
    assert body["validation"] == {"source": "payload", "keys": keys}
    assert body[REQUEST_ID] == answer.headers[REQUEST_ID]


def assert_unknown(answer) -> None:
    assert_plain(answer, 404, "Not Found", "Not Found")


def assert_no_token(server_url: str, session, calls: list[tuple[str, str]]) -> None:
    """Each of the (method, path) pairs is refused without and with a wrong token."""
    for method, path in calls:
        for headers in ({}, {"Authorization": "Bearer nonsense"}):
            answer = session.request(method, server_url + path, headers=headers, timeout=30)
            assert_plain(answer, 401, "Unauthorized", BAD_TOKEN)


def same_but_for_ids(one, other) -> bool:
    """Whether two answers to calls with the same x-request-id are equal byte for byte."""
    return (one.status_code, one.content) == (other.status_code, other.content)
