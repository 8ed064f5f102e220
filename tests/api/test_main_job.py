"""The main job: an order goes in, records are collected, reports and notifications come out."""
import json
import re

import pytest

from support import shapes
from support.answers import HEX_24, HEX_32, TIME, UUID
from support.orders import SAMPLE_ORDER_TEXT, new_order
from support.pdf import pdf_text
from support.shapes import without

SUMMARY_FIELDS = without(shapes.ORDER_SUMMARY, "clientData")  # only where it was given


class SampleOrder:
    """The documentation's sample order, placed and completed once for all tests below."""

    def __init__(self, customer) -> None:
        self.customer = customer
        self.answer = customer.call("POST", "/api/v1/users", data=SAMPLE_ORDER_TEXT.encode(),
                                    headers={"Content-Type": "application/json"})
        assert self.answer.status_code == 202, self.answer.status_code
        self.user = self.answer.json()
        self.summary = customer.listener.wait_for_summary("your-policy-number", "completed")
        self.payload = self.summary["eventPayload"]


@pytest.fixture(scope="module")
def sample(server, make_customer) -> SampleOrder:
    return SampleOrder(make_customer(server))


def test_sample_order_is_answered_as_documented(sample):
    user = sample.user
    assert list(user) == shapes.CREATED_USER
    assert user["clientUserId"] == "your-policy-number"
    assert HEX_32.fullmatch(user["humanId"])
    assert (user["firstName"], user["lastName"]) == ("Jane", "Doe")
    assert user["dateOfBirth"] == "1968-02-13T00:00:00.000Z"
    assert user["suggestedSources"] == ["Maxwell Forrest M.D.", "Kindred hospital"]
    assert TIME.fullmatch(user["createdAt"]) and TIME.fullmatch(user["updatedAt"])
    assert user["status"] == "Invited"
    assert user["consumerLink"].startswith(sample.customer.server.url + "/?clientId=" + sample.customer.client_id)
    assert sample.answer.headers["content-type"].startswith("application/json")
    assert UUID.fullmatch(sample.answer.headers["x-humanapi-request-id"])


def test_notifications_arrive_in_order_and_signed(sample):
    deliveries = sample.customer.listener.deliveries()
    assert [(d.is_summary, d.status) for d in deliveries] == [
        (False, "In Progress"), (True, "in progress"), (False, "Completed"), (True, "completed")]
    assert all(d.genuine for d in deliveries)
    assert len({d.webhook_id for d in deliveries}) == 4
    assert all(len(json.loads(d.body)) == 1 for d in deliveries)


def test_order_status_has_the_documented_shape(sample):
    status = sample.customer.listener.deliveries()[0].event
    assert list(status) == shapes.ORDER_STATUS
    assert status["humanId"] == sample.user["humanId"]
    assert status["clientId"] == sample.customer.client_id
    assert HEX_24.fullmatch(status["userId"])
    assert TIME.fullmatch(status["updatedAt"])
    assert (status["action"], status["property"], status["topic"]) == ("status", "orderState", "order")
    assert status["endpoint"] == sample.customer.server.url + "/api/v1/users"
    assert status["clientData"] == {}


def test_order_summary_has_the_documented_shape(sample):
    deliveries = sample.customer.listener.deliveries()
    assert list(sample.summary) == SUMMARY_FIELDS
    assert sample.summary["eventType"] == "orders.OrderSummaryUpdated"
    assert sample.summary["eventGroup"] == "order"
    assert sample.summary["eventId"] == deliveries[3].webhook_id
    assert UUID.fullmatch(sample.summary["orderId"])
    assert list(sample.payload) == shapes.ORDER_PAYLOAD
    assert sample.payload["timedOut"] is False and sample.payload["fcraSuppressed"] is False
    assert sample.payload["reportsAvailable"] is True and sample.payload["dataAvailable"] is True
    first = deliveries[1].event["eventPayload"]
    assert "reports" not in first and first["reportsAvailable"] is False


def test_summary_lists_all_reports(sample):
    reports = sample.payload["reports"]
    assert {(r["name"], r["fileExtension"]) for r in reports} == shapes.DEFAULT_REPORTS
    for report in reports:
        combined = report["name"] == "combined"
        names = ["id", "name", *(["baseReportNames"] if combined else []), "fileExtension", "uri"]
        assert list(report) == names
        assert UUID.fullmatch(report["id"])
        assert report["uri"] == f"{sample.customer.server.url}/api/v1/user/reports/{report['id']}"
        if combined:
            assert report["baseReportNames"] == ["healthcheck", "ccdraw"]


def laboratory_values(apidata: dict) -> list[tuple[str, str]]:
    """Name and value of every laboratory result."""
    return [(part["name"], str(part["value"])) for result in apidata["test_results"]
            for part in result["components"] if str(part.get("value", "")).strip()]


