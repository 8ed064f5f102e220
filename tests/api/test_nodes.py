"""Several servers on one PostgreSQL database: whatever dies, the orders go on."""
import concurrent.futures
import json

import pytest
import requests

from support.customer import Customer
from support.engine import database_of, postgres_url
from support.orders import new_order
from support.server import Server, Tool

FAILED = 1
USED_WRONGLY = 2
CALLS = 16
# A dead worker's lease ends after 9 s.
PATIENCE_S = 60

EXPECTED = [(False, "In Progress"), (True, "in progress"), (False, "Completed"), (True, "completed")]


@pytest.fixture
def make_node(tool, tmp_path):
    """Makes servers that share master key, database and public address, as behind a balancer."""
    postgres_url()
    made: list[Server] = []
    on_database = Tool(tool.binary, on_postgres=True)

    def make(*flags: str) -> Server:
        folder = tmp_path / f"node{len(made)}"
        folder.mkdir()
        node = Server(on_database, folder, *flags)
        if made:
            node.data, node.public_url = made[0].data, made[0].url
        made.append(node)
        return node.start()

    yield make
    for node in made:
        node.stop()


@pytest.fixture
def client(make_node):
    """A customer of the first node."""
    made = Customer(make_node())
    yield made
    made.close()


def at(node: Server, client: Customer, path: str) -> requests.Response:
    return client.get(node.url + path)


def test_an_order_outlives_the_node_that_took_it(make_node, client):
    other = make_node()
    orders = [new_order(orderType="ehr-only", clientUserEmail=None) for _ in range(6)]
    for order in orders:
        client.place(order)
    client.server.kill()
    for order in orders:
        client.listener.wait_for(
            lambda all_, id_=order["clientUserId"]: any(d.client_user_id == id_ and d.is_final for d in all_),
            "the other node completes it", PATIENCE_S)
    bodies: dict[str, set[bytes]] = {}
    for order in orders:
        own = client.listener.deliveries(order["clientUserId"])
        for delivery in own:
            bodies.setdefault(delivery.webhook_id, set()).add(delivery.body)
        told = []
        for delivery in own:
            if (step := (delivery.is_summary, delivery.status)) not in told:
                told.append(step)
        assert told == EXPECTED
    assert len(bodies) == len(orders) * len(EXPECTED), "a notification was made twice"
    assert all(len(versions) == 1 for versions in bodies.values()), "one id, two bodies"
    # The token that the dead node issued is as good here.
    users = at(other, client, "/api/v1/users")
    assert users.status_code == 200 and users.headers["x-total-count"] == str(len(orders))


def test_one_key_at_two_nodes_is_one_order(make_node, client):
    nodes = [client.server, make_node()]
    order = new_order(orderType="ehr-only", clientUserEmail=None)

    def send(number: int) -> requests.Response:
        while True:
            answer = client.post(nodes[number % 2].url + "/api/v1/users", order, headers={"Idempotency-Key": "one"})
            if answer.status_code != 409:
                return answer

    with concurrent.futures.ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(send, range(CALLS)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert client.get("/api/v1/users").headers["x-total-count"] == "1"


def test_two_orders_for_one_user_at_once_are_one_order(make_node, client):
    nodes = [client.server, make_node()]
    first = new_order(orderType="ehr-only", clientUserEmail=None)
    client.complete(first)
    # Open for long: whoever comes second must find it.
    second = {**first, "orderType": "aps-only"}
    with concurrent.futures.ThreadPoolExecutor(CALLS) as pool:
        answers = list(pool.map(lambda n: client.post(nodes[n % 2].url + "/api/v1/users", second), range(CALLS)))
    accepted = [answer for answer in answers if answer.status_code == 202]
    assert len(accepted) == 1, [answer.status_code for answer in answers]
    assert len(at(nodes[1], client, f"/api/v1/users/{accepted[0].json()['humanId']}").json()["orders"]) == 2


def test_roles_apart_and_one_clock(make_node, client):
    api = make_node("--roles", "api")
    # The clock is turned by a process that runs no work itself.
    order = new_order(orderType="aps-only", clientUserEmail=None)
    answer = client.post(api.url + "/api/v1/users", order)
    assert answer.status_code == 202
    before = at(api, client, "/api/v1/sandbox/clock").json()["now"]
    turned = client.post(api.url + "/api/v1/sandbox/clock", {"advance": "1h"})
    assert turned.status_code == 200 and turned.json()["now"] > before
    assert at(client.server, client, "/api/v1/sandbox/clock").json()["now"] >= turned.json()["now"]


def test_keys_are_shared_and_followed(make_node, client):
    other = make_node()
    jwks = [requests.get(node.url + "/.well-known/jwks.json", timeout=30).json() for node in (client.server, other)]
    assert jwks[0] == jwks[1] and jwks[0]["keys"]
    done = client.server.tool.run("keys", "rotate", "--data", client.server.data)
    assert done.returncode == 0, done.stderr
    client.renew_token()
    assert at(other, client, "/api/v1/users").status_code == 200


def test_what_is_wrong_at_the_start_is_said(tool, tmp_path):
    key = tmp_path / "master.key"
    key.write_text("11" * 32 + "\n")
    key.chmod(0o600)
    environment = {"CHARTROOM_KEY_FILE": str(key)}
    refused = tool.run("app", "list", "--database", "postgres://me:SECRET-7@127.0.0.1:1/chart", environment=environment)
    assert refused.returncode == FAILED and "What to do" in refused.stderr
    no_port = tool.run("app", "list", "--database", "postgres://me:SECRET-7@127.0.0.1:port/chart",
                       environment=environment)
    assert no_port.returncode == USED_WRONGLY and "database: must be a URL" in no_port.stderr
    broken = tool.run("app", "list", environment={**environment, "CHARTROOM_DATABASE": "mysql://me:SECRET-7@x/chart"})
    assert broken.returncode == USED_WRONGLY and "environment: database: must be a URL" in broken.stderr
    no_key = tool.run("serve", "--database", "postgres://127.0.0.1:1/chart")
    assert no_key.returncode == USED_WRONGLY and "CHARTROOM_KEY_FILE" in no_key.stderr
    no_file = tool.run("app", "list", "--database", "postgres://127.0.0.1:1/chart",
                       environment={**environment, "CHARTROOM_DATABASE_PASSWORD_FILE": "/no/such/file"})
    assert no_file.returncode == USED_WRONGLY and "database_password_file" in no_file.stderr
    shown = tool.run("check-config", "--database", "postgres://me:SECRET-7@db1:5433,db2:5433/chart")
    assert json.loads(shown.stdout)["database"] == "postgres://me@db1,db2:5433,5433/chart"
    for done in (refused, no_port, broken, no_key, no_file, shown):
        assert "SECRET-7" not in done.stdout + done.stderr


def test_another_master_key_is_refused(make_node, tmp_path):
    node = make_node()
    key = tmp_path / "other.key"
    key.write_text("22" * 32 + "\n")
    key.chmod(0o600)
    done = node.tool.run("app", "list", "--database", database_of(str(node.data)),
                         environment={"CHARTROOM_KEY_FILE": str(key)})
    assert done.returncode == USED_WRONGLY and "master key" in done.stderr
