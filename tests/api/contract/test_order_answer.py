"""The answer to an order, order types and their e-mail, repeats (contract 3.1, 3.2.5 to 3.2.7, 14)."""
import pytest

from support.answers import HEX_32, OTHER_LOGIN, TIME, assert_invalid, assert_names, assert_plain
from support.orders import new_order, quiet_order
from support.shapes import CREATED_USER, ORDER_TYPES, WITHOUT_EMAIL, without

STILL_OPEN = "An order for this clientUserId is still open"


def quick(**changes) -> dict:
    """An order that ends by itself, without records."""
    return new_order("NoRecords", **{"orderType": "ehr-only", "clientUserEmail": None, **changes})


def orders_of(client, user: dict) -> list[dict]:
    return client.get(f"/api/v1/users/{user['humanId']}").json()["orders"]


def test_the_answer_has_the_documented_members_in_order(client):
    answer = client.post("/api/v1/users", quiet_order(clientUserEmail="a@example.com", suggestedSources=["A"]))
    assert answer.status_code == 202
    user = answer.json()
    assert isinstance(user, dict) and list(user) == CREATED_USER
    assert HEX_32.fullmatch(user["humanId"])
    assert TIME.fullmatch(user["createdAt"]) and user["updatedAt"] == user["createdAt"]
    assert user["status"] == "Invited"
    assert not {"inviteLink", "orderId", "ssn", "orders"} & set(user)


def test_what_was_not_given_is_left_out(client):
    answer = client.place(quiet_order(firstName=None, lastName=None, dateOfBirth=None))
    assert list(answer) == without(CREATED_USER, "firstName", "lastName", "dateOfBirth", "clientUserEmail")


@pytest.mark.parametrize("code", ORDER_TYPES)
def test_the_link_is_there_where_the_applicant_has_a_part(client, code):
    link = client.place(new_order(orderType=code, attachments=None))["consumerLink"]
    if code in WITHOUT_EMAIL:
        assert link == ""
    else:
        assert link.startswith(f"{client.server.url}/?clientId={client.client_id}&rq=")


def test_the_order_id_is_in_the_answer_where_it_is_wanted(server, make_customer):
    customer = make_customer(server, listens=False)
    customer.configure("order_id_in_answer=true")
    user = customer.place(quiet_order(clientUserEmail="a@example.com"))
    assert user["orderId"] == orders_of(customer, user)[0]["orderId"]
    assert without(list(user), "orderId") == CREATED_USER


# ── order types and e-mail ───────────────────────────────────────────────────────────────────────

def test_order_types_are_listed(client):
    listed = client.get("/api/v1/order-types")
    assert listed.status_code == 200
    assert [one["orderType"] for one in listed.json()] == ORDER_TYPES
    for one in listed.json():
        assert list(one) == ["orderType", "orderTypeAlias", "orderTypeDescription"]
        assert all(isinstance(text, str) and text for text in one.values())


@pytest.mark.parametrize("code", ORDER_TYPES)
def test_an_order_has_the_type_that_was_asked_for(client, code):
    types = {one["orderType"]: one["orderTypeAlias"] for one in client.get("/api/v1/order-types").json()}
    order, = orders_of(client, client.place(new_order(orderType=code, attachments=None)))
    assert (order["orderType"], order["orderTypeAlias"]) == (code, types[code])


@pytest.mark.parametrize("code", ORDER_TYPES)
def test_the_email_is_needed_unless_the_type_waives_it(client, code):
    answer = client.post("/api/v1/users", new_order(orderType=code, clientUserEmail=None, attachments=None))
    if code in WITHOUT_EMAIL:
        assert answer.status_code == 202 and "clientUserEmail" not in answer.json()
    else:
        assert_invalid(answer, '"clientUserEmail" is required', ["clientUserEmail"])


def test_without_a_type_the_default_one_holds(client):
    order, = orders_of(client, client.place(new_order(orderType=None, attachments=None)))
    assert order["orderType"] == "healthcheck"
    assert_names(client.post("/api/v1/users", new_order(orderType=None, clientUserEmail=None)), ["clientUserEmail"])


def test_the_default_type_is_a_setting(server, make_customer):
    customer = make_customer(server, listens=False)
    customer.configure("default_order_type=aps-only")
    order, = orders_of(customer, customer.place(new_order(orderType=None, clientUserEmail=None, attachments=None)))
    assert order["orderType"] == "aps-only"


def test_city_and_state_are_needed_where_that_is_set(server, make_customer):
    customer = make_customer(server, listens=False)
    customer.configure("require_city_and_state=true")
    assert_names(customer.post("/api/v1/users", quiet_order(address={"street1": "1 Hill", "zip": "83712"})),
                 ["address.city", "address.state"])
    customer.place(quiet_order(address={"city": "Boise", "state": "ID"}))
    customer.place(quiet_order(address=None))


# ── refusals and repeats ─────────────────────────────────────────────────────────────────────────

def test_an_unknown_type_is_invalid_input(client):
    assert_names(client.post("/api/v1/users", new_order(orderType="full")), ["orderType"])


def test_while_an_order_is_open_there_is_no_second(client):
    order = quiet_order()
    user = client.place(order)
    assert_plain(client.post("/api/v1/users", order), 409, "Conflict", STILL_OPEN)
    assert_plain(client.post("/api/v1/users", {**order, "firstName": "Other"}), 409, "Conflict", STILL_OPEN)
    assert len(orders_of(client, user)) == 1
    assert client.get(f"/api/v1/users/{user['humanId']}").json()["firstName"] == order["firstName"]


@pytest.mark.parametrize("how", ["completed", "cancelled"])
def test_after_the_end_the_same_user_gets_another_order(listening, how):
    order = quick() if how == "completed" else quiet_order()
    first = listening.place(order)
    if how == "cancelled":
        answer = listening.post("/api/v1/users/actions", {"action": "abort", "humanId": first["humanId"]})
        assert answer.status_code == 202
    listening.listener.wait_for_summary(order["clientUserId"], how)
    again = listening.place({**order, "firstName": "Janet"})
    assert (again["humanId"], again["createdAt"]) == (first["humanId"], first["createdAt"])
    assert again["firstName"] == "Janet"
    newest, oldest = orders_of(listening, first)
    assert newest["orderId"] != oldest["orderId"]
    assert oldest["orderStatus"] == how.title()
    assert len(listening.get("/api/v1/users", params={"clientUserId": order["clientUserId"]}).json()) == 1


@pytest.mark.parametrize("first, second", [("one@example.com", "two@example.com"), (None, "two@example.com"),
                                           ("one@example.com", None)])
@pytest.mark.parametrize("is_over", [False, True])
def test_another_email_for_a_known_user_is_a_conflict(listening, first, second, is_over):
    order = quick(clientUserEmail=first) if is_over else quiet_order(clientUserEmail=first)
    listening.place(order)
    listening.listener.wait_for_summary(order["clientUserId"], "completed" if is_over else "pended")
    changed = {name: value for name, value in {**order, "clientUserEmail": second}.items() if value is not None}
    assert_plain(listening.post("/api/v1/users", changed), 409, "Conflict", OTHER_LOGIN)


def test_letter_case_makes_no_other_email(listening):
    order = quick(clientUserEmail="One@Example.com")
    listening.complete(order)
    listening.place({**order, "clientUserEmail": "one@example.COM"})


def test_the_same_person_under_another_id_is_another_user(client):
    order = quiet_order()
    assert client.place(order)["humanId"] != client.place(quiet_order())["humanId"]
