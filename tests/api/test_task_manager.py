"""The applicant's Task Manager behind a consumerLink, by plain HTTP as a browser without JavaScript."""
import json
import urllib.parse

import pytest

from support.orders import new_order
from support.page import Page, open_page

FIRST_NAME = "Perpetua"
ORGANIZATION = "Test Life Insurance"
CALLBACK = "https://insurer.example.com/back?policy=1"


def place_pended(customer, **changes) -> tuple[dict, str]:
    """An order that waits for the applicant, and the link to its tasks."""
    order = new_order(**{"firstName": FIRST_NAME, **changes})
    link = customer.place(order)["consumerLink"]
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    return order, link


def with_parameter(link: str, name: str, value: str) -> str:
    """The link with one of its query parameters replaced or added."""
    parts = urllib.parse.urlsplit(link)
    query = {**dict(urllib.parse.parse_qsl(parts.query)), name: value}
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))


def parameter(link: str, name: str) -> str:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))[name]


def assert_shows_nothing(page: Page) -> None:
    assert page.status == 403
    assert FIRST_NAME not in page.answer.text and ORGANIZATION not in page.answer.text
    assert page.forms == [] and not any("/tasks/" in link for link in page.links)


@pytest.fixture
def pended_form(customer) -> tuple[dict, str]:
    """A provider wants its own form signed."""
    return place_pended(customer, lastName="Pended", orderType="healthcheck")


def test_without_a_link_there_is_nothing_to_see(server):
    page = open_page(server.url + "/")
    assert page.status == 200 and page.forms == []


def test_pages_work_without_scripts_and_keep_to_themselves(pended_form):
    page = open_page(pended_form[1])
    assert page.status == 200
    assert "<script" not in page.answer.text.lower()
    assert 'name="viewport"' in page.answer.text
    headers = page.answer.headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["referrer-policy"] == "no-referrer" and headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_the_list_names_tasks_and_who_asks(pended_form):
    page = open_page(pended_form[1])
    assert FIRST_NAME in page.text and ORGANIZATION in page.text
    assert "Starfleet Medical" in page.text
    assert any("/tasks/" in link for link in page.links)


def test_forged_links_show_nothing(server, make_customer, pended_form):
    _, link = pended_form
    stranger = make_customer(server)
    signed = parameter(link, "rq")
    middle = len(signed) // 2
    changed = signed[:middle] + ("A" if signed[middle] != "A" else "B") + signed[middle + 1:]
    for forged in (with_parameter(link, "rq", changed), with_parameter(link, "rq", "nonsense"),
                   with_parameter(link, "rq", signed[:-3]), with_parameter(link, "rq", "x" * 5000),
                   with_parameter(link, "clientId", stranger.client_id), with_parameter(link, "clientId", "0" * 40),
                   with_parameter(link, "rq", stranger.token)):
        page = open_page(with_parameter(forged, "callback", CALLBACK))
        assert_shows_nothing(page)
        assert not any("insurer.example.com" in one for one in page.links)


def test_expired_links_show_nothing(customer, pended_form):
    order, link = pended_form
    customer.advance_clock("7h")
    assert open_page(link).status == 200
    customer.advance_clock("61m")
    page = open_page(with_parameter(link, "callback", CALLBACK))
    assert_shows_nothing(page)
    assert "expired" in page.text
    back = next(one for one in page.links if one.startswith(CALLBACK))
    assert parameter(back, "status") == "error"
    assert parameter(back, "error") == "Forbidden"
    assert parameter(back, "message") == "The provided Token has expired"
    assert "order=" not in back
    fresh = customer.post("/api/v1/resources/consumer-link", {"clientUserId": order["clientUserId"]}).json()
    assert open_page(fresh["consumerLink"]).status == 200


