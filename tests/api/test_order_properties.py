"""Orders made at random from a seed: valid ones are kept as they were sent, broken ones are refused by name.

A failure prints the seed and the number of the order; CHARTROOM_SEED repeats it. Values are made up, so they may
be shown.
"""
import copy
import json
import os
import random

import pytest

from support.answers import assert_invalid, assert_names
from support.order_shapes import CLIENT_DATA_CHARACTERS, LONGEST_ID, LONGEST_TEXT, OPTIONAL, Sent, pairs
from support.shapes import ORDER_OF_USER, WITHOUT_EMAIL

SEED = int(os.environ.get("CHARTROOM_SEED", "20250307"))
AT_RANDOM = 150
MUTATIONS = 700
BROKEN_JSON = "Invalid request payload JSON format"


def chance_for(what: str, number: int) -> random.Random:
    """The chance of one case; it needs no other case to be repeated."""
    return random.Random(f"{SEED}/{what}/{number}")


@pytest.fixture(scope="module")
def listening(server, make_customer):
    return make_customer(server)


def post_text(customer, body: str | bytes):
    data = body.encode() if isinstance(body, str) else body
    return customer.call("POST", "/api/v1/users", data=data, headers={"Content-Type": "application/json"})


# ── valid orders ─────────────────────────────────────────────────────────────────────────────────

def valid_orders() -> list[Sent]:
    wanted = pairs()
    made = []
    for number in range(len(wanted) + AT_RANDOM):
        chance = chance_for("valid", number)
        given = wanted[number] if number < len(wanted) else {name for name in OPTIONAL if chance.random() < 0.7}
        # Records cost seconds of work and are not what this is about: no order can be asked for at the networks.
        given = given - {chance.choice(["firstName", "lastName", "gender", "address", "dateOfBirth"])} if (
            {"firstName", "lastName", "gender", "address", "dateOfBirth", "attachments"} <= given) else given
        made.append(Sent(chance, f"valid-{number}-{chance.choice(['a', 'ü', '李', '🙂', ' b', '/?&'])}", given))
    return made


def test_valid_orders_come_back_as_they_were_sent(listening):
    orders = valid_orders()
    human_ids = {}
    for number, sent in enumerate(orders):
        where = f"seed {SEED}, valid order {number}"
        # Escaped or not, spaced or not: it is the same order.
        text = json.dumps(sent.order, ensure_ascii=number % 2 == 0, indent=None if number % 3 else 1)
        answer = post_text(listening, text)
        assert answer.status_code == 202, f"{where}: {answer.status_code} {answer.text}"
        assert {name: answer.json().get(name) for name in sent.user()} == sent.user(), where
        human_ids[sent.order["clientUserId"]] = answer.json()["humanId"]
    for number, sent in enumerate(orders):
        where = f"seed {SEED}, valid order {number}"
        details = listening.get(f"/api/v1/users/{human_ids[sent.order['clientUserId']]}").json()
        order, = details.pop("orders")
        for name in ("humanId", "createdAt", "updatedAt"):
            details.pop(name)
        assert details == sent.user(), where
        assert list(order) == ORDER_OF_USER and order["orderType"] == sent.order_type, where
    expected = {sent.order["clientUserId"]: sent for sent in orders}
    listening.listener.wait_for(lambda all_: {d.client_user_id for d in all_ if d.is_summary} >= set(expected),
                                f"seed {SEED}: every order is told of")
    for delivery in listening.listener.deliveries():
        sent, event = expected[delivery.client_user_id], delivery.event
        assert event["humanId"] == human_ids[delivery.client_user_id]
        if delivery.is_summary:
            assert event.get("clientData") == sent.order.get("clientData"), delivery.client_user_id
        else:
            assert event["clientData"] == sent.order.get("clientData", {}), delivery.client_user_id


# ── single mutations ─────────────────────────────────────────────────────────────────────────────

LONGEST = {"clientUserId": LONGEST_ID, "mrn": LONGEST_ID, "clientProviderId": LONGEST_ID}
CHOICES = {"orderType", "gender", "type", "contentType", "encoding"}
REQUIRED = {"clientUserId", "type", "contentType", "encoding", "content"}
ABSENT = object()


