"""Every field of an order at its edges: what is accepted and kept, what is refused and how (contract 3.2.1)."""
import datetime

import pytest

from contract.ordering import (BAD_VALUE, EMPTY, LONGEST_ID, LONGEST_TEXT, PATTERN, TEXT, assert_kept, longer_than,
                               named, place, refuse)
from support.answers import assert_names
from support.orders import attachment, new_order, provider, quiet_order


# ── texts ────────────────────────────────────────────────────────────────────────────────────────

TEXTS = ["x", "O'Brien-Smith", "Zoë", "李小龍", "Ünïcödé 🙂", "x" * LONGEST_TEXT, "🙂" * LONGEST_TEXT, "<b>&amp;\\\"/",
         "two words", "a\tb"]


@pytest.mark.parametrize("field", ["firstName", "lastName"])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_names_are_kept_as_written(client, field, text):
    assert_kept(client, field, text)


def test_a_middle_name_is_accepted_and_not_shown(client):
    user = place(client, middleName="Augusta")
    assert "Augusta" not in str(user)


def test_names_may_be_absent(client):
    user = place(client, firstName=None, lastName=None)
    assert "firstName" not in user and "lastName" not in user


@pytest.mark.parametrize("text", ["a", "Policy 1/2 #3", "ü-77", "x" * LONGEST_ID, "🙂" * LONGEST_ID])
def test_client_user_ids_are_opaque(client, text):
    assert place(client, clientUserId=text)["clientUserId"] == text


REFUSED_TEXTS = [
    # what is sent instead (None: left out), the field that is named, the rule
    ({"clientUserId": None}, "clientUserId", "is required"),
    ({"clientUserId": ""}, "clientUserId", EMPTY),
    ({"clientUserId": "   "}, "clientUserId", EMPTY),
    ({"clientUserId": 7}, "clientUserId", TEXT),
    ({"clientUserId": "x" * (LONGEST_ID + 1)}, "clientUserId", longer_than(LONGEST_ID)),
    ({"clientUserId": "a\u0001b"}, "clientUserId", "must not contain control characters"),
    ({"firstName": ""}, "firstName", EMPTY),
    ({"firstName": "\t \n"}, "firstName", EMPTY),
    ({"firstName": 5}, "firstName", TEXT),
    ({"firstName": "x" * (LONGEST_TEXT + 1)}, "firstName", longer_than(LONGEST_TEXT)),
    ({"firstName": "a\u007fb"}, "firstName", "must not contain control characters"),
    ({"middleName": ""}, "middleName", EMPTY),
    ({"middleName": {}}, "middleName", TEXT),
    ({"middleName": "x" * (LONGEST_TEXT + 1)}, "middleName", longer_than(LONGEST_TEXT)),
    ({"lastName": ""}, "lastName", EMPTY),
    ({"lastName": ["Doe"]}, "lastName", TEXT),
    ({"lastName": "a\u0000b"}, "lastName", "must not contain control characters"),
    ({"lastName": "x" * (LONGEST_TEXT + 1)}, "lastName", longer_than(LONGEST_TEXT)),
    ({"orderType": BAD_VALUE}, "orderType", "must be one of [healthcheck, complete, ehr-only, no-contact, aps-only]"),
    ({"orderType": "Healthcheck"}, "orderType",
     "must be one of [healthcheck, complete, ehr-only, no-contact, aps-only]"),
    ({"orderType": ""}, "orderType", EMPTY),
    ({"orderType": 1}, "orderType", TEXT),
    ({"gender": BAD_VALUE}, "gender", "must be one of [male, female, other]"),
    ({"gender": "Male"}, "gender", "must be one of [male, female, other]"),
    ({"gender": ""}, "gender", EMPTY),
    ({"gender": True}, "gender", TEXT),
    ({"autoInvite": "yes"}, "autoInvite", "must be a boolean"),
    ({"autoInvite": 1}, "autoInvite", "must be a boolean"),
    ({BAD_VALUE: True}, BAD_VALUE, "is not allowed"),
    ({"clientuserid": "a"}, "clientuserid", "is not allowed"),
    ({"inviteLink": "a"}, "inviteLink", "is not allowed"),
]


