"""The states of an order on every surface, by every path (contract 4, 7.1, 7.2).

Each path is one order with the whole list of notifications that it must cause: members in order, values exact.
"""
from dataclasses import dataclass, field

import pytest

from support import shapes
from support.answers import HEX_24, TIME, UUID
from support.orders import new_order, quiet_order
from support.shapes import without
from support.waiting import wait_until

NETWORK = {"orderType": "ehr-only", "clientUserEmail": None}
DATA = {"branch": "north", "number": 7, "vip": True}


@dataclass
class Path:
    """How an order goes, and the states that it tells of."""

    order: dict
    states: list[str]
    end: dict = field(default_factory=dict)  # members of the last payload that are not the default
    clock: str = ""  # turned once the order stands in `turn_at`
    turn_at: str = ""
    is_aborted: bool = False


PATHS = {
    "records": Path(new_order(**NETWORK, clientData=DATA), ["In Progress", "Completed"],
                    {"reportsAvailable": True, "dataAvailable": True}),
    "no records": Path(new_order("NoRecords", **NETWORK), ["In Progress", "Completed"]),
    "cancelled in progress": Path(new_order("TimesOut", **NETWORK, clientData=DATA), ["In Progress", "Cancelled"],
                                  turn_at="in progress", is_aborted=True),
    "cancelled while pended": Path(quiet_order(), ["In Progress", "Pended", "Cancelled"], turn_at="pended",
                                   is_aborted=True),
    "task expired": Path(new_order("Pended", **NETWORK, clientData={}),
                         ["In Progress", "Pended", "In Progress", "Completed"], clock="10d", turn_at="pended"),
    "timed out in progress": Path(new_order("TimesOut", **NETWORK), ["In Progress", "Completed"], {"timedOut": True},
                                  clock="30d", turn_at="in progress"),
    "suppressed": Path(new_order("Suppressed", **NETWORK, clientData=DATA), ["In Progress", "Completed"],
                       {"fcraSuppressed": True}),
}


class Walk:
    """A path walked to its end, and what was seen on the way."""

    def __init__(self, name: str, path: Path, customer) -> None:
        self.name, self.path, self.customer = name, path, customer
        self.user = customer.place(path.order)
        self.client_user_id = path.order["clientUserId"]
        self.title_cases: list[str] = []

    def turn(self) -> None:
        if self.path.turn_at:
            self.customer.listener.wait_for_summary(self.client_user_id, self.path.turn_at)
            self.look()
        if self.path.is_aborted:
            answer = self.customer.post("/api/v1/users/actions",
                                        {"action": "abort", "humanId": self.user["humanId"]})
            assert answer.status_code == 202
        if self.path.clock:
            self.customer.advance_clock(self.path.clock)

    def look(self) -> dict:
        """The order as GET shows it now."""
        order, = self.customer.get(f"/api/v1/users/{self.user['humanId']}").json()["orders"]
        self.title_cases.append(order["orderStatus"])
        return order

    def finish(self) -> None:
        self.summary = self.customer.listener.wait_for_summary(self.client_user_id, "completed", "cancelled")
        self.order = self.look()
        told = self.customer.listener.deliveries(self.client_user_id)
        self.statuses = [d for d in told if not d.is_summary]
        self.summaries = [d for d in told if d.is_summary]
        self.sequence = told


@pytest.fixture(scope="module")
def walks(server, make_customer) -> dict[str, Walk]:
    """All paths, side by side; those with a clock of their own in an application of their own."""
    shared = make_customer(server)
    made = {name: Walk(name, path, make_customer(server) if path.clock else shared) for name, path in PATHS.items()}
    for walk in made.values():
        walk.turn()
    for walk in made.values():
        walk.finish()
    return made


@pytest.fixture(params=list(PATHS))
def walk(request, walks) -> Walk:
    return walks[request.param]


def test_states_are_told_in_their_order(walk):
    states = walk.path.states
    assert [d.status for d in walk.statuses] == states
    assert [d.status for d in walk.summaries] == [state.lower() for state in states]
    assert [(d.is_summary, d.status.lower()) for d in walk.sequence] == [
        (is_summary, state.lower()) for state in states for is_summary in (False, True)]


def test_created_is_never_told(walk):
    assert "created" not in {d.status.lower() for d in walk.sequence}


def test_details_say_it_in_title_case(walk):
    expected = ([walk.path.turn_at.title()] if walk.path.turn_at else []) + [walk.path.states[-1]]
    assert walk.title_cases == expected


def test_order_status_is_exact(walk):
    for delivery, state in zip(walk.statuses, walk.path.states):
        event = delivery.event
        assert list(event) == shapes.ORDER_STATUS
        assert TIME.fullmatch(event["updatedAt"]) and HEX_24.fullmatch(event["userId"])
        fixed = {name: event[name] for name in without(shapes.ORDER_STATUS, "updatedAt", "userId")}
        assert fixed == {
            "humanId": walk.user["humanId"], "clientId": walk.customer.client_id, "clientUserId": walk.client_user_id,
            "action": "status", "endpoint": walk.customer.server.url + "/api/v1/users", "property": "orderState",
            "topic": "order", "value": state, "clientData": walk.path.order.get("clientData", {})}


