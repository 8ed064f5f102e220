"""Lists and details of users, the providers of a user (contract 3, 3.3, 3.5, 3.6)."""
import re

import pytest

from support.answers import UUID, assert_plain
from support.orders import new_order, quiet_order
from support.shapes import LISTED_USER, ORDER_OF_USER, USER_DETAILS, without

USERS = "/api/v1/users"


@pytest.fixture(scope="module")
def many(server, make_customer):
    """An application with 53 users, oldest first."""
    customer = make_customer(server, listens=False)
    customer.users = [customer.place(quiet_order()) for _ in range(53)]
    return customer


def listed(listening, query: str = "") -> list[str]:
    answer = listening.get(USERS + query)
    assert answer.status_code == 200
    return [user["humanId"] for user in answer.json()]


def links(answer) -> dict[str, str]:
    return {relation: url for url, relation in re.findall(r'<(.*?)>; rel="(.*?)"', answer.headers.get("link", ""))}


def test_a_listed_user(client):
    user = client.place(quiet_order(clientUserEmail="a@example.com", suggestedSources=["A"]))
    one, = client.get(USERS, params={"humanId": user["humanId"]}).json()
    assert list(one) == LISTED_USER
    shared = [name for name in LISTED_USER if name in user]
    # The order has started meanwhile, which may show in updatedAt.
    assert {name: one[name] for name in shared if name != "updatedAt"} == {
        name: user[name] for name in shared if name != "updatedAt"}


def test_details_of_a_user(client):
    user = client.place(quiet_order(clientUserEmail="a@example.com"))
    details = client.get(f"{USERS}/{user['humanId']}").json()
    assert list(details) == USER_DETAILS
    assert "status" not in details
    order, = details["orders"]
    assert list(order) == ORDER_OF_USER
    assert UUID.fullmatch(order["orderId"])
    assert (order["orderType"], order["orderTypeAlias"]) == ("aps-only", "APS Only Order")
    assert (order["reportsAvailable"], order["dataAvailable"]) == (False, False)


def test_members_that_were_not_given_are_left_out(client):
    user = client.place(quiet_order(firstName=None, lastName=None, dateOfBirth=None))
    gone = ("firstName", "lastName", "dateOfBirth", "clientUserEmail")
    assert list(client.get(f"{USERS}/{user['humanId']}").json()) == without(USER_DETAILS, *gone)
    assert list(client.get(USERS, params={"humanId": user["humanId"]}).json()[0]) == without(LISTED_USER, *gone)


def test_an_application_without_users_has_an_empty_list(server, make_customer):
    answer = make_customer(server, listens=False).get(USERS)
    assert (answer.status_code, answer.json(), answer.headers["x-total-count"]) == (200, [], "0")
    assert "link" not in answer.headers


def test_pages_are_newest_first_and_fifty_long(many):
    newest_first = [user["humanId"] for user in reversed(many.users)]
    assert listed(many) == newest_first[:50]
    assert listed(many, "?offset=50") == newest_first[50:]
    assert listed(many, "?offset=10&limit=7") == newest_first[10:17]
    assert listed(many, "?limit=500") == listed(many, "?limit=1000") == newest_first
    assert listed(many, "?offset=53") == listed(many, "?offset=2147483647") == []


@pytest.mark.parametrize("query, following, previous", [
    ("", "offset=50&limit=50", None), ("?offset=50", None, "offset=0&limit=50"),
    ("?offset=20&limit=10", "offset=30&limit=10", "offset=10&limit=10"), ("?limit=53", None, None),
    ("?limit=52", "offset=52&limit=52", None), ("?offset=5&limit=10", "offset=15&limit=10", "offset=0&limit=10"),
])
def test_pages_are_counted_and_linked(many, query, following, previous):
    answer = many.get(USERS + query)
    assert answer.headers["x-total-count"] == "53"
    base = f"{many.server.url}{USERS}?"
    wanted = {"next": following and base + following, "prev": previous and base + previous}
    assert links(answer) == {relation: url for relation, url in wanted.items() if url}


