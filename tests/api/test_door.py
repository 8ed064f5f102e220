"""What an application may send, and what it is told of it; probes that tell how the server is."""
import concurrent.futures

import pytest

from support.orders import new_order
from support.waiting import wait_until

LIMIT = 5


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    config = tmp_path_factory.mktemp("door") / "door.toml"
    config.write_text(f"requests_per_second = {LIMIT}\n")
    return make_server("--config", config)


def test_beyond_the_allowance_is_a_429_and_others_go_on(server, make_customer):
    loud, quiet = make_customer(server), make_customer(server)
    for customer in (loud, quiet):
        assert customer.get("/api/v1/order-types").status_code == 200  # the server knows the token from here on
    answers = [loud.get("/api/v1/order-types") for _ in range(10 * LIMIT)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused, "ten times as much as may be"
    for answer in answers:
        assert answer.headers["ratelimit-limit"] == str(LIMIT)
        assert 0 <= int(answer.headers["ratelimit-remaining"]) < LIMIT
        assert int(answer.headers["ratelimit-reset"]) <= 1
    for answer in refused:
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["ratelimit-remaining"] == "0"
    assert quiet.get("/api/v1/order-types").status_code == 200
    assert "chartroom_requests_refused_total" in quiet.get("/metrics").text


def test_a_token_that_is_not_known_counts_for_nobody(server, make_customer):
    customer = make_customer(server)
    assert customer.get("/api/v1/order-types").status_code == 200
    forged = customer.token[:-4] + ("AAAA" if not customer.token.endswith("AAAA") else "BBBB")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        codes = set(pool.map(lambda _: customer.get("/api/v1/order-types", headers={
            "Authorization": f"Bearer {forged}"}).status_code, range(6 * LIMIT)))
    assert codes == {401}


def test_without_a_limit_nothing_is_said_of_it(make_server, make_customer):
    customer = make_customer(make_server())
    for _ in range(3 * LIMIT):
        answer = customer.get("/api/v1/order-types")
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.lower().startswith("ratelimit")]


def test_readiness_tells_store_schema_and_queue(make_server, make_customer, tmp_path):
    config = tmp_path / "lag.toml"
    config.write_text('queue_lag_degraded = 1\nroles = ["api"]\n')
    server = make_server("--config", config)
    customer = make_customer(server)
    ready = customer.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert ready.json()["store"] == "answers"
    assert ready.json()["schema"] >= 2
    customer.place(new_order("NoRecords", clientUserEmail=None))  # nobody works here

    def is_degraded() -> bool:
        told = customer.get("/readyz").json()
        return told["status"] == "degraded" and told["queueLagSeconds"] >= 1
    wait_until(is_degraded, "the queue lags")


def test_metrics_count_open_orders(make_server, make_customer, tmp_path):
    config = tmp_path / "api.toml"
    config.write_text('roles = ["api"]\n')
    customer = make_customer(make_server("--config", config))
    for _ in range(3):
        customer.place(new_order("NoRecords", clientUserEmail=None))
    text = customer.get("/metrics").text
    states = {line.split('"')[1]: float(line.split()[-1]) for line in text.splitlines()
              if line.startswith("chartroom_open_orders{")}
    assert states == {"created": 3, "in progress": 0, "pended": 0}
    assert "chartroom_dead_jobs 0" in text
    assert "chartroom_commit_batch_size_count" in text
