"""Lists and files of reports, links to the Task Manager and their way back (contract 3.11 to 3.13, 6.2, 6.3)."""
import json
import urllib.parse

import pytest
import requests

from support import shapes
from support.answers import TIME, UUID, assert_plain
from support.orders import new_order, quiet_order
from support.page import Page, open_page

REPORTS = "/api/v1/user/reports"
LINK = "/api/v1/resources/consumer-link"
CALLBACK = "https://insurer.example.com/back?policy=1"
CONTENT_TYPES = {"pdf": "application/pdf", "json": "application/json", "html": "text/html; charset=utf-8"}


class Completed:
    """An order with reports, for all tests of this module."""

    def __init__(self, customer) -> None:
        self.customer = customer
        self.order = new_order(orderType="ehr-only", clientUserEmail=None)
        self.summary = customer.complete(self.order)
        self.groups = customer.get(REPORTS, params={"humanId": self.summary["humanId"]}).json()
        self.reports = [report for group in self.groups for report in group["reports"]]


@pytest.fixture(scope="module")
def completed(listening) -> Completed:
    return Completed(listening)


# ── reports ──────────────────────────────────────────────────────────────────────────────────────

def test_groups_and_reports_have_the_documented_members(completed):
    for group in completed.groups:
        is_combined = group["name"] == "combined"
        assert list(group) == ["name", *(["baseReportNames"] if is_combined else []), "reports"]
        for report in group["reports"]:
            assert list(report) == [*shapes.REPORT_IN_LIST, *(["groupBy"] if is_combined else [])]
            assert report.get("groupBy", "user_id") == "user_id"
            assert UUID.fullmatch(report["id"]) and TIME.fullmatch(report["createdAt"])
            assert report["uri"] == f"{completed.customer.server.url}{REPORTS}/{report['id']}"
            assert report["createdByOrderId"] == completed.summary["orderId"]
            assert report["orderIds"] == [completed.summary["orderId"]]
            assert all(isinstance(one, str) for one in report["providerIds"] + report["clientProviderIds"])
    combined, = [group for group in completed.groups if group["name"] == "combined"]
    assert len(set(combined["baseReportNames"])) == len(combined["baseReportNames"]) > 1


def test_the_list_and_the_notification_tell_the_same(completed):
    from_list = {(group["name"], report["fileExtension"], report["id"], report["uri"])
                 for group in completed.groups for report in group["reports"]}
    from_event = {(report["name"], report["fileExtension"], report["id"], report["uri"])
                  for report in completed.summary["eventPayload"]["reports"]}
    assert from_list == from_event


def test_reports_by_either_id_and_by_order(completed):
    def groups(**query) -> list:
        return completed.customer.get(REPORTS, params=query).json()

    mine = {"clientUserId": completed.order["clientUserId"]}
    assert groups(**mine) == completed.groups
    assert groups(**mine, createdByOrderId=completed.summary["orderId"]) == completed.groups
    assert groups(**mine, createdByOrderId="00000000-0000-4000-8000-000000000000") == []


@pytest.mark.parametrize("query", ["", "?humanId=a&clientUserId=b", "?createdByOrderId=a", "?humanId=",
                                   "?clientUserId="])
def test_reports_need_one_id(client, query):
    assert_plain(client.get(REPORTS + query), 400, "Bad Request")


@pytest.mark.parametrize("query", ["?humanId=x", "?clientUserId=x"])
def test_reports_of_nobody(client, query):
    assert_plain(client.get(REPORTS + query), 404, "Not Found", "Not Found")


def test_a_user_without_reports(client):
    user = client.place(quiet_order())
    answer = client.get(REPORTS, params={"humanId": user["humanId"]})
    assert (answer.status_code, answer.json()) == (200, [])