def test_links_lead_through_the_whole_list(many):
    seen, url = [], many.server.url + USERS + "?limit=9"
    while url:
        answer = many.get(url)
        seen += [user["humanId"] for user in answer.json()]
        url = links(answer).get("next")
    assert seen == [user["humanId"] for user in reversed(many.users)]


def test_filters_name_one_user(many):
    one, other = many.users[3], many.users[4]
    assert listed(many, f"?humanId={one['humanId']}") == [one["humanId"]]
    assert listed(many, f"?clientUserId={one['clientUserId']}") == [one["humanId"]]
    assert listed(many, f"?clientUserId={one['clientUserId']}&humanId={one['humanId']}") == [one["humanId"]]
    assert_plain(many.get(f"{USERS}?humanId={one['humanId']}&clientUserId={other['clientUserId']}"), 404, "Not Found")


@pytest.mark.parametrize("query", ["humanId=x", "clientUserId=x", "humanId=x&clientUserId=x"])
def test_filters_for_nobody_are_404(client, query):
    assert_plain(client.get(f"{USERS}?{query}"), 404, "Not Found", "Not Found")


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "offset=", "offset=2147483648", "limit=0", "limit=-5",
                                   "limit=1.5", "limit=x"])
def test_pages_that_are_none(client, query):
    assert_plain(client.get(f"{USERS}?{query}"), 400, "Bad Request")


def test_client_user_ids_are_read_from_the_query_as_they_are(client):
    user = client.place(quiet_order(clientUserId="Policy 7/ü & more+"))
    found, = client.get(USERS, params={"clientUserId": "Policy 7/ü & more+"}).json()
    assert found["humanId"] == user["humanId"]


def test_fixed_words_come_before_human_ids(client):
    """/users/providers and /users/actions are never taken for a humanId."""
    assert_plain(client.get(f"{USERS}/providers"), 400, "Bad Request")
    assert_plain(client.get(f"{USERS}/actions"), 405, "Method Not Allowed")
    assert_plain(client.post(f"{USERS}/providers", {}), 405, "Method Not Allowed")
    assert_plain(client.get("/api/v1/users/reports"), 404, "Not Found")
    assert_plain(client.get("/api/v1/user/unknown"), 404, "Not Found")


def test_the_legacy_action_of_one_account_is_not_there(client):
    user = client.place(quiet_order())
    assert_plain(client.post(f"{USERS}/{user['humanId']}/actions", {"action": "resync", "accountId": "x"}), 404,
                 "Not Found")


# ── providers of a user ──────────────────────────────────────────────────────────────────────────

def test_providers_of_accepted_records_by_name(listening):
    order = new_order(orderType="ehr-only", clientUserEmail=None)
    summary = listening.complete(order)
    by_human = listening.get(f"{USERS}/providers", params={"humanId": summary["humanId"]})
    assert by_human.status_code == 200
    providers = by_human.json()
    assert providers and all(list(one) == ["id", "name"] and one["id"] and one["name"] for one in providers)
    assert [one["name"] for one in providers] == sorted(one["name"] for one in providers)
    by_client = listening.get(f"{USERS}/providers", params={"clientUserId": order["clientUserId"]})
    assert by_client.json() == providers
    reports = listening.get("/api/v1/user/reports", params={"humanId": summary["humanId"]}).json()
    named = {one for group in reports for report in group["reports"] for one in report["providerIds"]}
    assert named <= {one["id"] for one in providers}


def test_a_user_without_records_has_no_providers(client):
    user = client.place(quiet_order())
    answer = client.get(f"{USERS}/providers", params={"humanId": user["humanId"]})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("query", ["", "?humanId=a&clientUserId=b", "?humanId="])
def test_providers_need_one_id(client, query):
    assert_plain(client.get(f"{USERS}/providers{query}"), 400, "Bad Request")


@pytest.mark.parametrize("query", ["humanId=x", "clientUserId=x"])
def test_providers_of_nobody(client, query):
    assert_plain(client.get(f"{USERS}/providers?{query}"), 404, "Not Found", "Not Found")