@pytest.mark.parametrize("change, field, rule", REFUSED_TEXTS, ids=named(REFUSED_TEXTS))
def test_refused_texts(refused_client, change, field, rule):
    refuse(refused_client, change, field, rule)


@pytest.mark.parametrize("gender", ["male", "female", "other"])
def test_genders(client, gender):
    place(client, gender=gender)


@pytest.mark.parametrize("invite", [True, False])
def test_auto_invite_is_accepted(client, invite):
    place(client, autoInvite=invite)


# ── e-mail ───────────────────────────────────────────────────────────────────────────────────────

LONG_LOCAL = "x" * 64
EMAILS = ["a@b.co", "first.last+tag@sub.example.com", "o'brien@example.com", "A@EXAMPLE.COM", "üser@exämple.com",
          LONG_LOCAL + "@example.com", f"{LONG_LOCAL}@{'y' * 63}.{'y' * 63}.{'y' * 57}.com", "x@xn--bcher-kva.example",
          "[email protected]", "[email\u00a0protected]"]


@pytest.mark.parametrize("email", EMAILS, ids=range(len(EMAILS)))
def test_emails_that_are_accepted(client, email):
    assert_kept(client, "clientUserEmail", email)


REFUSED_EMAILS = [
    BAD_VALUE, "@example.com", "a@", "a@b", "a@@b.com", "a b@example.com", "a@exa mple.com", "a@.com", "a@b..com",
    ".a@example.com", "a.@example.com", "a..b@example.com", "a@-b.com", "a@b-.com", "a@b.123", LONG_LOCAL + "x@b.com",
    f"{LONG_LOCAL}@{'y' * 63}.{'y' * 63}.{'y' * 58}.com", f"a@{'y' * 64}.com", "Jane <a@example.com>", "a@example.com,",
]


@pytest.mark.parametrize("email", REFUSED_EMAILS, ids=range(len(REFUSED_EMAILS)))
def test_emails_that_are_refused(refused_client, email):
    refuse(refused_client, {"clientUserEmail": email}, "clientUserEmail", "must be a valid email")


@pytest.mark.parametrize("email, rule", [("", EMPTY), (5, TEXT), (["a@b.co"], TEXT), (None, "is required")])
def test_an_email_is_needed_and_a_text(refused_client, email, rule):
    refuse(refused_client, {"clientUserEmail": email}, "clientUserEmail", rule)


# ── date of birth ────────────────────────────────────────────────────────────────────────────────

THIS_YEAR = datetime.datetime.now(datetime.timezone.utc).year
DATES = [
    # as written, the day that is answered
    ("1990-12-30", "1990-12-30"),
    ("3/23/89", "1989-03-23"),
    ("03/23/89", "1989-03-23"),
    ("1/1/00", "2000-01-01"),
    ("2/12/2004", "2004-02-12"),
    ("02/12/2004", "2004-02-12"),
    ("12/31/1999", "1999-12-31"),
    ("1990-12-30T10:15Z", "1990-12-30"),
    ("1990-12-30T10:15:30Z", "1990-12-30"),
    ("1990-12-30T10:15:30.123Z", "1990-12-30"),
    ("1990-12-30T10:15", "1990-12-30"),
    ("1990-12-30T10:15:30", "1990-12-30"),
    ("1990-12-30T10:15:30.123", "1990-12-30"),
    ("1990-12-30T23:15:30.123-08:00", "1990-12-30"),
    ("1990-12-30T00:15+05:30", "1990-12-30"),
    ("1968-02-13T00:00:00.000Z", "1968-02-13"),
    ("2000-02-29", "2000-02-29"),
    ("2/29/1996", "1996-02-29"),
    (f"{THIS_YEAR - 1}-01-01", f"{THIS_YEAR - 1}-01-01"),
    (f"{THIS_YEAR - 149}-01-01", f"{THIS_YEAR - 149}-01-01"),
]


@pytest.mark.parametrize("written, day", DATES)
def test_dates_of_birth_in_six_formats_answered_in_one(client, written, day):
    created = client.place(quiet_order(dateOfBirth=written))
    answered = f"{day}T00:00:00.000Z"
    assert created["dateOfBirth"] == answered
    assert client.get(f"/api/v1/users/{created['humanId']}").json()["dateOfBirth"] == answered