def test_pdf_holds_the_name_and_the_laboratory_values(sample):
    answer = sample.customer.report(sample.summary, "healthcheck", "pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = pdf_text(answer.content)
    assert "Jane" in text and "Doe" in text and "1968-02-13" in text
    values = laboratory_values(sample.customer.report(sample.summary, "apidata", "json").json())
    numbers = [value for _, value in values if re.fullmatch(r"\d+(\.\d+)?", value)]
    assert len(numbers) >= 20
    missing = [number for number in numbers if not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", text)]
    assert len(missing) <= len(numbers) // 50, f"{len(missing)} of {len(numbers)} values are not in the PDF"


@pytest.mark.parametrize("name", ["ccdraw", "combined"])
def test_other_pdfs_open_and_name_the_applicant(sample, name):
    answer = sample.customer.report(sample.summary, name, "pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert "Doe" in pdf_text(answer.content)


@pytest.mark.parametrize("name", ["healthcheck", "ccdraw"])
def test_html_reports_are_whole_pages_without_scripts(sample, name):
    answer = sample.customer.report(sample.summary, name, "html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]
    page = answer.text
    assert page.lstrip().lower().startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    assert "Doe" in page and "<script" not in page.lower()


def test_json_reports_speak_of_the_applicant(sample):
    healthcheck = sample.customer.report(sample.summary, "healthcheck", "json")
    assert healthcheck.headers["content-type"] == "application/json"
    assert healthcheck.json()["order"]["applicant"]["dateOfBirth"] == "1968-02-13"
    apidata = sample.customer.report(sample.summary, "apidata", "json").json()
    assert apidata["humanId"] == sample.user["humanId"]
    assert apidata["profile"]["demographics"]["name"]["family"] == "Doe"


def test_users_list_and_details(sample):
    human_id = sample.user["humanId"]
    listed = sample.customer.get("/api/v1/users").json()
    assert [user["humanId"] for user in listed] == [human_id]
    assert list(listed[0]) == shapes.LISTED_USER
    for query in ({"humanId": human_id}, {"clientUserId": "your-policy-number"}):
        assert sample.customer.get("/api/v1/users", params=query).json() == listed
    details = sample.customer.get(f"/api/v1/users/{human_id}").json()
    assert list(details) == shapes.USER_DETAILS
    assert details["orders"] == [{
        "orderId": sample.summary["orderId"], "orderType": "healthcheck", "orderTypeAlias": "Healthcheck Order",
        "orderStatus": "Completed", "reportsAvailable": True, "dataAvailable": True}]


def test_report_listing(sample):
    groups = sample.customer.get("/api/v1/user/reports", params={"humanId": sample.user["humanId"]}).json()
    assert {(g["name"], r["fileExtension"]) for g in groups for r in g["reports"]} == shapes.DEFAULT_REPORTS
    for group in groups:
        combined = group["name"] == "combined"
        assert list(group) == ["name", "baseReportNames", "reports"] if combined else ["name", "reports"]
        for report in group["reports"]:
            names = [*shapes.REPORT_IN_LIST, *(["groupBy"] if combined else [])]
            assert list(report) == names
            assert report["createdByOrderId"] == sample.summary["orderId"]
            assert report["orderIds"] == [sample.summary["orderId"]]
            assert TIME.fullmatch(report["createdAt"])
    by_order = {"clientUserId": "your-policy-number", "createdByOrderId": sample.summary["orderId"]}
    assert sample.customer.get("/api/v1/user/reports", params=by_order).json() == groups
    other = {"clientUserId": "your-policy-number", "createdByOrderId": "00000000-0000-4000-8000-000000000000"}
    assert sample.customer.get("/api/v1/user/reports", params=other).json() == []


def test_consumer_link(sample):
    answer = sample.customer.post("/api/v1/resources/consumer-link", {"clientUserId": "your-policy-number"})
    assert answer.status_code == 200
    assert list(answer.json()) == ["consumerLink", "clientId"]
    assert answer.json()["clientId"] == sample.customer.client_id
    assert answer.json()["consumerLink"].startswith(sample.customer.server.url + "/?clientId=")


def test_order_types(sample):
    types = sample.customer.get("/api/v1/order-types").json()
    assert [t["orderType"] for t in types] == ["healthcheck", "complete", "ehr-only", "no-contact", "aps-only"]
    assert all(list(t) == ["orderType", "orderTypeAlias", "orderTypeDescription"] for t in types)


def test_client_data_comes_back_in_every_notification(customer):
    data = {"branch": "north", "number": 7, "ratio": 0.5, "vip": True}
    order = new_order(orderType="ehr-only", clientUserEmail=None, clientData=data)
    summary = customer.complete(order)
    assert list(summary).index("clientData") == list(summary).index("eventPayload") - 1
    assert all(d.event["clientData"] == data for d in customer.listener.deliveries())


def test_a_receiver_that_fails_is_asked_again_with_the_same_body(customer):
    customer.listener.fail_next(500, 503)
    order = new_order(orderType="ehr-only", clientUserEmail=None)
    customer.complete(order)
    first = [d for d in customer.listener.deliveries() if d.status == "In Progress"]
    assert [d.answered for d in first] == [500, 503, 200]
    assert len({(d.webhook_id, d.body) for d in first}) == 1 and all(d.genuine for d in first)
    distinct = list(dict.fromkeys(d.webhook_id for d in customer.listener.deliveries()))
    assert len(distinct) == 4


def test_a_second_order_is_appended_to_the_same_user(customer):
    order = new_order(orderType="ehr-only", clientUserEmail=None)
    first = customer.complete(order)
    again = customer.place(order)
    assert again["humanId"] == first["humanId"]
    customer.listener.wait_for(lambda all_: len([d for d in all_ if d.is_final]) == 2, "the second order completes")
    orders = customer.get(f"/api/v1/users/{first['humanId']}").json()["orders"]
    assert [o["orderStatus"] for o in orders] == ["Completed", "Completed"]
    assert orders[1]["orderId"] == first["orderId"]
