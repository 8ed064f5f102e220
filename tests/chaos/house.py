"""What a scenario is played in: a PostgreSQL server, nodes, a receiver, customers, and the ledger."""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable

import psycopg2

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from postgres_server import PostgresServer, free_port  # noqa: E402
from support.server import clean_environment  # noqa: E402

from load import Application, Load, Placed, make_order  # noqa: E402
from receiver import Receiver  # noqa: E402

import requests  # noqa: E402

PUBLIC_URL = "http://chaos.example"
READY_LIMIT_S = 60.0
# As in production; the tests' server otherwise saves what only matters when the machine loses power.
SERVER_SETTINGS = ("fsync=on", "full_page_writes=on", "shared_buffers=128MB", "max_wal_size=1GB", "deadlock_timeout=1s")
UNFINISHED = "state IN (0, 1, 2) AND kind <> 'purge'"
OPEN = "core::json->>'state' NOT IN ('completed', 'cancelled')"


def wait_for(found: Callable[[], bool], limit_s: float, pause_s: float = 0.1) -> bool:
    """Whether it became true in time."""
    never = threading.Event()
    give_up = time.monotonic() + limit_s
    while not found():
        if time.monotonic() > give_up:
            return False
        never.wait(pause_s)
    return True


class Node:
    """`chartroom serve` on the database of the house."""

    def __init__(self, house: "House", number: int, roles: str, database: str, settings: dict[str, str]) -> None:
        self.house = house
        self.number = number
        self.roles = roles
        self.database = database
        self.settings = settings
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self.process: subprocess.Popen | None = None
        self.paused = False
        self.prefix: list[str] = []
        self.address = "127.0.0.1"
        self.log = house.folder / f"node{number}.log"

    @property
    def name(self) -> str:
        """How the ledger knows this start of it."""
        return f"node{self.number}.{self.starts}"

    def move_to(self, namespace: str, address: str) -> None:
        """Into another network, where it has this address."""
        self.prefix = ["ip", "netns", "exec", namespace]
        self.address = address
        self.url = f"http://{address}:{self.port}"

    def start(self, wait: bool = True) -> "Node":
        self.starts += 1
        database = self.database + ("&" if "?" in self.database else "?") + f"application_name={self.name}"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, self.house.binary, "serve", "--data", self.house.data, "--database", database, "--sandbox", "--listen",
                 f"{self.address}:{self.port}", "--public-url", PUBLIC_URL, "--roles", self.roles],
                stdout=log, stderr=log, start_new_session=True,
                env=clean_environment(CHARTROOM_LOG_LEVEL="warning", **self.settings))
        if wait and not wait_for(self.is_ready, READY_LIMIT_S, 0.02):
            raise RuntimeError(f"{self.name} does not become ready: {self.log.read_text(errors='replace')[-1500:]}")
        return self

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        return self.ready_status() == 200

    def ready_status(self) -> int:
        """Of /readyz; 0: no answer."""
        try:
            return requests.get(self.url + "/readyz", timeout=5).status_code
        except requests.RequestException:
            return 0

    def kill(self) -> None:
        """`kill -9`."""
        if self.process is None:
            return
        self.house.kills.append((self.name, time.time()))
        self.process.kill()
        self.process.wait()
        self.process = None

    def pause(self) -> None:
        """As a virtual machine that is moved: everything stands still, nobody is told."""
        assert self.process is not None
        self.house.kills.append((self.name, time.time()))
        self.paused = True
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.paused = False

    def stop(self) -> int:
        if self.process is None:
            return 0
        if self.paused:
            self.go_on()
        self.process.terminate()
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait() or -9
        self.process = None
        return code


