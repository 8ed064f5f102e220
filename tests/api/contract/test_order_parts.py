"""Addresses, providers, attachments and client data of an order (contract 3.2.2 to 3.2.4)."""
import json

import pytest

from contract.ordering import (BAD_VALUE, EMPTY, LONGEST_ID, LONGEST_TEXT, NOT_BASE64, TEXT, longer_than, named, place,
                               refuse)
from support.answers import assert_names
from support.orders import attachment, new_order, provider, quiet_order

ADDRESS = {"street1": "969-1762 Buttery Rd.", "street2": "6818 Eget St.", "city": "Boise", "state": "ID",
           "zip": "83712"}


# ── address ──────────────────────────────────────────────────────────────────────────────────────

ADDRESSES = [{}, ADDRESS, *({name: value} for name, value in ADDRESS.items()),
             {"city": "Las Vegas", "state": "NV", "zip": "58521"}, {**ADDRESS, "zip": "83712-1234"},
             {**ADDRESS, "street1": "x" * LONGEST_TEXT}, {**ADDRESS, "zip": 83712}, {**ADDRESS, "zip": 501},
             {**ADDRESS, "zip": 0}, {**ADDRESS, "zip": 99999}, {**ADDRESS, "zip": 501.0}]


@pytest.mark.parametrize("address", ADDRESSES, ids=range(len(ADDRESSES)))
@pytest.mark.parametrize("whose", ["applicant", "provider"])
def test_addresses_need_no_part(client, address, whose):
    place(client, **({"address": address} if whose == "applicant" else {"providers": [provider(address=address)]}))


REFUSED_ADDRESSES = [
    ("12 Hill Street", "", "must be an object"), ([], "", "must be an object"), (7, "", "must be an object"),
    *(({**ADDRESS, part: ""}, f".{part}", EMPTY) for part in ADDRESS),
    *(({**ADDRESS, part: "x" * (LONGEST_TEXT + 1)}, f".{part}", longer_than(LONGEST_TEXT)) for part in ADDRESS),
    *(({**ADDRESS, part: 1}, f".{part}", TEXT) for part in ADDRESS if part != "zip"),
    *(({**ADDRESS, "zip": value}, ".zip", TEXT) for value in (100000, -1, 501.5, [], True, {})),
    ({**ADDRESS, BAD_VALUE: "x"}, f".{BAD_VALUE}", "is not allowed"),
    ({**ADDRESS, "country": "US"}, ".country", "is not allowed"),
]


@pytest.mark.parametrize("address, part, rule", REFUSED_ADDRESSES, ids=named(REFUSED_ADDRESSES))
def test_refused_addresses(refused_client, address, part, rule):
    refuse(refused_client, {"address": address}, f"address{part}", rule)
    refuse(refused_client, {"providers": [provider(), provider(address=address)]}, f"providers.1.address{part}", rule)


@pytest.mark.parametrize("written, kept", [(501, "00501"), ("83712-1234", "83712-1234")])
def test_a_zip_code_keeps_its_zeros(listening, written, kept):
    """Seen in the report, which shows the address as it was ordered."""
    order = new_order(orderType="ehr-only", clientUserEmail=None, address={**ADDRESS, "zip": written})
    page = listening.report(listening.complete(order), "healthcheck", "html").text
    assert f"{ADDRESS['street1']}, {ADDRESS['street2']}, {ADDRESS['city']}, {ADDRESS['state']} {kept}<" in page


# ── providers ────────────────────────────────────────────────────────────────────────────────────

PROVIDERS = [
    [], [provider()], [provider()] * 50, [provider(name=None)], [provider(organizationName=None)],
    [{"name": "A"}], [{"organizationName": "A"}],
    *([provider(npi=npi)] for npi in ("", "1234567893", 1234567893, 0, "not checked", 12.0)),
    [provider(mrn="x" * LONGEST_ID, clientProviderId="🙂" * LONGEST_ID, name="x" * LONGEST_TEXT)],
    [provider(phone=None, fax=None, mrn=None, npi=None, address=None, clientProviderId=None)],
]


