"""Applications that the tests of one module share."""
import pytest


@pytest.fixture(scope="module")
def refused_client(server, make_customer):
    """One application for all refused ones: nothing of them may stay behind."""
    return make_customer(server, listens=False)


@pytest.fixture(scope="module")
def listening(server, make_customer):
    """One application whose notifications are heard; its clock stands for everybody, so nobody turns it."""
    return make_customer(server)
