"""Which engine of the store the suite runs on: CHARTROOM_TEST_ENGINE=postgres, or the embedded one.

On PostgreSQL every data directory has a database of its own, which is made when it is first asked
for; the directory itself keeps nothing but the sandbox's master key.
"""
import atexit
import functools
import hashlib
import os
import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from postgres_server import PostgresServer, create_database  # noqa: E402

ON_POSTGRES = os.environ.get("CHARTROOM_TEST_ENGINE") == "postgres"
embedded_only = pytest.mark.skipif(ON_POSTGRES, reason="about the embedded store")


@functools.cache
def postgres_url() -> str:
    """The tests' server: one that runs already, or one of this process."""
    running = os.environ.get("CHARTROOM_TEST_POSTGRES")
    if running:
        return running
    try:
        server = PostgresServer().start()
    except FileNotFoundError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    atexit.register(server.stop)
    return server.url


@functools.cache
def database_of(data: str) -> str:
    """The URL of the database that belongs to a data directory."""
    name = "api_" + hashlib.sha256(os.path.abspath(data).encode()).hexdigest()[:24]
    return create_database(postgres_url(), name)


def with_store(arguments: list[str], on_postgres: bool = ON_POSTGRES) -> list[str]:
    """The command line for the engine under test."""
    if not on_postgres or "--data" not in arguments[:-1] or "check-config" in arguments or "--database" in arguments:
        return arguments
    data = arguments[arguments.index("--data") + 1]
    return [*arguments, "--database", database_of(data)]