@pytest.mark.parametrize("years", range(0, 100, 9))
def test_two_digit_years_are_the_latest_that_have_been(client, years):
    """The first of January of a two-digit year lies in the past hundred years."""
    year = THIS_YEAR - years
    assert place(client, dateOfBirth=f"1/1/{year % 100:02}")["dateOfBirth"].startswith(f"{year}-01-01T")


REFUSED_DATES = [
    BAD_VALUE, "1968-02-30", "1900-02-29", "2968-02-13", f"{THIS_YEAR + 1}-01-01", f"{THIS_YEAR - 152}-01-01",
    "13/13/1968", "2/30/68", "0/1/1990", "1/0/1990", "1990", "1990-12", "19901230", "1990-1-2", "1990/12/30",
    "30.12.1990",
    "1990-12-30T", "1990-12-30T10", "1990-12-30T10Z", "1990-12-30T25:00Z", "1990-12-30T10:61Z", "1990-12-30 10:15",
    "1990-12-30T10:15:30.1234567Zx", "1990-12-30Z", "12/30", "1/2/3", "12/30/990", "12-30-1990", "December 30, 1990",
    "0000-00-00", "-1990-12-30",
]


@pytest.mark.parametrize("written", REFUSED_DATES)
def test_dates_that_are_none(refused_client, written):
    refuse(refused_client, {"dateOfBirth": written}, "dateOfBirth", "must be a valid date")


@pytest.mark.parametrize("value, rule", [(19680213, TEXT), ("", EMPTY), ({}, TEXT), (False, TEXT)])
def test_dates_are_texts(refused_client, value, rule):
    refuse(refused_client, {"dateOfBirth": value}, "dateOfBirth", rule)


# ── SSN and phone numbers ────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("ssn", ["219099876", "219-09-9876", "001-01-0001", "665-99-9999", "667-01-0001", "900-12-3456",
                                 "999999999", "000-00-0000"])
def test_social_security_numbers(client, ssn):
    user = place(client, ssn=ssn)
    assert ssn not in str(user) and ssn.replace("-", "") not in str(user)


@pytest.mark.parametrize("ssn", [BAD_VALUE, "666-12-3456", "666123456", "000-12-3456", "000123456", "000000000",
                                 "123-00-4567", "123004567", "123-45-0000", "123450000", "12345678", "1234567890",
                                 "123-456789", "12345-6789", "123 45 6789", "123-45-678a", "123-45-67890",
                                 "１２３456789", " 219-09-9876"])
def test_social_security_numbers_that_are_none(refused_client, ssn):
    refuse(refused_client, {"ssn": ssn}, "ssn", PATTERN)


PHONES = ["(555) 213-5555", "411-133-2332", "425.288.2332", "4252882332", "425 288 2332", "0000000000",
          "((425))288-2332", "4-2-5-2-8-8-2-3-3-2", "4252882332--", "  4252882332", "(4.2 )5(2)-8 8.2 3()3--2.."]
REFUSED_PHONES = [BAD_VALUE, "+1 425 288 2332", "1-425-288-2332", "425 - 288 2332", "425288233", "42528823322",
                  "425---2882332", "4252882332---", "4252882332x", "425/288/2332", "425\t2882332", "４252882332"]


@pytest.mark.parametrize("number", PHONES)
def test_phone_and_fax_numbers(client, number):
    place(client, phone=number, providers=[provider(phone=number, fax=number)])


@pytest.mark.parametrize("number", REFUSED_PHONES)
@pytest.mark.parametrize("path, make", [
    ("phone", lambda number: {"phone": number}),
    ("providers.0.phone", lambda number: {"providers": [provider(phone=number)]}),
    ("providers.1.fax", lambda number: {"providers": [provider(), provider(fax=number)]}),
], ids=["phone", "provider phone", "provider fax"])
def test_numbers_that_are_no_phone(refused_client, number, path, make):
    refuse(refused_client, make(number), path, PATTERN)


