"""The suppression list: who is on it gets no records and no reports."""
import json
import subprocess

import pytest

from support.orders import new_order

PERSON = {"firstName": "Ada", "lastName": "Lindqvist", "dateOfBirth": "1971-03-09"}
NETWORK = {"orderType": "ehr-only", "clientUserEmail": None}


def change(customer, command: str, *persons, text: str | None = None) -> subprocess.CompletedProcess:
    lines = text if text is not None else "\n".join(json.dumps(person) for person in persons)
    return customer.server.tool.run("suppression", command, "--data", customer.server.data, "--app",
                                    customer.client_id, text=lines)


def payload_of(customer, **fields) -> dict:
    order = new_order("Lindqvist", **{**NETWORK, "firstName": "Ada", "dateOfBirth": "1971-03-09", **fields})
    customer.place(order)
    return customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]


def test_a_listed_person_is_blocked_and_free_again_when_removed(customer):
    assert payload_of(customer)["fcraSuppressed"] is False
    done = change(customer, "add", PERSON)
    assert done.returncode == 0 and json.loads(done.stdout) == {"added": 1}
    blocked = payload_of(customer, firstName="ADA")
    assert blocked["fcraSuppressed"] is True and blocked["reportsAvailable"] is False and "reports" not in blocked
    assert payload_of(customer, dateOfBirth="1971-03-10")["fcraSuppressed"] is False, "somebody else"
    assert json.loads(change(customer, "remove", PERSON).stdout) == {"removed": 1}
    assert payload_of(customer)["fcraSuppressed"] is False


def test_the_last_four_digits_narrow_it_down(customer):
    assert change(customer, "add", {**PERSON, "ssnLastFour": "4329"}).returncode == 0
    assert payload_of(customer, ssn="987-65-4329")["fcraSuppressed"] is True
    assert payload_of(customer, ssn="987-65-4321")["fcraSuppressed"] is False


def test_the_list_is_the_applications_own(customer, server, make_customer):
    assert change(customer, "add", PERSON).returncode == 0
    assert payload_of(make_customer(server))["fcraSuppressed"] is False


@pytest.mark.parametrize("text, said", [
    ("", "is empty"), ("{", "line 1: must be a JSON object"), ("[]", "line 1: must be a JSON object"),
    (json.dumps({**PERSON, "firstName": " "}), "firstName is required"),
    (json.dumps({**PERSON, "dateOfBirth": "3/9/71"}), "dateOfBirth must be a date"),
    (json.dumps({**PERSON, "ssnLastFour": "43290"}), "ssnLastFour must be four digits"),
    (json.dumps({**PERSON, "middleName": "B."}), "may have firstName"),
    (json.dumps(PERSON) + "\n" + json.dumps({"lastName": "Lindqvist"}), "line 2: firstName is required"),
], ids=["nothing", "broken", "no object", "blank", "other date", "five digits", "unknown member", "second line"])
def test_what_is_wrong_is_said_without_the_person_and_nothing_is_stored(customer, text, said):
    done = change(customer, "add", text=text)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""
    assert "Lindqvist" not in done.stderr and "1971" not in done.stderr
    assert payload_of(customer)["fcraSuppressed"] is False
