"""Error answers as the contract writes them (3.0)."""

REQUEST_ID = "x-humanapi-request-id"


def assert_plain(answer, status: int, reason: str, message: str | None = None) -> None:
    """Envelope A."""
    assert answer.status_code == status
    body = answer.json()
    assert list(body) == ["code", "statusCode", "error", "message", REQUEST_ID]
    assert (body["code"], body["statusCode"], body["error"]) == (status, status, reason)
    assert body[REQUEST_ID] == answer.headers[REQUEST_ID]
    if message is not None:
        assert body["message"] == message


def assert_invalid(answer, message: str, keys: list[str]) -> None:
    """Envelope B."""
    assert answer.status_code == 400
    body = answer.json()
    assert list(body) == ["statusCode", "error", "message", "validation", REQUEST_ID]
    assert (body["statusCode"], body["error"]) == (400, "Bad Request")
    assert body["validation"] == {"source": "payload", "keys": keys}
    assert body["message"] == message


def assert_unknown(answer) -> None:
    assert_plain(answer, 404, "Not Found", "Not Found")


def assert_no_token(server_url: str, session, calls: list[tuple[str, str]]) -> None:
    """Each of the (method, path) pairs is refused without and with a wrong token."""
    for method, path in calls:
        for headers in ({}, {"Authorization": "Bearer nonsense"}):
            answer = session.request(method, server_url + path, headers=headers, timeout=30)
            assert_plain(answer, 401, "Unauthorized", "Cannot authenticate you with this token")


def same_but_for_ids(one, other) -> bool:
    """Whether two answers to calls with the same x-request-id are equal byte for byte."""
    return (one.status_code, one.content) == (other.status_code, other.content)