@pytest.mark.parametrize("field", ["ssn", "phone"])
@pytest.mark.parametrize("value, rule", [(4252882332, TEXT), ("", EMPTY), ([], TEXT)])
def test_ssn_and_phone_are_texts(refused_client, field, value, rule):
    refuse(refused_client, {field: value}, field, rule)


# ── lists of texts ───────────────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("sources", [[], ["Kindred hospital"], ["a", "a"], ["x" * LONGEST_TEXT] * 100, ["Zoë's 🏥"]],
                         ids=["none", "one", "twice the same", "longest", "unicode"])
def test_suggested_sources_come_back(client, sources):
    created = client.place(quiet_order(suggestedSources=sources))
    assert created["suggestedSources"] == sources
    assert client.get(f"/api/v1/users/{created['humanId']}").json()["suggestedSources"] == sources


def test_suggested_sources_that_were_not_given_are_an_empty_list(client):
    assert place(client)["suggestedSources"] == []


@pytest.mark.parametrize("conditions", [[], ["COPD"], ["Call before noon; ask for Mrs. Smith"], ["x"] * 100])
def test_conditions(client, conditions):
    place(client, conditions=conditions)


REFUSED_LISTS = [(change, path, rule) for field in ("conditions", "suggestedSources") for change, path, rule in [
    ({field: "COPD"}, field, "must be an array"),
    ({field: {}}, field, "must be an array"),
    ({field: ["COPD", ""]}, f"{field}.1", EMPTY),
    ({field: [1]}, f"{field}.0", TEXT),
    ({field: ["a", None]}, f"{field}.1", TEXT),
    ({field: [["a"]]}, f"{field}.0", TEXT),
    ({field: ["x" * (LONGEST_TEXT + 1)]}, f"{field}.0", longer_than(LONGEST_TEXT)),
    ({field: ["a"] * 101}, field, "must contain less than or equal to 100 items"),
]]


@pytest.mark.parametrize("change, field, rule", REFUSED_LISTS, ids=named(REFUSED_LISTS))
def test_refused_lists(refused_client, change, field, rule):
    refuse(refused_client, change, field, rule)


# ── nothing, and everything at once ──────────────────────────────────────────────────────────────

FIELDS = ["orderType", "clientUserId", "clientUserEmail", "firstName", "middleName", "lastName", "gender",
          "dateOfBirth", "suggestedSources", "ssn", "phone", "address", "conditions", "providers", "attachments",
          "clientData", "customer_metadata", "autoInvite"]


@pytest.mark.parametrize("field", FIELDS)
def test_nulls_are_refused(refused_client, field):
    assert_names(refused_client.post("/api/v1/users", {**new_order(), field: None}), [field])


NESTED_NULLS = [("address", part) for part in ("street1", "street2", "city", "state", "zip")] + [
    ("providers", part) for part in provider()] + [("attachments", part) for part in attachment()]


@pytest.mark.parametrize("field, part", NESTED_NULLS)
def test_nested_nulls_are_refused(refused_client, field, part):
    whole = {"address": new_order()["address"], "providers": provider(), "attachments": attachment()}[field]
    holed = {**whole, part: None}
    path = f"address.{part}" if field == "address" else f"{field}.0.{part}"
    order = new_order(**{field: holed if field == "address" else [holed]})
    assert_names(refused_client.post("/api/v1/users", order), [path])


def test_all_wrong_fields_are_named_in_one_answer(refused_client):
    wrong = {field: None for field in FIELDS if field not in ("orderType", "customer_metadata")}
    answer = refused_client.post("/api/v1/users", {**wrong, "address": {"zip": [], "unknown": 1},
                                                   "providers": [{}, {"name": "a", "fax": "1"}]})
    assert answer.status_code == 400
    keys = answer.json()["validation"]["keys"]
    assert set(keys) == set(wrong) - {"address", "providers"} | {
        "address.zip", "address.unknown", "providers.0", "providers.1.fax"}
    assert len(keys) == len(set(keys))


def test_nothing_of_the_refused_was_stored(refused_client):
    listed = refused_client.get("/api/v1/users")
    assert (listed.json(), listed.headers["x-total-count"]) == ([], "0")