def test_a_special_authorization_is_signed_and_the_order_goes_on(customer, pended_form):
    order, link = pended_form
    page = open_page(with_parameter(link, "callback", CALLBACK)).follow("/tasks/")
    refused = page.submit("/authorization", signature="")
    assert refused.status == 422 and "Error" in refused.answer.text
    done = page.submit("/authorization", signature=f"{FIRST_NAME} Pended", agree="yes")
    assert done.status == 302
    where = done.answer.headers["location"]
    assert where.startswith(CALLBACK + "&") and parameter(where, "status") == "success"
    told = json.loads(parameter(where, "order"))
    assert list(told) == ["allTasksResolve", "externalId", "orderId", "orderState"]
    assert told["allTasksResolve"] is True and told["externalId"] == order["clientUserId"]
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is True
    assert told["orderId"] == summary["orderId"]
    again = page.submit("/authorization", signature=f"{FIRST_NAME} Pended", agree="yes")
    assert again.status in (404, 409)


def test_missing_information_is_given_and_the_order_goes_on(customer):
    order, link = place_pended(customer, gender=None, address=None, attachments=None)
    page = open_page(link).follow("/tasks/")
    form = page.form("/information")
    assert {"gender", "street1", "city", "state", "zip", "signature", "agree"} <= form.names
    assert "first_name" not in form.names, "what is known is not asked for"
    assert page.submit("/information", gender="female").status == 422
    done = page.submit("/information", gender="female", street1="12 Hill Street", city="Boise", state="ID", zip="83712",
                       signature=f"{FIRST_NAME} Doe", agree="yes")
    assert done.redirected().status == 200
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is True
    healthcheck = customer.report(summary, "healthcheck", "json").json()
    assert "none on file" not in healthcheck["order"]["authorization"]


def test_a_portal_is_connected_and_the_order_goes_on(customer):
    order, link = place_pended(customer, orderType="complete", attachments=None)
    page = open_page(link)
    portal_task = next(one for one in (page.follow(link) for link in page.links if "/tasks/" in link)
                       if any("/portals" in form.action for form in one.forms))
    found = portal_task.submit("/portals", q="")
    portals = found.form("/consent").buttons
    assert portals
    consent = found.submit("/consent", portal=portals[0][1])
    assert ORGANIZATION in consent.text and "Fictional portal" in consent.text
    cancelled = consent.submit("/connect", answer="cancel")
    assert cancelled.status == 200 and "Nothing was shared" in cancelled.text
    done = consent.submit("/connect", answer="approve")
    assert done.redirected().status == 200
    # The networks would need an authorization, which nobody gives; what the portal gave is enough then.
    customer.advance_clock("31d")
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is True


def test_a_portal_may_be_declined(customer):
    order, link = place_pended(customer, lastName="NoRecords")
    decline = open_page(link).follow("/tasks/").follow("/decline")
    assert decline.submit("/decline").redirected().status == 200
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is False


def test_an_upload_counts_as_authorization(customer):
    order, link = place_pended(customer, attachments=None)
    page = open_page(link).follow("/tasks/")
    form = page.form("/information")
    answer = page.session.post(customer.server.url + form.action, timeout=60, allow_redirects=False, data=form.hidden,
                               files={"document": ("signed.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")})
    assert answer.status_code in (302, 303)
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is True


def test_a_foreign_task_is_closed(server, make_customer, pended_form):
    """A good link opens the tasks of its own order alone."""
    other = make_customer(server)
    _, other_link = place_pended(other, lastName="Pended")
    foreign = next(link for link in open_page(other_link).links if "/tasks/" in link)
    own = urllib.parse.urlsplit(pended_form[1])
    page = open_page(f"{server.url}{urllib.parse.urlsplit(foreign).path}?{own.query}")
    assert page.status == 409 and page.forms == []


def test_names_are_text(customer):
    _, link = place_pended(customer, firstName='<b onmouseover="x">', lastName="Pended")
    assert "<b onmouseover" not in open_page(link).answer.text


def test_a_link_of_an_order_without_tasks(customer):
    order = new_order(firstName=FIRST_NAME)
    link = customer.place(order)["consumerLink"]
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    page = open_page(link)
    assert page.status == 200 and "no tasks for you" in page.text
