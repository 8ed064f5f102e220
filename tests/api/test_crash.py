"""`kill -9` at any moment loses nothing and doubles nothing."""
import json
import random
import threading

import requests

from support.listener import Delivery
from support.orders import new_order

KILLS = 50
LONGEST_LIFE_S = 1.5
# Building reports is most of the work: one order in four has records, the others go through the same
# states without any, so that kills hit every state often.
WITH_RECORDS = 4
SEED = 20_250_101
# Work of a killed server is claimed again 9 s later, and a lane may have to wait for several of them.
END_PATIENCE_S = 180

EXPECTED = [(False, "In Progress"), (True, "in progress"), (False, "Completed"), (True, "completed")]


class Placing:
    """Orders that are sent again, with the same Idempotency-Key, until they are answered."""

    def __init__(self, customer) -> None:
        self.customer = customer
        self.answers: dict[str, set[bytes]] = {}
        self.unanswered: dict[str, dict] = {}
        self.with_records: set[str] = set()

    def add(self, has_records: bool) -> None:
        order = new_order("Doe" if has_records else "NoRecords", orderType="ehr-only", clientUserEmail=None)
        self.unanswered[order["clientUserId"]] = order
        if has_records:
            self.with_records.add(order["clientUserId"])

    def send_all(self) -> None:
        """One try each; whatever a killed server did not answer stays for the next."""
        for client_user_id, order in list(self.unanswered.items()):
            try:
                answer = requests.post(self.customer.server.url + "/api/v1/users", json=order, timeout=30, headers={
                    "Authorization": f"Bearer {self.customer.token}", "Idempotency-Key": f"key-{client_user_id}"})
            except requests.RequestException:
                return
            assert answer.status_code == 202, answer.status_code
            self.answers.setdefault(client_user_id, set()).add(answer.content)
            del self.unanswered[client_user_id]


def live_and_die(server, placing: Placing, life_s: float) -> None:
    """Starts the server, sends what was not answered yet while it runs, and kills it after `life_s`."""
    server.start()
    killer = threading.Timer(life_s, server.kill)
    killer.start()
    placing.send_all()
    killer.join()
    assert server.process.poll() is not None


def first_arrivals(deliveries: list[Delivery]) -> list[Delivery]:
    """Each notification once, in the order in which they first came."""
    seen: dict[str, Delivery] = {}
    for delivery in deliveries:
        seen.setdefault(delivery.webhook_id, delivery)
    return list(seen.values())


def test_fifty_kills(make_server, make_customer):
    chance = random.Random(SEED)
    server = make_server()
    customer = make_customer(server)
    placing = Placing(customer)
    server.kill()
    kills_of_running_orders = 0
    for number in range(KILLS):
        placing.add(has_records=number % WITH_RECORDS == 0)
        live_and_die(server, placing, chance.uniform(0, LONGEST_LIFE_S))
        final = {d.client_user_id for d in customer.listener.deliveries() if d.is_final}
        kills_of_running_orders += bool(placing.answers.keys() - final)
    assert kills_of_running_orders >= KILLS * 9 // 10

    server.start()
    placing.send_all()
    assert not placing.unanswered and len(placing.answers) == KILLS
    placed = set(placing.answers)
    customer.listener.wait_for(lambda all_: placed <= {d.client_user_id for d in all_ if d.is_final},
                               "every order completes", END_PATIENCE_S)

    deliveries = customer.listener.deliveries()
    bodies: dict[str, set[bytes]] = {}
    for delivery in deliveries:
        bodies.setdefault(delivery.webhook_id, set()).add(delivery.body)
    assert all(d.genuine for d in deliveries)
    assert all(len(versions) == 1 for versions in bodies.values()), "one id, two bodies"
    for client_user_id in placed:
        own = customer.listener.deliveries(client_user_id)
        assert [(d.is_summary, d.status) for d in first_arrivals(own)] == EXPECTED
        ranks = [EXPECTED.index((d.is_summary, d.status)) for d in own]
        assert ranks == sorted(ranks), "a notification overtook another one of its order"
        assert all(d.webhook_id == d.event["eventId"] for d in own if d.is_summary)

    assert all(len(versions) == 1 for versions in placing.answers.values())
    for client_user_id, versions in placing.answers.items():
        human_id = json.loads(next(iter(versions)))["humanId"]
        orders = customer.get(f"/api/v1/users/{human_id}").json()["orders"]
        assert [o["orderStatus"] for o in orders] == ["Completed"], client_user_id
        assert orders[0]["reportsAvailable"] is (client_user_id in placing.with_records)
    assert customer.get("/api/v1/users").headers["x-total-count"] == str(KILLS)


def test_a_polite_end_loses_nothing_either(make_server, make_customer):
    server = make_server()
    customer = make_customer(server)
    order = new_order(orderType="ehr-only", clientUserEmail=None)
    customer.place(order)
    assert server.stop() == 0
    server.start()
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert summary["eventPayload"]["reportsAvailable"] is True
    assert len(first_arrivals(customer.listener.deliveries())) == 4
