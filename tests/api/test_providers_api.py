"""Providers of a user's records (contract 3.6)."""
import pytest
import requests

from support.answers import assert_no_token, assert_plain, assert_unknown, same_but_for_ids
from support.orders import new_order
from support.records import bundle, write_record

PATH = "/api/v1/users/providers"
PATIENT_BORN, TWIN_BORN = "1972-06-05", "1971-05-04"


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    records = tmp_path_factory.mktemp("records")
    for clinic in ("Zebra Clinic", "Aspen Clinic"):
        write_record(records, clinic, bundle("Jane", "Patient", PATIENT_BORN, f"Gout at {clinic}"))
    write_record(records, "Twin Clinic", bundle("Jill", "Twin", TWIN_BORN, "Gout"))
    return make_server("--sandbox-records", str(records))


def network_order(last_name: str, **changes) -> dict:
    return new_order(last_name, orderType="ehr-only", clientUserEmail=None, **changes)


def providers(customer, **query) -> list[dict]:
    answer = customer.get(PATH, params=query)
    assert answer.status_code == 200
    return answer.json()


def test_providers_of_all_orders_by_name(customer):
    order = network_order("Patient", dateOfBirth=PATIENT_BORN)
    summary = customer.complete(order)
    first = providers(customer, clientUserId=order["clientUserId"])
    assert [list(one) for one in first] == [["id", "name"], ["id", "name"]]
    assert [one["name"] for one in first] == ["Aspen Clinic", "Zebra Clinic"]
    assert len({one["id"] for one in first}) == 2
    assert providers(customer, humanId=summary["humanId"]) == first
    # Another order of the same user brings the same records: nobody is named twice.
    customer.place(order)
    customer.listener.wait_for(lambda all_: len([d for d in all_ if d.is_final]) == 2, "the second order ends")
    assert providers(customer, clientUserId=order["clientUserId"]) == first


def test_somebody_elses_record_names_no_provider(customer):
    order = network_order("Twin", dateOfBirth=TWIN_BORN)
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    assert providers(customer, clientUserId=order["clientUserId"]) == []


@pytest.mark.parametrize("persona", ["NoRecords", "WrongPerson", "Suppressed"])
def test_without_records_there_are_none(customer, persona):
    order = network_order(persona)
    customer.complete(order)
    assert providers(customer, clientUserId=order["clientUserId"]) == []


@pytest.mark.parametrize("query", ["", "?humanId=a&clientUserId=b", "?humanId=", "?clientUserId=", "?orderId=a"])
def test_one_id_is_needed(customer, query):
    assert_plain(customer.get(PATH + query), 400, "Bad Request", "Bad Request")


def test_foreign_users_are_unknown(server, make_customer):
    owner, stranger = make_customer(server), make_customer(server, listens=False)
    order = network_order("NoRecords")
    human_id = owner.place(order)["humanId"]
    for name, existing in (("humanId", human_id), ("clientUserId", order["clientUserId"])):
        answers = [stranger.get(PATH, params={name: one}, headers={"x-request-id": "one-request-id"})
                   for one in (existing, existing[::-1])]
        assert_unknown(answers[0])
        assert same_but_for_ids(*answers)


def test_the_word_wins_over_the_id(customer):
    """`providers` and `actions` are no human ids."""
    assert customer.call("POST", PATH).status_code == 405
    assert customer.call("POST", PATH).headers["allow"].startswith("GET")
    actions = customer.get("/api/v1/users/actions")
    assert (actions.status_code, actions.headers["allow"]) == (405, "POST")


def test_a_token_is_needed(server):
    assert_no_token(server.url, requests, [("GET", PATH + "?humanId=a")])
