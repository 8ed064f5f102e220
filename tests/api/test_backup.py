"""Backup while orders come in, restore elsewhere, go on: nothing that was acknowledged is lost."""
import datetime
import hashlib
import json
import os
import pathlib
import resource
import shutil
import sqlite3
import stat
import subprocess
import threading
import time

import pytest
import requests

from support.customer import Customer
from support.engine import database_of, postgres_url
from support.orders import new_order
from support.server import Server, Tool, clean_environment
from support.waiting import wait_until

from postgres_server import PostgresServer, create_database, sql

FAILED = 1
USED_WRONGLY = 2
THREADS = 4
ORDERS_BEFORE = 40


class Load:
    """Places orders from several threads, and notes when each one was acknowledged."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.acknowledged: dict[str, float] = {}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(THREADS)]

    def _run(self) -> None:
        while not self._stop.is_set():
            order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
            try:
                answer = self.customer.post("/api/v1/users", order)
            except requests.RequestException:
                return
            if answer.status_code == 202:
                self.acknowledged[order["clientUserId"]] = time.time()

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def before(self, moment: float) -> set[str]:
        return {order for order, at in self.acknowledged.items() if at <= moment}


def seconds(iso: str) -> float:
    return datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()


def last_line(done: subprocess.CompletedProcess) -> dict:
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)


def client_user_ids(customer: Customer, server: Server) -> set[str]:
    found: set[str] = set()
    while True:
        answer = customer.get(f"{server.url}/api/v1/users?limit=100&offset={len(found)}")
        assert answer.status_code == 200, answer.status_code
        page = answer.json()
        users = page if isinstance(page, list) else page["users"]
        if not users:
            return found
        found.update(user["clientUserId"] for user in users)


def backup_under_load(source: Server, customer: Customer, target: pathlib.Path, *flags: str) -> tuple[dict, set[str]]:
    """Takes a backup while orders come in, then kills the server; the answer, and the orders that it must hold."""
    with Load(customer) as load:
        wait_until(lambda: len(load.acknowledged) >= ORDERS_BEFORE, "orders are placed")
        made = last_line(source.tool.run("backup", "--data", source.data, "--to", target, *flags))
        count = len(load.acknowledged)
        wait_until(lambda: len(load.acknowledged) > count, "the server goes on")
        source.kill()
    kept = load.before(seconds(made["contains_until"]))
    assert len(kept) >= ORDERS_BEFORE
    return made, kept


def goes_on(customer: Customer, restored: Server, kept: set[str]) -> None:
    """The restored server has every order and brings it to its end; equal ids have equal bodies."""
    restored.start()
    assert kept <= client_user_ids(customer, restored)
    customer.listener.wait_for(lambda all_: kept <= {d.client_user_id for d in all_ if d.is_final},
                               "every order completes")
    bodies: dict[str, set[bytes]] = {}
    for delivery in customer.listener.deliveries():
        bodies.setdefault(delivery.webhook_id, set()).add(delivery.body)
    assert all(len(versions) == 1 for versions in bodies.values()), "one id, two bodies"
    new = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    assert customer.post(restored.url + "/api/v1/users", new).status_code == 202
    customer.listener.wait_for_summary(new["clientUserId"], "completed")


def sibling(source: Server, tool: Tool, folder: pathlib.Path) -> Server:
    """A server elsewhere under the same public address, with the master key that its operator kept."""
    made = Server(tool, folder)
    made.public_url = source.public_url
    made.data.mkdir(parents=True, mode=0o700)
    shutil.copy(source.data / "master.key", made.data / "master.key")
    return made


@pytest.fixture
def embedded(tool) -> Tool:
    return Tool(tool.binary, on_postgres=False)


@pytest.fixture
def on_database(tool) -> Tool:
    postgres_url()
    return Tool(tool.binary, on_postgres=True)


@pytest.fixture
def run_server(tmp_path):
    """Makes servers that are stopped in the end."""
    made: list[Server] = []

    def make(tool: Tool) -> Server:
        folder = tmp_path / f"server{len(made)}"
        folder.mkdir()
        made.append(Server(tool, folder))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def run_sibling(tmp_path):
    made: list[Server] = []

    def make(source: Server, tool: Tool) -> Server:
        made.append(sibling(source, tool, tmp_path / f"restored{len(made)}"))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def store(embedded, tmp_path):
    """A small embedded store with one application."""
    data = tmp_path / "data"
    embedded.json("app", "create", "--data", data, "--name", "A Life", "--sandbox")
    return data


@pytest.fixture
def saved(embedded, store, tmp_path) -> pathlib.Path:
    """Its backup."""
    target = tmp_path / "saved.db"
    last_line(embedded.run("backup", "--data", store, "--to", target))
    return target


def restored_folder(tmp_path: pathlib.Path, store: pathlib.Path) -> pathlib.Path:
    data = tmp_path / "elsewhere"
    data.mkdir(mode=0o700)
    shutil.copy(store / "master.key", data / "master.key")
    return data


def leftovers(folder: pathlib.Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "unfinished" in path.name or path.name.startswith("chartroom.db")]


# ── the embedded store ──────────────────────────────────────────────────────────────────────────


def test_a_backup_under_load_holds_what_was_acknowledged(embedded, run_server, run_sibling, tmp_path):
    source = run_server(embedded).start()
    customer = Customer(source)
    target = tmp_path / "saved.db"
    made, kept = backup_under_load(source, customer, target)
    assert made["backup"] == str(target)
    assert made["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["saved.db"], "one file"

    restored = run_sibling(source, embedded)
    done = embedded.run("restore", "--from", target, "--data", restored.data, "--sha256", made["sha256"])
    assert last_line(done)["schema_version"] == made["schema_version"]
    assert "next:" in done.stderr
    goes_on(customer, restored, kept)
    customer.close()


def test_a_backup_leaves_the_store_as_it_is(embedded, store, tmp_path):
    before = {path.name: path.read_bytes() for path in store.iterdir() if path.suffix != ".db-shm"}
    last_line(embedded.run("backup", "--data", store, "--to", tmp_path / "saved.db"))
    after = {path.name: path.read_bytes() for path in store.iterdir() if path.suffix != ".db-shm"}
    assert {name: after[name] for name in before} == before


def test_a_backup_of_a_killed_servers_store_holds_its_log(embedded, run_server, tmp_path):
    source = run_server(embedded).start()
    customer = Customer(source)
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    customer.place(order)
    source.kill()
    assert (source.data / "chartroom.db-wal").stat().st_size > 0
    target = tmp_path / "saved.db"
    last_line(embedded.run("backup", "--data", source.data, "--to", target))
    with sqlite3.connect(target) as database:
        assert database.execute("SELECT count(*) FROM orders").fetchone() == (1,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    customer.close()


def test_a_folder_gets_a_file_with_the_time(embedded, store, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    made = last_line(embedded.run("backup", "--data", store, "--to", folder))
    assert [str(path) for path in folder.iterdir()] == [made["backup"]]
    assert made["backup"].endswith("Z.db")


def test_nothing_is_overwritten(embedded, store, saved, tmp_path):
    before = saved.read_bytes()
    done = embedded.run("backup", "--data", store, "--to", saved)
    assert done.returncode == FAILED and "exists already" in done.stderr
    assert saved.read_bytes() == before
    done = embedded.run("restore", "--from", saved, "--data", store)
    assert done.returncode == FAILED and "there is a store already" in done.stderr


def test_a_backup_needs_a_store(embedded, tmp_path):
    done = embedded.run("backup", "--data", tmp_path / "nothing", "--to", tmp_path / "saved.db")
    assert done.returncode == USED_WRONGLY and "no store" in done.stderr
    assert not (tmp_path / "nothing").exists()


def cut(data: bytes) -> bytes:
    return data[:len(data) // 2]


def cut_by_a_page(data: bytes) -> bytes:
    return data[:-4096]


def overwritten(data: bytes) -> bytes:
    return data[:4096] + b"\xff" * (len(data) - 4096)


def not_ours(_: bytes) -> bytes:
    return b"SQLite format 3\0" + b"\0" * 4096


@pytest.mark.parametrize("breaking", [cut, cut_by_a_page, overwritten, not_ours])
def test_a_broken_backup_is_refused(embedded, store, saved, tmp_path, breaking):
    broken = tmp_path / "broken.db"
    broken.write_bytes(breaking(saved.read_bytes()))
    data = restored_folder(tmp_path, store)
    done = embedded.run("restore", "--from", broken, "--data", data)
    assert done.returncode == FAILED
    assert "no whole backup" in done.stderr
    assert not leftovers(data)


def test_another_file_is_refused(embedded, store, saved, tmp_path):
    data = restored_folder(tmp_path, store)
    done = embedded.run("restore", "--from", saved, "--data", data, "--sha256", "0" * 64)
    assert done.returncode == USED_WRONGLY and "--sha256" in done.stderr
    text = tmp_path / "notes.txt"
    text.write_text("not a backup")
    done = embedded.run("restore", "--from", text, "--data", data)
    assert done.returncode == FAILED and "no backup" in done.stderr
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE birds (name TEXT)")
    done = embedded.run("restore", "--from", foreign, "--data", data)
    assert done.returncode == FAILED and "no database of Chartroom" in done.stderr
    assert not leftovers(data)


def test_a_live_database_is_no_backup(embedded, run_server, tmp_path):
    source = run_server(embedded).start()
    done = embedded.run("restore", "--from", source.data / "chartroom.db", "--data", tmp_path / "elsewhere",
                        environment={"CHARTROOM_KEY_FILE": str(source.data / "master.key")})
    assert done.returncode == USED_WRONGLY and "chartroom backup" in done.stderr


def test_another_master_key_is_refused(embedded, store, saved, tmp_path):
    data = tmp_path / "elsewhere"
    data.mkdir(mode=0o700)
    done = embedded.run("restore", "--from", saved, "--data", data)
    assert done.returncode == USED_WRONGLY and "there is no master key" in done.stderr
    other = tmp_path / "other.key"
    other.write_text("0f" * 32 + "\n")
    other.chmod(0o600)
    done = embedded.run("restore", "--from", saved, "--data", data, environment={"CHARTROOM_KEY_FILE": str(other)})
    assert done.returncode == USED_WRONGLY and "master key" in done.stderr
    assert not leftovers(data)
    # A newer key before the old one: the ring opens what either has sealed.
    ring = tmp_path / "ring.key"
    ring.write_bytes(other.read_bytes() + (store / "master.key").read_bytes())
    ring.chmod(0o600)
    done = embedded.run("restore", "--from", saved, "--data", data, environment={"CHARTROOM_KEY_FILE": str(ring)})
    assert last_line(done)["restored"] == str(data)


def test_a_newer_schema_is_refused(embedded, store, saved, tmp_path):
    with sqlite3.connect(saved) as database:
        database.execute("INSERT INTO schema_migrations (version, name, sha256, applied_at_ms) VALUES (9999, '9999_future.sql', 'x', 0)")
    data = restored_folder(tmp_path, store)
    done = embedded.run("restore", "--from", saved, "--data", data)
    assert done.returncode == FAILED and "schema version 9999" in done.stderr
    assert not leftovers(data)


def test_a_full_disk_leaves_no_half_file(embedded, store, saved, tmp_path):
    room = saved.stat().st_size // 2

    def limited(*arguments) -> subprocess.CompletedProcess:
        return subprocess.run(embedded.command(*arguments), capture_output=True, text=True, check=False,
                              env=clean_environment(),
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))

    folder = tmp_path / "backups"
    folder.mkdir()
    done = limited("backup", "--data", store, "--to", folder / "saved.db")
    assert done.returncode == FAILED and "cannot write" in done.stderr
    assert not list(folder.iterdir())
    data = restored_folder(tmp_path, store)
    done = limited("restore", "--from", saved, "--data", data)
    assert done.returncode == FAILED and "cannot write" in done.stderr
    assert not leftovers(data)


def test_check_reads_the_whole_store(embedded, run_server):
    source = run_server(embedded).start()
    customer = Customer(source)
    assert last_line(embedded.run("check", "--data", source.data))["sound"] is True
    customer.close()
    assert source.stop() == 0
    file = source.data / "chartroom.db"
    with sqlite3.connect(file) as database:
        root = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'jobs_id'").fetchone()[0]
    with file.open("r+b") as raw:
        raw.seek((root - 1) * 4096)
        raw.write(b"\xff" * 4096)
    done = embedded.run("check", "--data", source.data)
    assert done.returncode == FAILED and "damage" in done.stderr


# ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────


class Elsewhere:
    """A PostgreSQL server whose data directory is still empty."""

    def __init__(self) -> None:
        self.server = PostgresServer()
        self.data = self.server.folder / "data"
        self.data.mkdir(mode=0o700)
        if self.server.user:
            shutil.chown(self.data, self.server.user)


@pytest.fixture
def elsewhere():
    postgres_url()
    made = Elsewhere()
    yield made
    made.server.stop()


class ToolOn(Tool):
    """Commands on one database, whatever their data directory."""

    def __init__(self, binary: pathlib.Path, url: str) -> None:
        super().__init__(binary, on_postgres=False)
        self.url = url

    def command(self, *arguments) -> list[str]:
        return [*super().command(*arguments), "--database", self.url]


def test_a_database_servers_backup_holds_what_was_acknowledged(on_database, run_server, run_sibling, elsewhere, tmp_path):
    source = run_server(on_database).start()
    customer = Customer(source)
    target = tmp_path / "saved"
    made, kept = backup_under_load(source, customer, target)
    assert made["kind"] == "postgres"
    assert stat.S_IMODE(target.stat().st_mode) == 0o700

    done = on_database.run("restore", "--from", target, "--postgres-data", elsewhere.data,
                           environment={"CHARTROOM_KEY_FILE": str(source.data / "master.key")})
    assert last_line(done)["contains_until"] == made["contains_until"]
    elsewhere.server.start()
    name = database_of(str(source.data)).rsplit("/", 1)[1]
    url = elsewhere.server.url.rsplit("/", 1)[0] + "/" + name
    restored = run_sibling(source, ToolOn(on_database.binary, url))
    goes_on(customer, restored, kept)
    restored.stop()
    customer.close()


def test_a_dump_is_the_database_of_its_start(on_database, run_server, run_sibling, tmp_path):
    source = run_server(on_database).start()
    customer = Customer(source)
    target = tmp_path / "saved.dump"
    made, kept = backup_under_load(source, customer, target, "--logical")
    assert made["kind"] == "postgres-dump"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600

    url = create_database(postgres_url(), "restored_" + os.urandom(8).hex())
    restored = run_sibling(source, ToolOn(on_database.binary, url))
    key = {"CHARTROOM_KEY_FILE": str(source.data / "master.key")}
    cut_off = tmp_path / "cut.dump"
    cut_off.write_bytes(target.read_bytes()[:-1000])
    done = on_database.run("restore", "--from", cut_off, "--database", url, environment=key)
    assert done.returncode == FAILED and "no whole dump" in done.stderr
    other = tmp_path / "other.key"
    other.write_text("0f" * 32 + "\n")
    other.chmod(0o600)
    done = on_database.run("restore", "--from", target, "--database", url, environment={"CHARTROOM_KEY_FILE": str(other)})
    assert done.returncode == USED_WRONGLY and "master key" in done.stderr
    assert sql(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").strip() == "0"

    last_line(on_database.run("restore", "--from", target, "--database", url, environment=key))
    done = on_database.run("restore", "--from", target, "--database", url, environment=key)
    assert done.returncode == FAILED and "not empty" in done.stderr
    goes_on(customer, restored, kept)
    restored.stop()
    customer.close()


@pytest.fixture
def database(on_database, tmp_path):
    """A small store on PostgreSQL: its data directory, which holds the master key."""
    data = tmp_path / "data"
    on_database.json("app", "create", "--data", data, "--name", "A Life", "--sandbox")
    return data


def test_a_servers_backup_is_checked_before_anything_is_put_in_place(on_database, database, elsewhere, tmp_path):
    target = tmp_path / "saved"
    last_line(on_database.run("backup", "--data", database, "--to", target))
    done = on_database.run("backup", "--data", database, "--to", target)
    assert done.returncode == 0 and len([p for p in target.iterdir() if p.name.startswith("chartroom-2")]) == 1, \
        "a folder gets one of its own inside"
    assert last_line(on_database.run("check", "--data", database))["schema_version"] > 0
    key = {"CHARTROOM_KEY_FILE": str(database / "master.key")}
    other = tmp_path / "other.key"
    other.write_text("0f" * 32 + "\n")
    other.chmod(0o600)
    done = on_database.run("restore", "--from", target, "--postgres-data", elsewhere.data,
                           environment={"CHARTROOM_KEY_FILE": str(other)})
    assert done.returncode == USED_WRONGLY and "master key" in done.stderr
    (elsewhere.data / "something").write_text("")
    done = on_database.run("restore", "--from", target, "--postgres-data", elsewhere.data, environment=key)
    assert done.returncode == FAILED and "not empty" in done.stderr
    (elsewhere.data / "something").unlink()
    with (target / "data" / "PG_VERSION").open("a") as file:
        file.write("\n")
    done = on_database.run("restore", "--from", target, "--postgres-data", elsewhere.data, environment=key)
    assert done.returncode == FAILED and "pg_verifybackup" in done.stderr
    assert not [p for p in elsewhere.data.parent.iterdir() if "unfinished" in p.name]


def test_a_user_who_may_not_replicate_is_told_so(on_database, database, tmp_path):
    url = database_of(str(database))
    name = url.rsplit("/", 1)[1]
    role = "plain_" + os.urandom(4).hex()
    sql(url, f"CREATE ROLE {role} LOGIN", f"GRANT ALL ON DATABASE {name} TO {role}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}", f"GRANT ALL ON SCHEMA public TO {role}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    as_role = url.replace("postgres@", f"{role}@")
    done = on_database.run("backup", "--database", as_role, "--to", tmp_path / "saved")
    assert done.returncode == USED_WRONGLY
    assert "REPLICATION" in done.stderr and "--logical" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["data"]
    last_line(on_database.run("backup", "--database", as_role, "--to", tmp_path / "saved.dump", "--logical"))