class House:
    """`settings`: of the PostgreSQL server, after the usual ones."""

    def __init__(self, binary: pathlib.Path, seed: int, scale: str, settings: tuple[str, ...] = (),
                 place: pathlib.Path | None = None, cable=None) -> None:
        self.binary = binary
        self.seed = seed
        self.scale = scale
        self.chance = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chartroom-chaos-"))
        self.data = self.folder / "data"
        self.nodes: list[Node] = []
        self.applications: list[Application] = []
        self.book: list[Placed] = []
        self.kills: list[tuple[str, float]] = []  # start of a node, when it was killed or paused
        self.proxies: list = []
        self.strangers: list = []
        self.servers = [PostgresServer(*SERVER_SETTINGS, *settings, under=place)]
        self.cable = cable
        self.receiver = Receiver(cable.ours if cable else "127.0.0.1")
        self._tokens: dict[str, str] = {}
        self._connection = None
        self.settle_s = 0.0
        self.minutes = 0.0  # of a soak; 0: its own choice
        self.server.start()
        self._make_database()

    def pick(self, small: int, full: int) -> int:
        """A size by scale."""
        return full if self.scale == "full" else small

    @property
    def server(self) -> PostgresServer:
        """The one that takes writes."""
        return self.servers[-1]

    def database(self, port: int | None = None, address: str = "127.0.0.1") -> str:
        return f"postgres://chartroom@{address}:{port or self.server.port}/chaos"

    def _make_database(self) -> None:
        admin = psycopg2.connect(self.server.url)
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("CREATE ROLE chartroom LOGIN")
            cursor.execute("CREATE ROLE stranger LOGIN IN ROLE chartroom")
            cursor.execute("CREATE DATABASE chaos OWNER chartroom")
        admin.close()
        self.tool("migrate")
        ledger = (pathlib.Path(__file__).parent / "ledger.sql").read_text(encoding="utf-8")
        self.sql(ledger)

    def tool(self, *arguments: str) -> str:
        """A command of the product; what it prints."""
        done = subprocess.run([self.binary, *arguments, "--data", self.data, "--database", self.database()],
                              capture_output=True, text=True, check=False, timeout=60,
                              env=clean_environment(CHARTROOM_SANDBOX="true"))
        if done.returncode != 0:
            raise RuntimeError(f"chartroom {' '.join(arguments)}: {done.stderr[-1500:]}")
        return done.stdout

    # ── the database, as its superuser sees it ──────────────────────────────────────────────────────

    def sql(self, statement: str, *values) -> list[tuple]:
        """Rows of a statement, on a connection of the harness's own that is made again when it is lost."""
        for tries in range(3):
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg2.connect(self.server.url.rsplit("/", 1)[0] + "/chaos", connect_timeout=10,
                                                        application_name="harness")
                    self._connection.autocommit = True
                with self._connection.cursor() as cursor:
                    cursor.execute(statement, values or None)
                    return cursor.fetchall() if cursor.description else []
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self._connection = None
                if tries == 2:
                    raise
        return []

    def number(self, statement: str, *values) -> int:
        return int(self.sql(statement, *values)[0][0] or 0)

    def stranger(self, name: str = "stranger") -> "psycopg2.extensions.connection":
        """Somebody else's session on the same database."""
        session = psycopg2.connect(f"postgres://stranger@127.0.0.1:{self.server.port}/chaos", application_name=name)
        self.strangers.append(session)
        return session

    # ── nodes and customers ─────────────────────────────────────────────────────────────────────────

    def node(self, roles: str = "api,worker", database: str | None = None, start: bool = True, **settings: str) -> Node:
        made = Node(self, len(self.nodes), roles, database or self.database(), settings)
        self.nodes.append(made)
        return made.start() if start else made

    def urls(self) -> list[str]:
        """What the balancer in front of the nodes would choose from."""
        return [node.url for node in self.nodes if "api" in node.roles and node.is_alive() and not node.paused]

    def application(self, name: str = "Chaos Life", hook_port: int | None = None,
                    hook_address: str = "127.0.0.1") -> Application:
        made = json.loads(self.tool("app", "create", "--name", name, "--sandbox"))
        hook = f"/{len(self.applications)}"
        told = json.loads(self.tool("webhook", "add", "--app", made["client_id"], "--url",
                                    f"http://{hook_address}:{hook_port or self.receiver.port}{hook}"))
        self.receiver.set_secret(hook, told["secret"])
        answer = requests.post(self.urls()[0] + "/v1/admin/token", timeout=30, json={
            "client_id": made["client_id"], "client_secret": made["client_secret"], "type": "client"})
        answer.raise_for_status()
        application = Application(made["client_id"], answer.json()["client_token"], hook)
        self.applications.append(application)
        self._tokens[application.client_id] = application.token
        return application

    def orders(self, application: Application, count: int, prefix: str = "o", records_every: int = 120) -> list[Placed]:
        """Orders to place, in the book. One in `records_every` finds records and gets reports."""
        made = [make_order(application, f"{prefix}{len(self.book)}", number, number % records_every == 0)
                for number in range(count)]
        self.book += made
        return made

    def place(self, orders: list[Placed], threads: int = 8, rate: float = 0.0, limit_s: float = 300.0) -> Load:
        """Begins to place them."""
        load = Load(self.urls, self.seed, threads, limit_s)
        return load.start([(self._tokens[one.client_id], one) for one in orders], rate)

    def final(self) -> int:
        """Orders of which the final notification has been accepted."""
        return self.receiver.counts()[1]

    def wait_final(self, count: int, limit_s: float = 120.0) -> bool:
        return wait_for(lambda: self.final() >= count, limit_s)

    def turn_clock(self, application: Application, by: str) -> None:
        answer = requests.post(self.urls()[0] + "/api/v1/sandbox/clock", json={"advance": by}, timeout=330,
                               headers={"Authorization": f"Bearer {application.token}"})
        answer.raise_for_status()

    def settle(self, limit_s: float) -> bool:
        """Waits until no order is open and no work is left; whether that came true."""
        began = time.monotonic()

        def quiet() -> bool:
            try:
                return (self.number(f"SELECT count(*) FROM jobs WHERE {UNFINISHED}") == 0
                        and self.number(f"SELECT count(*) FROM orders WHERE {OPEN}") == 0)
            except psycopg2.Error:
                return False

        settled = wait_for(quiet, limit_s, 0.5)
        self.settle_s = time.monotonic() - began
        return settled

    def close(self) -> None:
        for session in self.strangers:
            try:
                session.close()
            except psycopg2.Error:
                pass
        for node in self.nodes:
            if node.is_alive():
                node.stop()
        for proxy in self.proxies:
            proxy.close()
        self.receiver.close()
        if self._connection is not None:
            self._connection.close()
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep_logs(self, folder: pathlib.Path) -> None:
        """The nodes' logs of a scenario that failed. They hold no PHI."""
        folder.mkdir(parents=True, exist_ok=True)
        for node in self.nodes:
            if node.log.exists():
                shutil.copy(node.log, folder)
        for number, server in enumerate(self.servers):
            log = server.folder / "server.log"
            if log.exists():
                shutil.copy(log, folder / f"postgres{number}.log")


def binary_of(root: pathlib.Path) -> pathlib.Path:
    return pathlib.Path(os.environ.get("CHARTROOM_BINARY", root / "build/release/chartroom")).resolve()
