"""What an application feels of another one that sends ten times what it may: fairness.py CHARTROOM FOLDER [--smoke]

One server, embedded store. "loud" places orders at its limit (`requests_per_second`), then at ten times its limit;
"quiet" places orders at a steady pace all the time and takes the time of each. The two phases take turns, so that what
else happens on the machine happens to both. Callers are processes of their own on the same machine: what they cost is in
the figures. The server has the role api alone: both phases store the same number of orders, and none is worked on.
"""
import argparse
import http.client
import json
import multiprocessing
import pathlib
import statistics
import sys
import threading
import time

from server import Server

LIMIT = 50
QUIET_PER_SECOND = 40
TIMES = 10
THREADS = 8


def order(name: str, number: int) -> bytes:
    return json.dumps({"clientUserId": f"{name}-{number}", "clientUserFirstName": "Jane", "clientUserLastName": "NoRecords",
                       "clientUserDOB": "1980-01-01", "orderType": "ehr-only"}).encode()


class Pace:
    """So many calls a second by some threads of one caller."""

    def __init__(self, port: int, token: str, name: str, per_second: int) -> None:
        self.port, self.name = port, name
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.interval_s = THREADS / per_second
        self.took_s: list[float] = []
        self.statuses: dict[int, int] = {}
        self.lock = threading.Lock()
        self.number = time.monotonic_ns()

    def run(self, seconds: float) -> None:
        lanes = [threading.Thread(target=self.lane, args=(lane, seconds)) for lane in range(THREADS)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def lane(self, lane: int, seconds: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        begin = time.monotonic() + self.interval_s * lane / THREADS
        due = begin
        while due < begin + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            with self.lock:
                self.number += 1
                body = order(self.name, self.number)
            sent = time.monotonic()
            connection.request("POST", "/api/v1/users", body, self.headers)
            answer = connection.getresponse()
            answer.read()
            took_s = time.monotonic() - sent
            with self.lock:
                self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                self.took_s.append(took_s)
            due += self.interval_s


def call(pace: Pace, seconds: float, results) -> None:
    pace.run(seconds)
    results.put((pace.name, pace.took_s, pace.statuses))


def phase(port: int, tokens: dict[str, str], loud_per_second: int, seconds: float) -> dict:
    results = multiprocessing.Queue()
    paces = [Pace(port, tokens["loud"], "loud", loud_per_second), Pace(port, tokens["quiet"], "quiet", QUIET_PER_SECOND)]
    callers = [multiprocessing.Process(target=call, args=(pace, seconds, results)) for pace in paces]
    for caller in callers:
        caller.start()
    told = {name: (took_s, statuses) for name, took_s, statuses in (results.get() for _ in callers)}
    for caller in callers:
        caller.join()
    return told


def grant(server: Server, name: str) -> str:
    made = json.loads(server.tool("app", "create", "--name", name, "--sandbox"))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/v1/admin/token", json.dumps({"client_id": made["client_id"], "client_secret":
                       made["client_secret"], "type": "client"}), {"Content-Type": "application/json"})
    return json.loads(connection.getresponse().read())["client_token"]


def p(share: float, took_s: list[float]) -> float:
    return sorted(took_s)[min(len(took_s) - 1, int(len(took_s) * share))] * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--smoke", action="store_true", help="only whether it works")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=15)
    given = parser.parse_args()
    rounds, seconds = (1, 1.0) if given.smoke else (given.rounds, given.seconds)
    folder = pathlib.Path(given.folder).resolve()
    config = folder / "limits.toml"
    config.write_text(f'requests_per_second = {LIMIT}\nroles = ["api"]\n')
    server = Server(given.program, folder, "--data", str(folder / "data"), flags=("--config", str(config)))
    server.start()
    try:
        tokens = {name: grant(server, name) for name in ("loud", "quiet")}
        phase(server.port, tokens, LIMIT, min(seconds, 3))  # caches, and tokens that the door knows
        at_limit, beyond = [], []
        print(f"fairness: limit {LIMIT} requests/s, quiet sends {QUIET_PER_SECOND}/s\n")
        print(f"{'loud sends':>12}{'accepted':>10}{'refused':>10}{'quiet p50 ms':>14}{'p99 ms':>9}")
        for number in range(2 * rounds):
            times = TIMES if number % 2 else 1
            told = phase(server.port, tokens, LIMIT * times, seconds)
            took_s, statuses = told["quiet"]
            if set(statuses) != {202}:
                raise SystemExit(f"quiet was answered {statuses}")
            loud = told["loud"][1]
            (beyond if times > 1 else at_limit).append(p(0.99, took_s))
            print(f"{times:>11}x{loud.get(202, 0):>10}{loud.get(429, 0):>10}{p(0.5, took_s):>14.2f}{p(0.99, took_s):>9.2f}")
        ratio = statistics.median(beyond) / statistics.median(at_limit)
        print(f"\nquiet p99, median of {rounds}: {statistics.median(at_limit):.2f} ms beside a neighbour at its limit, "
              f"{statistics.median(beyond):.2f} ms beside one at {TIMES} times its limit: ratio {ratio:.2f}")
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
