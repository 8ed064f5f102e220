"""Placing orders of which one thing is tested."""
from support.answers import assert_invalid
from support.orders import new_order, quiet_order

BAD_VALUE = "Zq7Xbad"  # stands where something else should; no answer may repeat it
EMPTY = "is not allowed to be empty"
PATTERN = "fails to match the required pattern"
TEXT = "must be a string"
LONGEST_TEXT = 1000
LONGEST_ID = 256
NOT_BASE64 = "must be a valid base64 string"


def longer_than(most: int) -> str:
    return f"length must be less than or equal to {most} characters long"


def place(client, **changes) -> dict:
    """Places an order that must be accepted; the user as it was kept."""
    user = client.place(quiet_order(**changes))
    return client.get(f"/api/v1/users/{user['humanId']}").json()


def assert_kept(client, field: str, value, kept=None) -> None:
    assert place(client, **{field: value})[field] == (value if kept is None else kept)


def refuse(client, change: dict, field: str, rule: str) -> None:
    answer = client.post("/api/v1/users", new_order(**change))
    assert_invalid(answer, f'"{field}" {rule}', [field])
    if BAD_VALUE not in field:
        assert BAD_VALUE not in answer.text


def named(rows: list[tuple]) -> list[str]:
    """Names for the rows of a table of refusals."""
    return [f"{row[1]}-{number}" for number, row in enumerate(rows)]