def test_order_summary_is_exact(walk):
    given = "clientData" in walk.path.order
    for delivery, state in zip(walk.summaries, walk.path.states):
        event = delivery.event
        assert list(event) == (shapes.ORDER_SUMMARY if given else without(shapes.ORDER_SUMMARY, "clientData"))
        assert TIME.fullmatch(event["timestamp"]) and UUID.fullmatch(event["eventId"])
        assert event["eventId"] == delivery.webhook_id
        fixed = {name: event[name] for name in without(list(event), "timestamp", "eventId", "eventPayload")}
        assert fixed == {
            "orderId": walk.order["orderId"], "eventType": "orders.OrderSummaryUpdated", "eventGroup": "order",
            "humanId": walk.user["humanId"], "clientId": walk.customer.client_id,
            "userId": walk.statuses[0].event["userId"], "clientUserId": walk.client_user_id,
            **({"clientData": walk.path.order["clientData"]} if given else {})}


def test_payloads_are_exact(walk):
    for delivery, state in zip(walk.summaries, walk.path.states):
        payload = delivery.event["eventPayload"]
        is_last = delivery is walk.summaries[-1]
        expected = {"orderStatus": state.lower(), "timedOut": False, "reportsAvailable": False, "dataAvailable": False,
                    "fcraSuppressed": walk.path.end.get("fcraSuppressed", False), **(walk.path.end if is_last else {})}
        assert {name: value for name, value in payload.items() if name != "reports"} == expected
        assert ("reports" in payload) is payload["reportsAvailable"]
        assert list(payload) == [name for name in shapes.ORDER_PAYLOAD if name in payload]


def test_reports_in_a_payload_are_exact(walks):
    reports = walks["records"].summary["eventPayload"]["reports"]
    assert {(one["name"], one["fileExtension"]) for one in reports} == shapes.DEFAULT_REPORTS
    for one in reports:
        combined = one["name"] == "combined"
        assert list(one) == ["id", "name", *(["baseReportNames"] if combined else []), "fileExtension", "uri"]
        assert UUID.fullmatch(one["id"])
        assert one["uri"] == f"{walks['records'].customer.server.url}/api/v1/user/reports/{one['id']}"
        assert len(set(one.get("baseReportNames", []))) == len(one.get("baseReportNames", []))


def test_the_end_shows_on_the_user(walk):
    assert walk.order["reportsAvailable"] is walk.path.end.get("reportsAvailable", False)
    assert walk.order["dataAvailable"] is walk.path.end.get("dataAvailable", False)
    listed = walk.customer.get("/api/v1/user/reports", params={"humanId": walk.user["humanId"]})
    assert (listed.status_code, bool(listed.json())) == (200, walk.order["reportsAvailable"])


def test_ids_times_and_signatures(walk):
    assert all(d.genuine for d in walk.sequence)
    assert len({d.webhook_id for d in walk.sequence}) == len(walk.sequence)
    times = [d.event["timestamp"] for d in walk.summaries]
    assert times == sorted(times)
    for status, summary in zip(walk.statuses, walk.summaries):
        assert status.event["updatedAt"] == summary.event["timestamp"]


def test_nothing_follows_the_end(walks):
    """A month later: an aborted order has told its last, and so has every other one."""
    for walk in walks.values():
        before = len(walk.customer.listener.deliveries(walk.client_user_id))
        if walk.path.clock:
            walk.customer.advance_clock("40d")
        assert len(walk.customer.listener.deliveries(walk.client_user_id)) == before


def test_an_order_leaves_created_at_once(client):
    user = client.place(quiet_order())

    def state() -> str:
        order, = client.get(f"/api/v1/users/{user['humanId']}").json()["orders"]
        assert order["orderStatus"] in ("Created", "In Progress", "Pended")
        return order["orderStatus"] if order["orderStatus"] == "Pended" else ""

    wait_until(state, "the order starts and waits for its task")


def test_abort_before_the_start_goes_straight_to_cancelled(customer):
    """Whichever comes first, the start or the abort: In Progress is told before or not at all."""
    orders = [quiet_order() for _ in range(20)]
    for order in orders:
        user = customer.place(order)
        answer = customer.post("/api/v1/users/actions", {"action": "abort", "humanId": user["humanId"]})
        assert answer.status_code == 202
    for order in orders:
        customer.listener.wait_for_summary(order["clientUserId"], "cancelled")
        states = [d.status for d in customer.listener.deliveries(order["clientUserId"]) if not d.is_summary]
        assert states in (["Cancelled"], ["In Progress", "Cancelled"], ["In Progress", "Pended", "Cancelled"])
