"""The Idempotency-Key header (contract 15)."""
import concurrent.futures

from support.orders import new_order

THREADS = 16


def network_order(**changes) -> dict:
    return new_order("NoRecords", orderType="ehr-only", clientUserEmail=None, **changes)


def orders_of(customer, human_id: str) -> list[dict]:
    return customer.get(f"/api/v1/users/{human_id}").json()["orders"]


def test_the_first_answer_again(customer):
    order = network_order()
    first = customer.post("/api/v1/users", order, headers={"Idempotency-Key": "key-1"})
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    again = customer.post("/api/v1/users", order, headers={"Idempotency-Key": "key-1"})
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert len(orders_of(customer, first.json()["humanId"])) == 1


def test_another_body_with_the_same_key(customer):
    order = network_order()
    customer.place(order, headers={"Idempotency-Key": "key-2"})
    other = customer.post("/api/v1/users", {**order, "clientUserId": "another-policy"},
                          headers={"Idempotency-Key": "key-2"})
    assert other.status_code == 422
    assert other.json()["code"] == 422
    assert customer.get("/api/v1/users", params={"clientUserId": "another-policy"}).status_code == 404


def test_a_refused_order_does_not_use_up_the_key(customer):
    order = network_order()
    refused = customer.post("/api/v1/users", {**order, "gender": "?"}, headers={"Idempotency-Key": "key-3"})
    assert refused.status_code == 400
    assert customer.post("/api/v1/users", order, headers={"Idempotency-Key": "key-3"}).status_code == 202


def test_keys_belong_to_one_application(server, make_customer):
    one, two = make_customer(server), make_customer(server)
    order = network_order()
    headers = {"Idempotency-Key": "shared-key"}
    assert one.place(order, headers=headers)["humanId"] != two.place(order, headers=headers)["humanId"]


def test_malformed_keys(customer):
    for key in ("a b", "x" * 256):
        answer = customer.post("/api/v1/users", network_order(), headers={"Idempotency-Key": key})
        assert answer.status_code == 400
    assert customer.get("/api/v1/users").json() == []


def test_many_at_once_make_one_order(customer):
    order = network_order()

    def place(_number: int):
        return customer.post("/api/v1/users", order, headers={"Idempotency-Key": "key-of-many"})

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(place, range(THREADS)))
    # "Still running" is a documented answer too, but whoever got an order got the same one.
    assert {a.status_code for a in answers} <= {202, 409}
    accepted = {a.content for a in answers if a.status_code == 202}
    assert len(accepted) == 1
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    users = customer.get("/api/v1/users").json()
    assert [user["clientUserId"] for user in users] == [order["clientUserId"]]
    assert len(orders_of(customer, users[0]["humanId"])) == 1
    assert len({d.webhook_id for d in customer.listener.deliveries()}) == 4


def test_many_at_once_without_a_key_make_one_order(customer):
    order = new_order("TimesOut", orderType="ehr-only", clientUserEmail=None)
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: customer.post("/api/v1/users", order), range(THREADS)))
    assert sorted(a.status_code for a in answers) == [202] + [409] * (THREADS - 1)
