"""Every persona of the sandbox leads to its documented outcome (docs/sandbox.md)."""

from support.orders import new_order


def network_order(last_name: str, **changes) -> dict:
    """An order that asks the networks alone."""
    return new_order(last_name, orderType="ehr-only", clientUserEmail=None, **changes)


def statuses(customer, order: dict) -> list[str]:
    return [d.status for d in customer.listener.deliveries(order["clientUserId"]) if not d.is_summary]


def test_no_records_completes_without_reports(customer):
    order = network_order("NoRecords")
    payload = customer.complete(order)["eventPayload"]
    assert payload == {"orderStatus": "completed", "timedOut": False, "reportsAvailable": False,
                       "dataAvailable": False, "fcraSuppressed": False}
    listing = customer.get("/api/v1/user/reports", params={"clientUserId": order["clientUserId"]})
    assert (listing.status_code, listing.json()) == (200, [])


def test_no_records_falls_back_to_the_portal_and_ends_without_the_applicant(customer):
    order = new_order("NoRecords")
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    customer.advance_clock("10d")
    payload = customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]
    assert payload["reportsAvailable"] is False and payload["timedOut"] is False
    assert statuses(customer, order) == ["In Progress", "Pended", "In Progress", "Completed"]


def test_pended_waits_for_the_applicant(customer):
    order = network_order("Pended")
    user = customer.place(order)
    summary = customer.listener.wait_for_summary(order["clientUserId"], "pended")
    assert summary["eventPayload"]["reportsAvailable"] is False
    details = customer.get(f"/api/v1/users/{user['humanId']}").json()
    assert details["orders"][0]["orderStatus"] == "Pended"
    # Nobody signs the form: the task's time runs out, and the order ends with what there is.
    customer.advance_clock("10d")
    payload = customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]
    assert payload["reportsAvailable"] is False
    assert statuses(customer, order) == ["In Progress", "Pended", "In Progress", "Completed"]


def test_times_out_completes_in_one_turn_of_the_clock(customer):
    order = network_order("TimesOut")
    customer.place(order)
    customer.advance_clock("30d")
    # The answer of the clock comes after everything that became due, so nothing is waited for here.
    finals = [d for d in customer.listener.deliveries(order["clientUserId"]) if d.is_final]
    assert len(finals) == 1
    payload = finals[0].event["eventPayload"]
    assert payload["orderStatus"] == "completed" and payload["timedOut"] is True
    assert payload["reportsAvailable"] is False
    assert statuses(customer, order) == ["In Progress", "Completed"]


def test_wrong_person_never_shows_the_other_record(customer):
    order = network_order("WrongPerson")
    customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "completed", "pended")
    customer.advance_clock("31d")
    payload = customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]
    assert payload["reportsAvailable"] is False and "reports" not in payload
    assert customer.get("/api/v1/user/reports", params={"clientUserId": order["clientUserId"]}).json() == []


def test_vendor_down_completes_later(customer):
    order = network_order("VendorDown")
    customer.place(order)
    customer.advance_clock("1d")
    payload = customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]
    assert payload["reportsAvailable"] is True and payload["timedOut"] is False


def test_broken_document_is_named_in_the_coverage(customer):
    order = network_order("BrokenDocument")
    summary = customer.complete(order)
    assert summary["eventPayload"]["reportsAvailable"] is True
    healthcheck = customer.report(summary, "healthcheck", "json").json()
    unreadable = [s for s in healthcheck["coverage"]["sources"] if s["outcome"] == "unreadable"]
    assert {s["item"] for s in unreadable} == {"truncated.xml", "garbage.json"}
    assert all(s["reason"] for s in unreadable)
    assert any(s["outcome"] == "read" for s in healthcheck["coverage"]["sources"])


def test_suppressed_is_blocked(customer):
    order = network_order("Suppressed")
    user = customer.place(order)
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"] == {"orderStatus": "completed", "timedOut": False, "reportsAvailable": False,
                                       "dataAvailable": False, "fcraSuppressed": True}
    assert customer.get("/api/v1/user/reports", params={"humanId": user["humanId"]}).json() == []
    unknown = customer.get(f"/api/v1/user/reports/{summary['orderId']}")
    assert unknown.status_code == 404


def test_personas_are_found_whatever_the_case(customer):
    order = network_order("nOrEcOrDs")
    assert customer.complete(order)["eventPayload"]["reportsAvailable"] is False


def test_everybody_else_has_records(customer):
    order = network_order("Ordinary")
    summary = customer.complete(order)
    assert summary["eventPayload"]["reportsAvailable"] is True
    apidata = customer.report(summary, "apidata", "json").json()
    assert apidata["encounters"] and apidata["test_results"]
