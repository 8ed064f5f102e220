"""Fixtures of the black-box suite. It runs the binary that CHARTROOM_BINARY names."""
import os
import pathlib

import pytest

from support.customer import Customer
from support.server import Server, Tool

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tool() -> Tool:
    """The command line under test."""
    binary = pathlib.Path(os.environ.get("CHARTROOM_BINARY", ROOT / "build/release/chartroom"))
    if not os.access(binary, os.X_OK):
        pytest.exit(f"no binary at {binary}; run scripts/build or set CHARTROOM_BINARY", returncode=2)
    return Tool(binary)


@pytest.fixture(scope="module")
def make_server(tool, tmp_path_factory):
    """Makes servers that are stopped at the module's end; started unless `start` is False."""
    made: list[Server] = []

    def make(*flags: str, start: bool = True) -> Server:
        server = Server(tool, tmp_path_factory.mktemp("server"), *flags)
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="module")
def server(make_server) -> Server:
    """One server for all tests of a module."""
    return make_server()


@pytest.fixture(scope="module")
def make_customer():
    """Makes applications with a token and a webhook listener."""
    made: list[Customer] = []

    def make(server: Server, **arguments) -> Customer:
        customer = Customer(server, **arguments)
        made.append(customer)
        return customer

    yield make
    for customer in made:
        customer.close()


@pytest.fixture
def customer(server, make_customer) -> Customer:
    """An application of the test's own."""
    return make_customer(server)