def test_every_format_has_an_id_and_a_media_type(completed):
    assert {report["fileExtension"] for report in completed.reports} == set(CONTENT_TYPES)
    for report in completed.reports:
        answer = completed.customer.get(report["uri"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == CONTENT_TYPES[report["fileExtension"]]
        disposition = answer.headers["content-disposition"]
        assert report["id"] in disposition and disposition.endswith(f'.{report["fileExtension"]}"')
        assert answer.content


def test_a_report_needs_the_token(completed):
    assert_plain(requests.get(completed.reports[0]["uri"], timeout=30), 401, "Unauthorized")


@pytest.mark.parametrize("identifier", ["unknown", "cd3f23e0-c1a3-11ec-abe5-6bfedf51000", "0" * 36])
def test_report_ids_are_opaque(client, identifier):
    """The published ids are a character short of a UUID: unknown, not malformed."""
    assert_plain(client.get(f"{REPORTS}/{identifier}"), 404, "Not Found", "Not Found")


# ── links ────────────────────────────────────────────────────────────────────────────────────────

def parameters(url: str) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


@pytest.fixture
def pended(listening) -> tuple[dict, str]:
    """An order that waits for the applicant's signature, and its link."""
    order = new_order("Pended")
    link = listening.place(order)["consumerLink"]
    listening.listener.wait_for_summary(order["clientUserId"], "pended")
    return order, link


def sign(page: Page) -> str:
    """Does the first task of the page; where the browser is sent."""
    done = page.follow("/tasks/").submit("/authorization", signature="Jane Pended", agree="yes")
    assert done.status == 302
    return done.answer.headers["location"]


@pytest.mark.parametrize("name", ["humanId", "clientUserId"])
def test_a_new_link(client, name):
    user = client.place(quiet_order())
    answer = client.post(LINK, {name: user[name]})
    assert answer.status_code == 200
    assert list(answer.json()) == ["consumerLink", "clientId"]
    assert answer.json()["clientId"] == client.client_id
    link = answer.json()["consumerLink"]
    assert link.startswith(f"{client.server.url}/?clientId={client.client_id}&rq=")
    assert set(parameters(link)) == {"clientId", "rq"}
    assert open_page(link).status == 200


@pytest.mark.parametrize("body", [{}, {"humanId": ""}, {"humanId": 7}, {"humanId": "a", "clientUserId": "b"}])
def test_links_need_one_id(client, body):
    assert_plain(client.post(LINK, body), 400, "Bad Request")


@pytest.mark.parametrize("name", ["humanId", "clientUserId"])
def test_links_for_nobody(client, name):
    assert_plain(client.post(LINK, {name: "unknown"}), 404, "Not Found", "Not Found")


@pytest.mark.parametrize("encode", [True, False], ids=["encoded", "as it is"])
def test_the_way_back_after_a_task(pended, encode):
    order, link = pended
    callback = "https://insurer.example.com/back"
    back = sign(open_page(f"{link}&callback={urllib.parse.quote(callback, safe='') if encode else callback}"))
    assert back.split("?")[0] == callback
    told = parameters(back)
    assert set(told) == {"status", "order"} and told["status"] == "success"
    state = json.loads(told["order"])
    assert list(state) == ["allTasksResolve", "externalId", "orderId", "orderState"]
    assert state["allTasksResolve"] is True and state["externalId"] == order["clientUserId"]
    assert UUID.fullmatch(state["orderId"]) and state["orderState"] == "In Progress"


def test_a_callback_keeps_its_own_parameters(pended):
    back = sign(open_page(f"{pended[1]}&callback={urllib.parse.quote(CALLBACK, safe='')}"))
    assert back.startswith(CALLBACK + "&") and parameters(back)["policy"] == "1"


def test_no_tasks_are_told(listening):
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    listening.complete(order)
    link = listening.post(LINK, {"clientUserId": order["clientUserId"]}).json()["consumerLink"]
    page = open_page(f"{link}&callback={urllib.parse.quote(CALLBACK, safe='')}")
    back = parameters(next(one for one in page.links if one.startswith(CALLBACK)))
    assert (back["status"], back["error"]) == ("error", "No Tasks Available")
    assert back["message"] == ("It looks like there are no tasks for you at this time. Please check again in a few "
                               "days.")
    state = json.loads(back["order"])
    assert (state["externalId"], state["orderState"]) == (order["clientUserId"], "Completed")


def test_a_link_lives_eight_hours(customer):
    link = customer.place(new_order("Pended"))["consumerLink"]
    customer.advance_clock("7h")
    customer.advance_clock("59m")
    assert open_page(link).status == 200
    customer.advance_clock("2m")
    page = open_page(f"{link}&callback={urllib.parse.quote(CALLBACK, safe='')}")
    assert page.status == 403 and page.forms == []
    back = parameters(next(one for one in page.links if one.startswith(CALLBACK)))
    assert (back["status"], back["error"], back["message"]) == ("error", "Forbidden", "The provided Token has expired")
    assert "order" not in back


def test_the_link_is_signed(pended):
    _, link = pended
    rq = parameters(link)["rq"]
    for forged in (rq[:-2] + ("AA" if rq[-2:] != "AA" else "BB"), "x", rq.swapcase()):
        page = open_page(link.replace(urllib.parse.quote(rq, safe=""), forged).replace(rq, forged))
        assert page.status == 403 and page.forms == []


@pytest.mark.parametrize("allowed, callback, leads_back", [
    ("https://insurer.example.com", "https://insurer.example.com/any/where?x=1", True),
    ("https://insurer.example.com/back", "https://insurer.example.com/back/again", True),
    ("https://insurer.example.com/back", "https://insurer.example.com/other", False),
    ("https://insurer.example.com", "https://insurer.example.com.evil.example/", False),
    ("https://insurer.example.com", "http://insurer.example.com/", False),
    ("https://insurer.example.com:8443", "https://insurer.example.com/", False),
    ("https://insurer.example.com", "https://evil@insurer.example.com/", False),
])
def test_callbacks_are_on_the_applications_list(server, make_customer, allowed, callback, leads_back):
    """Once a list was set it holds in the sandbox too."""
    customer = make_customer(server)
    customer.configure(f"callback_urls={allowed}")
    order = new_order("Pended")
    link = customer.place(order)["consumerLink"]
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    page = open_page(f"{link}&callback={urllib.parse.quote(callback, safe='')}").follow("/tasks/")
    done = page.submit("/authorization", signature="Jane Pended", agree="yes")
    assert done.answer.headers["location"].startswith(callback) is leads_back
