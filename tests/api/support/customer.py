"""An application of its own with token, webhook listener and the calls of an integration."""
import pathlib
import threading

import requests

from support.listener import Listener
from support.server import Server

CALL_TIMEOUT_S = 120


class Customer:
    """One application on a server. Safe to use from several threads."""

    def __init__(self, server: Server, name: str = "Test Life Insurance", listens: bool = True,
                 sandbox: bool = True) -> None:
        self.server = server
        credentials = server.tool.json("app", "create", "--data", server.data, "--name", name,
                                       *(["--sandbox"] if sandbox else []))
        self.client_id: str = credentials["client_id"]
        self.client_secret: str = credentials["client_secret"]
        self.listener = Listener()
        if listens:
            self.add_webhook(self.listener)
        self._sessions = threading.local()
        self.token: str = self._grant()

    def add_webhook(self, listener: Listener, *flags: str) -> None:
        hook = self.server.tool.json("webhook", "add", "--data", self.server.data, "--app", self.client_id,
                                     "--url", listener.url, *flags)
        listener.secret = hook["secret"]

    def configure(self, *settings: str) -> None:
        """Sets what an operator sets for an application: "name=value"."""
        done = self.server.tool.run("app", "set", "--data", self.server.data, "--app", self.client_id, *settings)
        assert done.returncode == 0, done.stderr

    def _grant(self) -> str:
        answer = requests.post(self.server.url + "/v1/admin/token", timeout=CALL_TIMEOUT_S, json={
            "client_id": self.client_id, "client_secret": self.client_secret, "type": "client"})
        assert answer.status_code == 200, answer.status_code
        return answer.json()["client_token"]

    def renew_token(self) -> None:
        self.token = self._grant()

    def _session(self) -> requests.Session:
        if not hasattr(self._sessions, "one"):
            self._sessions.one = requests.Session()
            self._sessions.one.trust_env = False
        return self._sessions.one

    def call(self, method: str, path: str, *, headers: dict | None = None, **arguments) -> requests.Response:
        """A call with the customer's token; `path` may be a whole URL."""
        url = path if path.startswith("http") else self.server.url + path
        merged = {"Authorization": f"Bearer {self.token}", "Cache-Control": "no-cache", **(headers or {})}
        return self._session().request(method, url, headers=merged, timeout=CALL_TIMEOUT_S, **arguments)

    def get(self, path: str, **arguments) -> requests.Response:
        return self.call("GET", path, **arguments)

    def post(self, path: str, body, **arguments) -> requests.Response:
        return self.call("POST", path, json=body, **arguments)

    def place(self, order: dict, **arguments) -> dict:
        """Places an order that must be accepted; the answer."""
        answer = self.post("/api/v1/users", order, **arguments)
        assert answer.status_code == 202, answer.status_code
        return answer.json()

    def complete(self, order: dict) -> dict:
        """Places an order and waits until it is completed; its final order summary."""
        self.place(order)
        return self.listener.wait_for_summary(order["clientUserId"], "completed")

    def advance_clock(self, by: str) -> dict:
        """Turns the application's time; back when everything that became due has run."""
        answer = self.post("/api/v1/sandbox/clock", {"advance": by})
        assert answer.status_code == 200, answer.status_code
        return answer.json()

    def report(self, summary: dict, name: str, extension: str) -> requests.Response:
        """Fetches one report by the uri of an order summary."""
        uris = [r["uri"] for r in summary["eventPayload"]["reports"]
                if (r["name"], r["fileExtension"]) == (name, extension)]
        assert uris, f"no {name}.{extension} in the order summary"
        answer = self.get(uris[0])
        assert answer.status_code == 200, answer.status_code
        return answer

    def close(self) -> None:
        self.listener.close()


def files_below(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
