"""A caller's trace (W3C Trace Context) goes through jobs to what leaves the house, and into the log."""
import json

import pytest

from support.orders import new_order

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def quick_order(**changes) -> dict:
    return new_order("NoRecords", orderType="ehr-only", clientUserEmail=None, **changes)


def headers_of(customer, order: dict) -> list[str | None]:
    """traceparent of every notification of an order that has ended."""
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    return [d.headers.get("traceparent") for d in customer.listener.deliveries(order["clientUserId"])]


def complete_with(customer, headers: dict) -> list[str | None]:
    order = quick_order()
    customer.place(order, headers=headers)
    return headers_of(customer, order)


@pytest.mark.parametrize("flags", ["01", "00"])
def test_notifications_belong_to_the_trace_of_the_order(customer, flags):
    told = complete_with(customer, {"traceparent": f"00-{TRACE}-{SPAN}-{flags}"})
    parts = [header.split("-") for header in told]
    assert len(parts) >= 3, "also what is caused by what the request caused"
    assert {(version, trace, flag) for version, trace, _, flag in parts} == {("00", TRACE, flags)}
    spans = [span for _, _, span, _ in parts]
    assert SPAN not in spans
    assert len(set(spans)) == len(spans), "every request is a span of its own"


def test_no_trace_is_begun(customer):
    assert set(complete_with(customer, {})) == {None}


@pytest.mark.parametrize("header", [
    "nonsense", f"00-{TRACE}-{SPAN}", f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE.upper()}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}-{SPAN}-01-more"])
def test_what_is_no_traceparent_is_ignored(customer, header):
    assert set(complete_with(customer, {"traceparent": header})) == {None}


def test_a_later_version_is_read_as_far_as_it_is_known(customer):
    told = complete_with(customer, {"traceparent": f"cc-{TRACE}-{SPAN}-01-more"})
    assert {header[:36] for header in told} == {f"00-{TRACE}-"}


def test_lines_of_the_log_say_what_they_belong_to(make_server, make_customer):
    server = make_server("--log-level", "debug")
    customer = make_customer(server)
    order = quick_order()
    customer.listener.fail_next(500)
    customer.place(order, headers={"traceparent": f"00-{TRACE}-{SPAN}-01", "x-request-id": "7e57ab1e-0000-4000-8000-0000000000aa"})
    headers_of(customer, order)
    order_id = customer.listener.deliveries(order["clientUserId"])[-1].event["orderId"]
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    of_trace = [line for line in lines if line.get("trace_id") == TRACE]
    refused = [line for line in of_trace if line["event"] == "notification not accepted"]
    assert refused, "work is logged under the trace that caused it"
    assert all(line["order"] == order_id and line["job"] for line in refused)
    placed = [line for line in lines if line["event"] == "order placed"]
    assert all(line["request_id"] and line["order"] for line in placed)
