"""SIGTERM ends a server within five seconds, whoever hangs, and what it had not done goes on at once."""
import socket
import sqlite3
import subprocess
import threading

import pytest
import requests

from support.engine import ON_POSTGRES
from support.orders import new_order
from support.waiting import wait_until

# docs/operations.md.
STOP_LIMIT_S = 5.0


class Hanging:
    """Takes connections and whatever is said, and never says anything."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        self._peers: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._peers.append(self._socket.accept()[0])
            except OSError:
                return

    def connections(self) -> int:
        return len(self._peers)

    def close(self) -> None:
        if self._socket.fileno() < 0:
            return
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes whoever waits in accept()
        self._socket.close()
        for peer in [*self._peers]:
            peer.close()


@pytest.fixture
def hanging():
    made = Hanging()
    yield made
    made.close()


def stop(server) -> None:
    """SIGTERM, and an orderly end within the limit."""
    server.process.terminate()
    assert server.process.wait(timeout=STOP_LIMIT_S) == 0


def claimed_jobs(server) -> int:
    """How many jobs somebody holds; of the embedded store."""
    if ON_POSTGRES:
        return 0
    with sqlite3.connect(server.data / "chartroom.db") as database:
        return database.execute("SELECT count(*) FROM jobs WHERE state = 1").fetchone()[0]


def quick_order(number: int) -> dict:
    return new_order("NoRecords", clientUserId=f"stop-{number}", orderType="ehr-only", clientUserEmail=None)


def test_hanging_receivers_do_not_hold_it_and_are_not_to_blame(make_server, make_customer, hanging):
    server = make_server()
    held = make_customer(server, listens=False)
    hook = held.post("/api/v1/webhooks", {"url": f"http://127.0.0.1:{hanging.port}/hook", "events": ["order.status"]})
    assert hook.status_code == 201, hook.text
    other = make_customer(server)
    for number in range(8):
        held.place(quick_order(number))
    wait_until(lambda: hanging.connections() >= 2, "deliveries hang")
    # Load until the very end: what was accepted must go on in the next process.
    accepted: list[str] = []
    ending = threading.Event()

    def load(lane: int) -> None:
        number = 1_000 * (lane + 1)
        while not ending.is_set():
            order = quick_order(number)
            number += 1
            try:
                answer = requests.post(server.url + "/api/v1/users", json=order, timeout=30,
                                       headers={"Authorization": f"Bearer {other.token}"})
            except requests.RequestException:
                return
            if answer.status_code == 202:
                accepted.append(order["clientUserId"])

    lanes = [threading.Thread(target=load, args=(lane,)) for lane in range(4)]
    for lane in lanes:
        lane.start()
    wait_until(lambda: len(accepted) >= 20, "the load runs")
    stop(server)
    ending.set()
    for lane in lanes:
        lane.join()

    assert claimed_jobs(server) == 0, "no lease is left to wait for"
    hanging.close()
    server.start()
    wait_until(lambda: {d.client_user_id for d in other.listener.deliveries() if d.is_final} >= set(accepted),
               "every accepted order completes")
    # The receiver that hung refuses connections now. Its first delivery is tried again as number one: the try that we
    # cut off ourselves was not the receiver's failure.
    identity = hook.json()["id"]
    attempts = wait_until(lambda: held.get(f"/api/v1/webhooks/{identity}/attempts").json()["attempts"],
                          "the delivery is tried again")
    assert 1 in [a["number"] for a in attempts]
    assert {a["error"] for a in attempts} == {"connection refused"}


@pytest.mark.parametrize("kind", ["multipart", "sftp"])
def test_hanging_destinations_do_not_hold_it(make_server, make_customer, hanging, tmp_path, kind):
    server = make_server()
    customer = make_customer(server)
    file = tmp_path / "destination.toml"
    text = f'name = "archive"\ntype = "{kind}"\n'
    if kind == "multipart":
        text += f'url = "http://127.0.0.1:{hanging.port}/form"\n'
    else:
        key = tmp_path / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        text += (f'url = "sftp://user@127.0.0.1:{hanging.port}/in"\nprivate_key_file = "{key}"\n'
                 f'host_keys = ["SHA256:{"A" * 43}"]\n')
    file.write_text(text)
    file.chmod(0o600)
    done = server.tool.run("destination", "add", "--data", server.data, "--app", customer.client_id, "--file", file)
    assert done.returncode == 0, done.stderr
    customer.place(new_order(clientUserId="ship-1", orderType="ehr-only", clientUserEmail=None))
    wait_until(lambda: hanging.connections() >= 1, "a shipment hangs")
    stop(server)
    assert "cancelled" not in server.log.read_text(), "what is cut off by us is no failure"


def test_a_hanging_mail_server_does_not_hold_it(make_server, make_customer, hanging, tmp_path):
    config = tmp_path / "mail.toml"
    config.write_text(f'smtp_url = "smtp://127.0.0.1:{hanging.port}"\nsmtp_require_tls = false\n'
                      'mail_from = "chartroom@example.com"\n')
    server = make_server("--config", config)
    customer = make_customer(server)
    customer.place(new_order("NoRecords", clientUserId="mail-1"))
    wait_until(lambda: hanging.connections() >= 1, "a mail hangs")
    stop(server)


def test_requests_in_flight_are_answered_and_new_ones_are_not_taken(make_server, make_customer):
    server = make_server()
    customer = make_customer(server)
    body = b'{"humanId": "nobody"}'
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(b"POST /api/v1/resources/consumer-link HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                     + customer.token.encode() + b"\r\nContent-Type: application/json\r\nContent-Length: "
                     + str(len(body)).encode() + b"\r\n\r\n" + body[:5])
        wait_until(lambda: server.is_ready(), "the server works")
        server.process.terminate()

        def refused() -> bool:
            try:
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
                return False
            except OSError:
                return True
        wait_until(refused, "no new connection is taken", STOP_LIMIT_S)
        slow.sendall(body[5:])
        assert slow.recv(4096).startswith(b"HTTP/1.1 404"), "a request that has begun is answered"
    assert server.process.wait(timeout=STOP_LIMIT_S) == 0
