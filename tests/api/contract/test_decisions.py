"""Times, limits and suppression that no source settles (contract 4.4, 4.5, 12, 14)."""
import pytest

from support.answers import assert_plain
from support.orders import new_order, provider

NETWORK = {"orderType": "ehr-only", "clientUserEmail": None}
REPORTS = "/api/v1/user/reports"
SHORT_TYPE = """code = "short"
alias = "Short Order"
timeout = "5d"
task_time = "20d"
reminders = []
{sufficiency}
[[channels]]
channel = "ehr"
[[outputs]]
name = "apidata"
format = "json"
"""


def state(customer, user: dict) -> str:
    return customer.get(f"/api/v1/users/{user['humanId']}").json()["orders"][0]["orderStatus"]


def add_type(customer, tmp_path, text: str) -> None:
    file = tmp_path / "type.toml"
    file.write_text(text)
    done = customer.server.tool.run("order-type", "import", "--data", customer.server.data, "--app", customer.client_id,
                                    "--file", file)
    assert done.returncode == 0, done.stderr


def turn(customer, *steps: str) -> None:
    for step in steps:
        customer.advance_clock(step)


def test_an_order_has_thirty_days(customer):
    user = customer.place(new_order("TimesOut", **NETWORK))
    turn(customer, "29d", "23h")
    assert state(customer, user) == "In Progress"
    turn(customer, "1h", "1m")
    assert state(customer, user) == "Completed"


def test_a_task_has_ten_days_and_the_order_goes_on(customer):
    order = new_order("Pended", **NETWORK)
    user = customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    turn(customer, "9d", "23h")
    assert state(customer, user) == "Pended"
    turn(customer, "1h", "1m")
    assert state(customer, user) == "Completed"
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["timedOut"] is False


def test_time_out_is_a_setting_of_the_type_and_comes_to_pended_orders_too(customer, tmp_path):
    """Pended to Completed, without In Progress between them."""
    add_type(customer, tmp_path, SHORT_TYPE.format(sufficiency=""))
    order = new_order("Pended", orderType="short", clientUserEmail=None)
    user = customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    turn(customer, "4d", "23h")
    assert state(customer, user) == "Pended"
    turn(customer, "1h", "1m")
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["timedOut"] is True
    told = [d.status for d in customer.listener.deliveries(order["clientUserId"]) if not d.is_summary]
    assert told == ["In Progress", "Pended", "Completed"]


def test_what_is_enough_is_a_setting_of_the_type(customer, tmp_path):
    """More sources than there are: the order ends without calling it enough, yet with what it has."""
    add_type(customer, tmp_path, SHORT_TYPE.format(sufficiency="sufficiency = { sources = 99, facts = 1 }"))
    summary = customer.complete(new_order(orderType="short", clientUserEmail=None))
    assert summary["eventPayload"]["reportsAvailable"] is True
    assert [(r["name"], r["fileExtension"]) for r in summary["eventPayload"]["reports"]] == [("apidata", "json")]


def test_paper_is_asked_after_seven_days(customer):
    """Later than the networks, which may spare it."""
    user = customer.place(new_order("NoRecords", orderType="no-contact", clientUserEmail=None, providers=[provider()]))
    order_id = customer.get(f"/api/v1/users/{user['humanId']}").json()["orders"][0]["orderId"]

    def asked() -> list[str]:
        channels = customer.get(f"/api/v1/orders/{order_id}").json()["channels"]
        return [channel["channel"] for channel in channels if "askedAt" in channel]

    turn(customer, "6d", "23h")
    assert asked() == ["ehr"] and state(customer, user) == "In Progress"
    turn(customer, "1h", "1m")
    assert asked() == ["ehr", "offline"] and state(customer, user) == "Completed"


def test_the_applicant_is_reminded_after_one_three_and_seven_days(customer):
    order = new_order("Pended")
    user = customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    order_id = customer.get(f"/api/v1/users/{user['humanId']}").json()["orders"][0]["orderId"]

    def reminders() -> int:
        entries = customer.get(f"/api/v1/orders/{order_id}/timeline").json()["entries"]
        return sum(entry["action"] == "reminder.sent" for entry in entries)

    for step, expected in (("23h", 0), ("2h", 1), ("46h", 1), ("2h", 2), ("94h", 2), ("2h", 3), ("40h", 3)):
        turn(customer, step)
        assert reminders() == expected


class Purged:
    """An order with reports, and what is left of it."""

    def __init__(self, customer) -> None:
        self.customer = customer
        self.summary = customer.complete(new_order(**NETWORK))
        self.uri = self.summary["eventPayload"]["reports"][0]["uri"]
        self.query = {"humanId": self.summary["humanId"]}

    def assert_there(self) -> None:
        assert self.customer.get(REPORTS, params=self.query).json()
        assert self.customer.get(self.uri).status_code == 200

    def assert_gone(self) -> None:
        assert self.customer.get(REPORTS, params=self.query).json() == []
        assert_plain(self.customer.get(self.uri), 404, "Not Found")
        order, = self.customer.get(f"/api/v1/users/{self.summary['humanId']}").json()["orders"]
        assert (order["orderId"], order["orderStatus"]) == (self.summary["orderId"], "Completed")


def test_reports_live_ninety_days_and_the_order_stays(customer):
    purged = Purged(customer)
    turn(customer, "89d", "23h")
    purged.assert_there()
    turn(customer, "1h", "1m")
    purged.assert_gone()


def test_retention_is_a_setting(customer):
    customer.configure("retention_days=2")
    purged = Purged(customer)
    turn(customer, "47h")
    purged.assert_there()
    turn(customer, "61m")
    purged.assert_gone()


def test_a_suppressed_person_has_no_reports_anywhere(customer):
    order = new_order("Suppressed", **NETWORK)
    user = customer.place(order)
    payload = customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]
    assert payload == {"orderStatus": "completed", "timedOut": False, "reportsAvailable": False, "dataAvailable": False,
                       "fcraSuppressed": True}
    assert list(payload) == ["orderStatus", "timedOut", "reportsAvailable", "dataAvailable", "fcraSuppressed"]
    assert customer.get(REPORTS, params={"humanId": user["humanId"]}).json() == []
    shown, = customer.get(f"/api/v1/users/{user['humanId']}").json()["orders"]
    assert (shown["orderStatus"], shown["reportsAvailable"], shown["dataAvailable"]) == ("Completed", False, False)


@pytest.mark.parametrize("missing", ["firstName", "lastName", "gender", "dateOfBirth", "address", "attachments"])
def test_what_a_channel_needs_is_a_task_and_no_400(listening, missing):
    order = new_order(**NETWORK, **{missing: None})
    listening.place(order)
    listening.listener.wait_for_summary(order["clientUserId"], "pended")


@pytest.mark.parametrize("given", ["ssn", "phone", "middleName", "providers", "conditions", "suggestedSources"])
def test_what_no_channel_needs_is_no_task(listening, given):
    """The order runs through without it, and with it."""
    value = {"ssn": "219-09-9876", "phone": "(555) 213-5555", "middleName": "A.", "providers": [provider()],
             "conditions": ["COPD"], "suggestedSources": ["Kindred hospital"]}[given]
    order = new_order("NoRecords", **NETWORK, **{given: value})
    listening.complete(order)
    told = [d.status for d in listening.listener.deliveries(order["clientUserId"]) if not d.is_summary]
    assert told == ["In Progress", "Completed"]
