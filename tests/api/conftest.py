"""Fixtures of the black-box suite. It runs the binary that CHARTROOM_BINARY names."""
import os
import pathlib

import pytest

from support.conformance import CONFORMANCE, watch_requests
from support.customer import Customer
from support.listener import Listener
from support.server import Server, Tool

ROOT = pathlib.Path(__file__).resolve().parents[2]

watch_requests()


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "last: runs after all others")
    config.runs_everything = False


def pytest_collection_modifyitems(config, items) -> None:
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
    everything(config, items)
    if hasattr(config, "workerinput"):
        # What all tests together have seen is known when all workers are through: see below.
        items[:] = [item for item in items if item.get_closest_marker("last") is None]


def everything(config, items) -> None:
    folder = pathlib.Path(__file__).parent
    config.runs_everything = ({item.path for item in items} == set(folder.rglob("test_*.py"))
                              and not any("::" in argument for argument in config.args)
                              and not config.option.keyword and not config.option.markexpr)


def pytest_deselected(items) -> None:
    if items:
        items[0].config.runs_everything = False


def pytest_sessionfinish(session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["seen"] = sorted(CONFORMANCE.seen)
        config.workeroutput["everything"] = config.runs_everything
    elif getattr(config, "workers_that_ran_everything", False):
        missing = CONFORMANCE.not_seen()
        if missing:
            print(f"\ndocumented, but no test of the suite saw it: {missing}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """Brings together what the workers of pytest-xdist have seen."""
    output = getattr(node, "workeroutput", {})
    CONFORMANCE.seen.update(tuple(one) for one in output.get("seen", []))
    whole = bool(output.get("everything")) and not error
    node.config.workers_that_ran_everything = whole and getattr(node.config, "workers_that_ran_everything", True)


@pytest.fixture(autouse=True)
def answers_conform():
    """Fails the test in which the server gave an answer, or sent a notification, that is not as documented."""
    yield
    violations = CONFORMANCE.take_violations()
    assert not violations, "not as documented in api/openapi.yaml:\n" + "\n".join(sorted(set(violations))[:20])


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


@pytest.fixture
def quiet(server, make_customer) -> Customer:
    """An application of the test's own, without an endpoint."""
    return make_customer(server, listens=False)


@pytest.fixture(scope="module")
def client(server, make_customer) -> Customer:
    """One application without an endpoint for all tests of a module."""
    return make_customer(server, listens=False)


@pytest.fixture
def listener():
    """A receiver of notifications, to be set up as an endpoint."""
    made = Listener()
    yield made
    made.close()