@pytest.mark.parametrize("providers", PROVIDERS, ids=range(len(PROVIDERS)))
def test_providers_that_are_accepted(client, providers):
    place(client, providers=providers)


REFUSED_PROVIDERS = [
    ({"providers": {}}, "providers", "must be an array"),
    ({"providers": "A"}, "providers", "must be an array"),
    ({"providers": ["x"]}, "providers.0", "must be an object"),
    ({"providers": [provider(), None]}, "providers.1", "must be an object"),
    ({"providers": [{}]}, "providers.0", "must contain at least one of [name, organizationName]"),
    ({"providers": [provider(name=None, organizationName=None)]}, "providers.0",
     "must contain at least one of [name, organizationName]"),
    ({"providers": [provider()] * 51}, "providers", "must contain less than or equal to 50 items"),
    *(({"providers": [provider(**{part: ""})]}, f"providers.0.{part}", EMPTY)
      for part in ("name", "organizationName", "clientProviderId", "mrn", "phone", "fax")),
    *(({"providers": [provider(**{part: 7})]}, f"providers.0.{part}", TEXT)
      for part in ("name", "organizationName", "clientProviderId", "mrn", "phone", "fax")),
    *(({"providers": [provider(**{part: "x" * (most + 1)})]}, f"providers.0.{part}", longer_than(most))
      for part, most in (("name", LONGEST_TEXT), ("organizationName", LONGEST_TEXT), ("npi", LONGEST_TEXT),
                         ("clientProviderId", LONGEST_ID), ("mrn", LONGEST_ID))),
    *(({"providers": [provider(npi=value)]}, "providers.0.npi", TEXT) for value in (-1, 1.5, [], True, {})),
    ({"providers": [provider(npi=" ")]}, "providers.0.npi", EMPTY),
    ({"providers": [provider(**{BAD_VALUE: "x"})]}, f"providers.0.{BAD_VALUE}", "is not allowed"),
]


@pytest.mark.parametrize("change, field, rule", REFUSED_PROVIDERS, ids=named(REFUSED_PROVIDERS))
def test_refused_providers(refused_client, change, field, rule):
    refuse(refused_client, change, field, rule)


# ── attachments ──────────────────────────────────────────────────────────────────────────────────

ATTACHMENTS = [
    [], [attachment()], [attachment()] * 10, [attachment(type="other")], [attachment(contentType="image/tiff")],
    # Nothing, white space, no padding, a cut as in the published sample, a PNG that is declared a PDF.
    *([attachment(content=content)] for content in ("", "JVBERi0x\r\nLjQK", "JVBERi0xLjQ", "iVBORw0KGgo...",
                                                    "iVBORw0KGgo=")),
]


@pytest.mark.parametrize("attachments", ATTACHMENTS, ids=range(len(ATTACHMENTS)))
def test_attachments_that_are_accepted(client, attachments):
    place(client, attachments=attachments)


REFUSED_ATTACHMENTS = [
    ({"attachments": {}}, "attachments", "must be an array"),
    ({"attachments": ["x"]}, "attachments.0", "must be an object"),
    ({"attachments": [attachment()] * 11}, "attachments", "must contain less than or equal to 10 items"),
    *(({"attachments": [attachment(**{part: None})]}, f"attachments.0.{part}", "is required") for part in attachment()),
    *(({"attachments": [attachment(**{part: 5})]}, f"attachments.0.{part}", TEXT) for part in attachment()),
    *(({"attachments": [attachment(**{part: ""})]}, f"attachments.0.{part}", EMPTY)
      for part in ("type", "contentType", "encoding")),
    *(({"attachments": [attachment(type=value)]}, "attachments.0.type", "must be one of [hipaaAuthorization, other]")
      for value in (BAD_VALUE, "HipaaAuthorization")),
    *(({"attachments": [attachment(contentType=value)]}, "attachments.0.contentType",
       "must be one of [application/pdf, image/tiff]") for value in (BAD_VALUE, "image/png", "application/PDF")),
    *(({"attachments": [attachment(encoding=value)]}, "attachments.0.encoding", "must be one of [base64]")
      for value in ("hex", "Base64")),
    *(({"attachments": [attachment(content=value)]}, "attachments.0.content", NOT_BASE64)
      for value in ("%%%%", "AAAAA", "AA=A", "AA==AA==", "_-_-")),
    ({"attachments": [attachment(**{BAD_VALUE: "x"})]}, f"attachments.0.{BAD_VALUE}", "is not allowed"),
]


