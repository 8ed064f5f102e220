"""What the benches on PostgreSQL share: their arguments, a server that waits for its disk, databases, medians."""
import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from postgres_server import PostgresServer, create_database, programs, sql  # noqa: E402

# Durable, as in production; sizes for a small machine. The same for everybody in a run.
SETTINGS = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=512MB",
            "max_wal_size=4GB", "checkpoint_timeout=15min", "wal_buffers=16MB", "max_connections=200")


def arguments(rounds: int) -> argparse.ArgumentParser:
    """What all of them take; `rounds` is the default of their number."""
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("url", nargs="?")
    parser.add_argument("--smoke", action="store_true", help="only whether it works")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser


@contextlib.contextmanager
def server(url: str | None, folder: str):
    """A URL of a superuser: the one given, or that of a server of our own in that folder."""
    if url:
        yield url
        return
    own = PostgresServer(*SETTINGS, under=pathlib.Path(folder).resolve())
    try:
        own.start()
        yield own.url
    finally:
        own.stop()


@contextlib.contextmanager
def database(url: str, name: str):
    """An empty database that goes again. A checkpoint before: nobody pays for what was before him."""
    sql(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    made = create_database(url, name)
    sql(url, "CHECKPOINT")
    try:
        yield made
    finally:
        sql(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def figures(*command: str) -> dict:
    """What a program prints as one line of JSON."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def program(name: str) -> str:
    folder = programs()
    assert folder is not None
    return str(folder / name)


def median(rounds: list[dict], key: str) -> float:
    return statistics.median(one[key] for one in rounds)


def spread(rounds: list[dict], key: str) -> str:
    values = [one[key] for one in rounds]
    return f"{min(values):,.0f}–{max(values):,.0f}"