def nodes(value, path: tuple = ()):
    """Every place of a JSON value with its path."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield from nodes(inner, (*path, name))


def dotted(path: tuple) -> str:
    return ".".join(str(part) for part in path)


def put(order: dict, path: tuple, value) -> dict:
    """A copy with another value at `path`; ABSENT removes it."""
    changed = copy.deepcopy(order)
    place = changed
    for part in path[:-1]:
        place = place[part]
    if value is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


def in_client_data(path: tuple) -> bool:
    return path[0] == "clientData" and len(path) > 1


class Mutation:
    """One order with one thing changed, and what must come of it: the keys of the 400, or None for a 202."""

    def __init__(self, body, keys: list[str] | None) -> None:
        self.body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        self.keys = keys


def drop(order: dict, path: tuple, _value, _chance) -> Mutation:
    name = path[-1]
    if isinstance(name, str) and not in_client_data(path):
        email_needed = order.get("orderType", "healthcheck") not in WITHOUT_EMAIL
        if name in REQUIRED or (name == "clientUserEmail" and email_needed):
            return Mutation(put(order, path, ABSENT), [dotted(path)])
        if name == "orderType" and "clientUserEmail" not in order:
            return Mutation(put(order, path, ABSENT), ["clientUserEmail"])
        if path[0] == "providers" and name in ("name", "organizationName") and len(path) == 3:
            other = {"name": "organizationName", "organizationName": "name"}[name]
            keys = None if other in order["providers"][path[1]] else [dotted(path[:2])]
            return Mutation(put(order, path, ABSENT), keys)
    return Mutation(put(order, path, ABSENT), None)


def nullify(order: dict, path: tuple, _value, _chance) -> Mutation:
    return Mutation(put(order, path, None), [dotted(path)])


def empty(order: dict, path: tuple, value, chance) -> Mutation | None:
    if not isinstance(value, str):
        return None
    blank = chance.choice(["", "", " ", "\t \n"])
    allowed = path[-1] == "npi" and blank == "" and path[0] == "providers" or path[0] == "attachments" and (
        path[-1] == "content")
    return Mutation(put(order, path, blank), None if allowed else [dotted(path)])


def other_type(order: dict, path: tuple, value, chance) -> Mutation | None:
    """Something of a type that this place never takes."""
    if in_client_data(path):
        wrong = [[], {}, ["a"], {"a": 1}]
    elif isinstance(value, bool):
        wrong = ["true", 1, [], {}]
    elif path[-1] in ("zip", "npi"):
        wrong = [True, [], {}, -1, 1.5]
    elif isinstance(value, (dict, list)):
        wrong = ["text", 7, True, [] if isinstance(value, dict) else {}]
    else:
        wrong = [7, 1.5, True, [], {}, ["a"]]
    return Mutation(put(order, path, chance.choice(wrong)), [dotted(path)])


def too_long(order: dict, path: tuple, value, chance) -> Mutation | None:
    if isinstance(value, list):
        most = {"providers": 50, "attachments": 10}.get(path[-1], 100)
        filler = value or (["x"] if most == 100 else [])
        return Mutation(put(order, path, (filler * (most + 1))[:most + 1]), [dotted(path)]) if filler else None
    if path[0] == "clientData":
        if not isinstance(value, str):
            return None
        # The whole is too long then as well.
        return Mutation(put(order, path, "x" * (CLIENT_DATA_CHARACTERS + 1)), [dotted(path), "clientData"])
    if not isinstance(value, str) or path[-1] == "content":
        return None
    most = LONGEST.get(path[-1], LONGEST_TEXT)
    return Mutation(put(order, path, chance.choice("xü🙂") * (most + 1)), [dotted(path)])


def bad_choice(order: dict, path: tuple, value, chance) -> Mutation | None:
    if path[-1] not in CHOICES or in_client_data(path):
        return None
    return Mutation(put(order, path, chance.choice([value.upper(), value + "x", " " + value, "?"])), [dotted(path)])


def unknown_member(order: dict, path: tuple, value, chance) -> Mutation | None:
    if not isinstance(value, dict) or path[:1] == ("clientData",):
        return None
    name = chance.choice(["unknown", "Name", "orderID", "__proto__", "ünknown", "a b"])
    return Mutation(put(order, (*path, name), chance.choice(["x", None, 1, {}, []])), [dotted((*path, name))])


def twice(order: dict, path: tuple, value, chance) -> Mutation | None:
    """The same member a second time, with the same value or another: broken JSON wherever it stands."""
    if not isinstance(value, dict) or not value:
        return None
    name = chance.choice(list(value))
    mark = "@@twice@@"
    text = json.dumps(put(order, (*path, mark), chance.choice([value[name], "other"])))
    return Mutation(text.replace(json.dumps(mark), json.dumps(name)), [])


def control_character(order: dict, path: tuple, value, chance) -> Mutation | None:
    if not isinstance(value, str) or path[-1] in CHOICES | {"content", "clientUserEmail", "dateOfBirth", "ssn", "phone",
                                                            "fax"} and not in_client_data(path):
        return None
    if len(value) >= LONGEST.get(path[-1], 99):
        return None
    bad = chance.choice(["\x00", "\x01", "\x08", "\x1b", "\x1f", "\x7f"])
    return Mutation(put(order, path, value + bad + "x"), [dotted(path)])


def raw_control_character(order: dict, path: tuple, value, chance) -> Mutation | None:
    """Unescaped inside a string, as no JSON may have it."""
    if not isinstance(value, str):
        return None
    text = json.dumps(put(order, path, "@@here@@"))
    return Mutation(text.replace("@@here@@", "a" + chance.choice("\x00\x01\n\t\x1f") + "b"), [])


def harmless(order: dict, path: tuple, value, chance) -> Mutation:
    """Another spelling of the same: order of members, white space, escapes."""
    shuffled = dict(chance.sample(list(order.items()), len(order)))
    text = json.dumps(shuffled, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 0, 3]))
    return Mutation(chance.choice(["", " ", "\r\n\t"]) + text + chance.choice(["", "\n"]), None)


MUTATORS = [drop, nullify, empty, other_type, too_long, bad_choice, unknown_member, twice, control_character,
            raw_control_character, harmless]


def mutation(number: int) -> Mutation:
    chance = chance_for("mutation", number)
    kind = MUTATORS[number % len(MUTATORS)]
    while True:
        given = {name for name in OPTIONAL if chance.random() < 0.8} - {chance.choice(["firstName", "gender"])}
        order = Sent(chance, f"mutated-{number}", given).order
        path, value = chance.choice([node for node in nodes(order) if node[0] or kind in (unknown_member, twice)])
        made = kind(order, path, value, chance)
        if made is not None and made.keys == ["orderType"] and "clientUserEmail" not in order:
            # A type that cannot be read waives no e-mail, so the second field is named too.
            made.keys.append("clientUserEmail")
        if made is not None:
            return made


def test_single_mutations_are_refused_by_name_or_harmless(listening):
    accepted = int(listening.get("/api/v1/users").headers["x-total-count"])
    refused = 0
    for number in range(MUTATIONS):
        where = f"seed {SEED}, mutation {number} ({MUTATORS[number % len(MUTATORS)].__name__})"
        made = mutation(number)
        answer = post_text(listening, made.body)
        told = f"{where}: {answer.status_code} {answer.text[:300]}, expected {made.keys}"
        if made.keys is None:
            assert answer.status_code == 202, told
            accepted += 1
        else:
            assert answer.status_code == 400, told
            assert answer.json()["validation"]["keys"] == made.keys, told
            if not made.keys:
                assert_invalid(answer, BROKEN_JSON, [])
            else:
                assert_names(answer, made.keys)
            refused += 1
    assert int(listening.get("/api/v1/users").headers["x-total-count"]) == accepted
    assert refused > MUTATIONS // 2


def test_bytes_at_random_never_break_the_server(listening):
    """A byte changed, lost or doubled anywhere: accepted or refused, never an error of ours."""
    for number in range(200):
        chance = chance_for("bytes", number)
        order = Sent(chance, f"bytes-{number}", {name for name in OPTIONAL if chance.random() < 0.4} - {"attachments"})
        body = bytearray(json.dumps(order.order, ensure_ascii=False).encode())
        at = chance.randrange(len(body))
        match chance.randrange(3):
            case 0:
                body[at] = chance.randrange(256)
            case 1:
                del body[at:at + chance.randint(1, 8)]
            case _:
                body[at:at] = body[at:at + chance.randint(1, 8)]
        answer = post_text(listening, bytes(body))
        assert answer.status_code in (202, 400, 409), f"seed {SEED}, bytes {number}: {answer.status_code}"
