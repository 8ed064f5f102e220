"""The real binary: its command line, and a server that can be killed and started again."""
import json
import os
import pathlib
import signal
import socket
import subprocess

import requests

from support.conformance import CONFORMANCE
from support.engine import ON_POSTGRES, with_store
from support.waiting import wait_until

TOOL_TIMEOUT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without settings that a developer may have exported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHARTROOM_")}
    return {**kept, **extra}


class Tool:
    """Runs the commands that do one thing and end."""

    def __init__(self, binary: pathlib.Path, on_postgres: bool = ON_POSTGRES) -> None:
        self.binary = binary
        self.on_postgres = on_postgres

    def command(self, *arguments) -> list[str]:
        """The whole command line, for the engine under test."""
        return [str(self.binary), *with_store([*map(str, arguments)], self.on_postgres)]

    def run(self, *arguments, environment: dict[str, str] | None = None,
            text: str = "") -> subprocess.CompletedProcess:
        """`text`: what comes in on standard input."""
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False,
                              timeout=TOOL_TIMEOUT_S, env=clean_environment(**(environment or {})), input=text)

    def json(self, *arguments) -> dict:
        """The one JSON line of a command that must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
        return json.loads(done.stdout)


class Server:
    """`chartroom serve --sandbox` on a free port, with data and log in a folder of its own."""

    def __init__(self, tool: Tool, folder: pathlib.Path, *flags: str) -> None:
        self.tool = tool
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.flags = flags
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.public_url = self.url
        self.process: subprocess.Popen | None = None
        CONFORMANCE.watch(self.url)

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.tool.command("serve", "--data", self.data, "--sandbox", "--listen", f"127.0.0.1:{self.port}",
                                  "--public-url", self.public_url, *self.flags),
                stdout=log, stderr=log, env=clean_environment(), start_new_session=True)
        wait_until(self.is_ready, "the server becomes ready")
        return self

    def is_ready(self) -> bool:
        assert self.process is not None and self.process.poll() is None, f"the server ended:\n{self.log_tail()}"
        try:
            return requests.get(self.url + "/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """`kill -9`: no chance to say goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return -1

    def log_tail(self) -> str:
        """The log holds no PHI, so a failing test may show it."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
