"""Whole orders per CPU-second of the server: orders.py CHARTROOM FOLDER [--smoke] [--perf]

Each is an order of its own applicant in the sandbox: intake over HTTP, records of the generated
network (FHIR and C-CDA of one to three providers), the identity match, four reports (healthcheck,
ccdraw and combined as PDF, apidata as JSON), and their notifications to a webhook on loopback. CPU
time is that of the server's process alone, /proc/PID/stat, from the first order to the last one's
summary. With --perf a profile of the server's time is printed (needs Debian's linux-perf).
"""
import argparse
import base64
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import threading
import time

from server import Server

CALLERS = 4
PATIENCE_S = 600
FAMILY = ("Adams", "Baker", "Clark", "Davis", "Evans", "Foster", "Green", "Harris", "Irving", "Jones")
ORDER_TYPE = """
code = "bench"
alias = "Bench"
description = "EHR networks, four reports"
channels = [{ channel = "ehr" }]
outputs = [
  { name = "healthcheck", format = "pdf" },
  { name = "ccdraw", format = "pdf" },
  { name = "apidata", format = "json" },
  { name = "combined", format = "pdf", base_reports = ["healthcheck", "ccdraw"] },
]
"""


class Receiver:
    """Answers 200 and counts the orders that have ended."""

    def __init__(self) -> None:
        self.ended: dict[str, int] = {}
        self.notifications = 0
        self.changed = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))[0]
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.take(event)

            def log_message(self, *_arguments) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, event: dict) -> None:
        payload = event.get("eventPayload", {})
        with self.changed:
            self.notifications += 1
            if payload.get("orderStatus") in ("completed", "cancelled"):
                self.ended[event["clientUserId"]] = len(payload.get("reports", []))
                self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.ended) >= count, timeout=PATIENCE_S):
                raise SystemExit(f"only {len(self.ended)} of {count} orders ended")


class Caller:
    """One keep-alive connection."""

    def __init__(self, port: int, token: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}

    def post(self, path: str, body: dict) -> dict:
        self.connection.request("POST", path, json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 202):
            raise SystemExit(f"{path}: {answer.status} {text[:200]!r}")
        return json.loads(text)


def order(number: int) -> dict:
    """Another applicant each time; the same ones in every run."""
    return {
        "orderType": "bench", "clientUserId": f"policy-{number}", "clientUserEmail": "applicant@example.com",
        "firstName": ("Jane", "Mary", "John", "Paul")[number % 4], "lastName": FAMILY[number // 4 % 10],
        "gender": ("female", "female", "male", "male")[number % 4],
        "dateOfBirth": f"19{40 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
        "address": {"street1": "12 Hill Street", "city": "Boise", "state": "ID", "zip": f"837{number % 90 + 10:02}"},
        "attachments": [{"type": "hipaaAuthorization", "contentType": "application/pdf", "encoding": "base64",
                         "content": base64.b64encode(b"%PDF-1.4\n").decode()}],
    }


def place(server: Server, token: str, first: int, count: int) -> None:
    numbers = iter(range(first, first + count))
    lock = threading.Lock()

    def call() -> None:
        caller = Caller(server.port, token)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            caller.post("/api/v1/users", order(number))

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def customer(server: Server, folder: pathlib.Path, receiver: Receiver) -> str:
    """An application with the order type and the webhook; its token."""
    keys = json.loads(server.tool("app", "create", "--name", "Bench", "--sandbox"))
    (folder / "type.toml").write_text(ORDER_TYPE)
    server.tool("order-type", "import", "--app", keys["client_id"], "--file", str(folder / "type.toml"))
    server.tool("webhook", "add", "--app", keys["client_id"], "--url", receiver.url)
    grant = {"client_id": keys["client_id"], "client_secret": keys["client_secret"], "type": "client"}
    return Caller(server.port).post("/v1/admin/token", grant)["client_token"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("chartroom")
    parser.add_argument("folder")
    parser.add_argument("--smoke", action="store_true", help="only whether it works")
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--perf", action="store_true", help="a profile")
    given = parser.parse_args()
    warm_up, count = (1, 3) if given.smoke else (20, given.orders)
    folder = pathlib.Path(given.folder).resolve()
    receiver = Receiver()
    server = Server(given.chartroom, folder, "--data", str(folder / "data"))
    profile = None
    try:
        server.start()
        token = customer(server, folder, receiver)
        place(server, token, 0, warm_up)
        receiver.wait_for(warm_up)
        if given.perf:
            profile = subprocess.Popen(["perf", "record", "-q", "-g", "-F", "499", "-p", str(server.process.pid), "-o",
                                        str(folder / "perf.data")])
            time.sleep(1)
        cpu, begin, notifications = server.cpu_seconds(), time.monotonic(), receiver.notifications
        place(server, token, warm_up, count)
        receiver.wait_for(warm_up + count)
        cpu, seconds = server.cpu_seconds() - cpu, time.monotonic() - begin
        notifications = receiver.notifications - notifications
        memory = server.memory_mib()
    finally:
        server.stop()
        if profile:
            profile.wait()
    reports = set(receiver.ended.values())
    if reports != {4}:
        raise SystemExit(f"orders ended with other numbers of reports than four: {reports}")
    print(f"{count} whole orders: {seconds:.1f} s, {cpu:.1f} CPU-seconds of the server: "
          f"{count / cpu:.1f} orders per CPU-second, {count / seconds:.1f} a second; "
          f"{notifications / count:.1f} notifications each; RSS {memory['rss']:.0f} MiB")
    if profile:
        for title, options in (("by library", ["--sort", "dso"]), ("by function", ["--sort", "dso,sym"])):
            report = subprocess.run(["perf", "report", "-i", str(folder / "perf.data"), "--no-children", "-g", "none",
                                     "--percent-limit", "1", *options], capture_output=True, text=True, check=False)
            print(f"\n{title}:")
            print("\n".join(line for line in report.stdout.splitlines() if line.strip() and not line.startswith("#")))


if __name__ == "__main__":
    sys.exit(main())
