#!/usr/bin/env python3
"""A PostgreSQL server of the tests' own: made in a temporary folder, gone in the end.

usage: postgres_server.py [NAME=VALUE ...]

Prints the URL of its superuser and runs until standard input ends. NAME=VALUE are settings of the
server. Exit code 3, with one line that says why: PostgreSQL is not installed.

PostgreSQL does not run as root: then it runs as the user postgres, or as nobody. What it stores
need not survive the machine, so it never waits for the disk.
"""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

NOT_INSTALLED = 3
START_LIMIT_S = 60


def programs() -> pathlib.Path | None:
    """The newest installed release's folder of programs."""
    releases = pathlib.Path("/usr/lib/postgresql")
    found = [folder / "bin" for folder in releases.glob("*") if (folder / "bin/initdb").exists()
             and folder.name.isdigit() and int(folder.name) >= 15]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    initdb = shutil.which("initdb")
    return pathlib.Path(initdb).parent if initdb else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sql(url: str, *statements: str) -> str:
    """Runs statements as psql does, each for itself; what they print."""
    folder = programs()
    assert folder is not None
    commands = [part for statement in statements for part in ("-c", statement)]
    done = subprocess.run([str(folder / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, *commands],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def create_database(url: str, name: str) -> str:
    """Makes an empty database unless it is there; its URL."""
    known = sql(url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
    if not known.strip():
        sql(url, f"CREATE DATABASE {name}")
    return url.rsplit("/", 1)[0] + "/" + name


def unprivileged() -> str | None:
    """Whom to become; None: we are somebody already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
            return name
        except KeyError:
            continue
    return "nobody"


class PostgresServer:
    def __init__(self, *settings: str, under: pathlib.Path | None = None) -> None:
        """`under`: where its folder goes; /tmp may be memory."""
        folder = programs()
        if folder is None:
            raise FileNotFoundError("PostgreSQL 15 is not installed (scripts/setup test installs it)")
        self.programs = folder
        self.settings = settings
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chartroom-pg-", dir=under))
        self.user = unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user)
        self.process: subprocess.Popen | None = None

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(self.command(program, *arguments), cwd=self.folder, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr[-2000:]}")

    def command(self, program: str, *arguments: str) -> list[str]:
        become = ["setpriv", f"--reuid={self.user}", "--regid", str(pwd.getpwnam(self.user).pw_gid),
                  "--clear-groups"] if self.user else []
        return [*become, str(self.programs / program), *arguments]

    def start(self) -> "PostgresServer":
        data = self.folder / "data"
        if not data.exists():
            self.run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8",
                     "--locale=C.UTF-8", "-D", str(data))
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), "fsync": "off",
                    "unix_socket_directories": str(self.folder), "full_page_writes": "off",
                    "max_connections": "200", "shared_buffers": "64MB", "max_wal_size": "256MB",
                    "log_min_messages": "panic", **dict(one.split("=", 1) for one in self.settings)}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            # A group of its own: Ctrl-C is for the tests, which then end the server.
            self.process = subprocess.Popen(self.command("postgres", "-D", str(data), *arguments), cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            ready = subprocess.run([self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                                   check=False)
            if ready.returncode == 0:
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                log_end = (self.folder / "server.log").read_text(errors="replace")[-2000:]
                self.stop()
                raise RuntimeError(f"PostgreSQL does not start:\n{log_end}")
            time.sleep(0.05)

    def standby(self) -> "PostgresServer":
        """A copy that follows this server, not started yet. For one standby: it is called "standby"."""
        copy = PostgresServer(*self.settings)
        copy.run("pg_basebackup", "--no-sync", "--checkpoint=fast", "-h", "127.0.0.1", "-p", str(self.port), "-U",
                 "postgres", "-R", "-D", str(copy.folder / "data"))
        line = (f"primary_conninfo = 'host=127.0.0.1 port={self.port} user=postgres application_name=standby'\n")
        with (copy.folder / "data/postgresql.auto.conf").open("a") as settings:
            settings.write(line)
        return copy

    def promote(self) -> None:
        """A standby becomes the one that takes writes; back when it does."""
        self.run("pg_ctl", "promote", "-w", "-D", str(self.folder / "data"))

    def children(self) -> list[int]:
        """The server's other processes."""
        assert self.process is not None
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True,
                                check=False)
        return [int(pid) for pid in listed.stdout.split()]

    def kill(self) -> None:
        """`kill -9` of all its processes at once, as when the machine goes."""
        assert self.process is not None
        for pid in [self.process.pid, *self.children()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process = None
        # Nobody is left who could hold it, and its number may belong to somebody else by then.
        (self.folder / "data/postmaster.pid").unlink(missing_ok=True)

    def halt(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Ends the server: SIGQUIT at once, SIGINT ("fast") orderly. start() brings it back with its data."""
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    try:
        server = PostgresServer(*sys.argv[1:])
    except FileNotFoundError as missing:
        print(missing, flush=True)
        return NOT_INSTALLED
    # The tests may be ended by any signal; what they started ends with their pipe.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        server.start()
        print(server.url, flush=True)
        for line in sys.stdin:
            if line.strip() == "restart":
                server.halt()
                server.start()
                print(server.url, flush=True)
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
