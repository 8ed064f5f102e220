"""The demo's story: see scripts/demo. Uses nothing but Python's standard library."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "build/release/chartroom"
OUTPUT = ROOT / "demo-output"
PATIENCE_S = 120

# The documentation's sample order, with an address that could be somebody's.
ORDER = {**json.loads((ROOT / "api/sample-order.json").read_bytes()),
         "clientUserEmail": "jane.doe@example.com", "clientData": {"branch": "demo"}}

# What the demo keeps, by report name and format.
WANTED = {
    ("healthcheck", "pdf"): "healthcheck.pdf",
    ("healthcheck", "html"): "healthcheck.html",
    ("healthcheck", "json"): "healthcheck.json",
    ("ccdraw", "html"): "ccdraw.html",
    ("combined", "pdf"): "combined.pdf",
    ("apidata", "json"): "apidata.json",
}


def say(text: str, detail: str = "") -> None:
    print(f"\033[1m{text}\033[0m {detail}" if sys.stdout.isatty() else f"{text} {detail}", flush=True)


def fail(text: str) -> None:
    raise SystemExit(f"demo: {text}")


class Listener:
    """Receives webhooks and checks their Standard Webhooks signature."""

    def __init__(self) -> None:
        self.received: queue.Queue = queue.Queue()
        self.secret = ""
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = b".".join(
                    [self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), body])
                key = base64.b64decode(listener.secret.removeprefix("whsec_"))
                expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
                genuine = expected in self.headers["webhook-signature"].split(" ")
                listener.received.put((body, genuine))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Client:
    """The few calls that an integration needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""

    def call(self, method: str, path: str, body=None):
        url = path if path.startswith("http") else self.url + path
        headers = {"Content-Type": "application/json", "Cache-Control": "no-cache"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_tool(*arguments: str) -> dict:
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"'chartroom {arguments[0]} {arguments[1]}' failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def wait_until_ready(client: Client, server: subprocess.Popen, log: pathlib.Path) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        if server.poll() is not None:
            fail(f"the server stopped:\n{log.read_text()[-2000:]}")
        try:
            if client.call("GET", "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    fail("the server did not become ready")


def follow(listener: Listener, until: str) -> dict:
    """Prints notifications as they come; returns the order summary with that status."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            body, genuine = listener.received.get(timeout=max(0.1, give_up - time.monotonic()))
        except queue.Empty:
            fail(f"no order summary '{until}' arrived within {PATIENCE_S} s")
        if not genuine:
            fail("a notification arrived with a wrong signature")
        event = json.loads(body)[0]
        if "eventPayload" not in event:
            say("  webhook", f"order status    {event['property']} = {event['value']}   (signature valid)")
            continue
        payload = event["eventPayload"]
        say("  webhook", f"order summary   {payload['orderStatus']}, reports: {len(payload.get('reports', []))}   (signature valid)")
        if payload["orderStatus"] == until:
            (OUTPUT / f"order-summary{'' if until == 'completed' and not payload['timedOut'] else '-timed-out'}.json").write_bytes(body)
            return event


def fetch_reports(client: Client, summary: dict) -> None:
    for report in summary["eventPayload"]["reports"]:
        status, body = client.call("GET", report["uri"])
        if status != 200:
            fail(f"report {report['name']}.{report['fileExtension']} answered {status}")
        name = WANTED.get((report["name"], report["fileExtension"]))
        if name and not (OUTPUT / name).exists():
            (OUTPUT / name).write_bytes(body)
            say("  report ", f"demo-output/{name}   {len(body) / 1024:.0f} KiB")
    missing = [name for name in WANTED.values() if not (OUTPUT / name).exists()]
    if missing:
        fail(f"these reports did not come: {', '.join(missing)}")


def tell_story(client: Client, listener: Listener, credentials: dict) -> None:
    say("1. Token", "POST /v1/admin/token")
    status, body = client.call("POST", "/v1/admin/token", {**credentials, "type": "client"})
    if status != 200:
        fail(f"no token: {status}")
    client.token = json.loads(body)["client_token"]

    say("2. Order", "POST /api/v1/users with the documentation's sample")
    status, body = client.call("POST", "/api/v1/users", ORDER)
    if status != 202:
        fail(f"the order was answered with {status}: {body.decode()}")
    user = json.loads(body)
    say("  202    ", f"humanId {user['humanId']}")

    say("3. Records", "the networks answer, identity is checked, reports are built")
    summary = follow(listener, "completed")
    _, body = client.call("GET", f"/api/v1/users/{user['humanId']}")
    for order in json.loads(body)["orders"]:
        say("  order  ", f"{order['orderId']}  {order['orderStatus']}")

    say("4. Reports", "fetched from the URIs of the order summary")
    fetch_reports(client, summary)

    say("5. Time", "an order whose network never answers, and a clock that is turned by 30 days")
    slow = {**ORDER, "clientUserId": "policy-that-times-out", "lastName": "TimesOut"}
    status, body = client.call("POST", "/api/v1/users", slow)
    if status != 202:
        fail(f"the second order was answered with {status}: {body.decode()}")
    status, body = client.call("POST", "/api/v1/sandbox/clock", {"advance": "30d"})
    if status != 200:
        fail(f"the clock answered {status}: {body.decode()}")
    say("  clock  ", f"it is now {json.loads(body)['now']}")
    late = follow(listener, "completed")
    if not late["eventPayload"]["timedOut"]:
        fail("the order should have timed out")


def main() -> None:
    keep = "--keep" in sys.argv
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    data = pathlib.Path(tempfile.mkdtemp(prefix="chartroom-demo-"))
    log = data / "server.log"
    url = f"http://127.0.0.1:{free_port()}"
    credentials = run_tool("app", "create", "--data", str(data), "--name", "Demo Life Insurance", "--sandbox")
    listener = Listener()
    hook = run_tool("webhook", "add", "--data", str(data), "--app", credentials["client_id"], "--url", listener.url)
    listener.secret = hook["secret"]

    say("Chartroom", f"sandbox server at {url}, data in {data}")
    with log.open("w") as log_file:
        server = subprocess.Popen(
            [BINARY, "serve", "--data", str(data), "--listen", url.removeprefix("http://"), "--public-url", url, "--sandbox"],
            stderr=log_file, start_new_session=True)
    finished = False
    try:
        client = Client(url)
        wait_until_ready(client, server, log)
        tell_story(client, listener, credentials)
        finished = True
    finally:
        if not (keep and finished):
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()
            shutil.rmtree(data, ignore_errors=True)

    say("Done.", "Open demo-output/healthcheck.pdf, demo-output/healthcheck.html or demo-output/combined.pdf.")
    if not keep:
        say("Next:", "scripts/demo --keep leaves the server running for curl; README.md shows a first order of your own.")
        return
    say("The server goes on running", f"(stop it with: kill {server.pid}); log: {log}")
    print(f"""
  CHARTROOM={url}
  CLIENT_ID={credentials['client_id']}
  CLIENT_SECRET={credentials['client_secret']}

  TOKEN=$(curl -s $CHARTROOM/v1/admin/token -H 'Content-Type: application/json' \\
    -d '{{"client_id":"'$CLIENT_ID'","client_secret":"'$CLIENT_SECRET'","type":"client"}}' | jq -r .client_token)
  curl -s $CHARTROOM/api/v1/users -H "Authorization: Bearer $TOKEN" | jq
""")


if __name__ == "__main__":
    main()