@pytest.mark.parametrize("change, field, rule", REFUSED_ATTACHMENTS, ids=named(REFUSED_ATTACHMENTS))
def test_refused_attachments(refused_client, change, field, rule):
    refuse(refused_client, change, field, rule)


TEN_MIB_IN_BASE64 = 10 * 1024 * 1024 // 3 * 4  # of ten MiB without their last byte


def test_an_attachment_of_ten_mib_is_the_largest(client, refused_client):
    place(client, attachments=[attachment(content="A" * TEN_MIB_IN_BASE64 + "AA==")])
    refuse(refused_client, {"attachments": [attachment(content="A" * TEN_MIB_IN_BASE64 + "AAA=")]},
           "attachments.0.content", "must decode to at most 10485760 bytes")


@pytest.mark.parametrize("content", ["", "iVBORw0KGgo...", "iVBORw0KGgo="])
def test_what_counts_as_authorization(listening, content):
    """Whatever the bytes are they count as signed, as long as there are any."""
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None,
                      attachments=[attachment(content=content)])
    listening.place(order)
    summary = listening.listener.wait_for_summary(order["clientUserId"], "pended", "completed")
    assert summary["eventPayload"]["orderStatus"] == ("completed" if content else "pended")


# ── client data ──────────────────────────────────────────────────────────────────────────────────

def data_of(length: int) -> dict:
    """Client data of so many characters, written compactly."""
    frame = len(json.dumps({"k": ""}, separators=(",", ":")))
    return {"k": "x" * (length - frame)}


CLIENT_DATA = [{}, {"a": "text", "b": 7, "c": -0.5, "d": True, "e": False}, {"": "no name"}, {"ü🙂": "ö🙂"},
               data_of(2048), {"big": 12345678901234567890}, {"quote": '"\\/'}, {"same": 1, "SAME": 2}]


@pytest.mark.parametrize("data", CLIENT_DATA, ids=range(len(CLIENT_DATA)))
@pytest.mark.parametrize("name", ["clientData", "customer_metadata"])
def test_client_data_comes_back_under_one_name(listening, name, data):
    order = quiet_order(**{name: data})
    listening.place(order)
    listening.listener.wait_for_summary(order["clientUserId"], "pended")
    for delivery in listening.listener.deliveries(order["clientUserId"]):
        assert delivery.event["clientData"] == data
        assert "customer_metadata" not in delivery.event


REFUSED_DATA = [([], ""), ("text", ""), (7, ""), ({"nested": {"a": 1}}, ".nested"), ({"list": [1]}, ".list"),
                ({"none": None}, ".none"), ({"a": 1, "empty": ""}, ".empty"), (data_of(2049), "")]


@pytest.mark.parametrize("data, part", REFUSED_DATA, ids=range(len(REFUSED_DATA)))
@pytest.mark.parametrize("name", ["clientData", "customer_metadata"])
def test_client_data_must_be_flat_and_short(refused_client, name, data, part):
    assert_names(refused_client.post("/api/v1/users", new_order(**{name: data})), [name + part])


def test_client_data_under_both_names(refused_client):
    answer = refused_client.post("/api/v1/users", new_order(clientData={"a": 1}, customer_metadata={"a": 1}))
    assert_names(answer, ["customer_metadata"])


def test_nothing_of_the_refused_parts_was_stored(refused_client):
    listed = refused_client.get("/api/v1/users")
    assert (listed.json(), listed.headers["x-total-count"]) == ([], "0")
