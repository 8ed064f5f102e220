"""The samples in clients/signatures: a delivery of the running server passes, everything forged does not."""
import base64
import concurrent.futures
import hashlib
import hmac
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass, replace

import pytest

from support.listener import Listener
from support.orders import new_order

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "clients/signatures"
PATIENCE_S = 60
GENUINE, FORGED, MISUSED = 0, 1, 2
WEEK_S = 7 * 86400


@dataclass(frozen=True)
class Signed:
    """What a receiver has in its hands."""

    secret: str
    id: str
    timestamp: str
    signature: str
    body: bytes

    def sealed(self) -> "Signed":
        """The same with the right signature for what it says."""
        signed = b".".join([self.id.encode(), self.timestamp.encode(), self.body])
        digest = hmac.new(base64.b64decode(self.secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        return replace(self, signature="v1," + base64.b64encode(digest).decode())


class KeepingListener(Listener):
    """Keeps the headers of what came first."""

    first: Signed | None = None

    def _take(self, headers, body: bytes) -> int:
        if self.first is None:
            self.first = Signed(self.secret, headers["webhook-id"], headers["webhook-timestamp"],
                                headers["webhook-signature"], body)
        return super()._take(headers, body)


@pytest.fixture(scope="module")
def deliver(server, make_customer):
    """Lets the server deliver something; what came in."""
    customer = make_customer(server, listens=False)
    listener = KeepingListener()
    customer.add_webhook(listener)

    def run() -> Signed:
        listener.first = None
        order = new_order("NoRecords", orderType="ehr-only")
        customer.place(order)
        listener.wait_for_summary(order["clientUserId"], "completed")
        return listener.first

    yield run
    listener.close()


@pytest.fixture(scope="module")
def delivered(deliver) -> Signed:
    return deliver()


@pytest.fixture
def real(delivered) -> Signed:
    """A delivery of the server, signed anew: the one that came may be minutes old by now."""
    return shifted(delivered, 0).sealed()


@pytest.fixture(scope="module", params=["verify.sh", "verify.py", "verify.mjs", "verify.cpp"])
def sample(request, tmp_path_factory):
    """Runs one of the samples; its exit code."""
    source = FOLDER / request.param
    command = {".sh": ["bash", source], ".py": ["/usr/bin/python3", source], ".mjs": ["node", source]}.get(source.suffix)
    if command is None:
        program = tmp_path_factory.mktemp("sample") / "verify"
        subprocess.run(["g++", "-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", source, "-lcrypto", "-o", program],
                       check=True, timeout=PATIENCE_S * 4)
        command = [program]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("WEBHOOK_")}

    def run(given: Signed, as_variables: bool = False) -> int:
        values = {name: getattr(given, name) for name in ("id", "timestamp", "signature", "secret")}
        flags = [] if as_variables else [part for name, value in values.items() for part in ("--" + name, value)]
        variables = {f"WEBHOOK_{name.upper()}": value for name, value in values.items()} if as_variables else {}
        done = subprocess.run([*command, *flags], input=given.body, capture_output=True, check=False,
                              timeout=PATIENCE_S, env={**bare, **variables})
        assert (done.stdout == b"genuine\n") == (done.returncode == GENUINE)
        assert (done.stderr == b"") == (done.returncode == GENUINE)
        return done.returncode

    return run


def shifted(given: Signed, seconds: int) -> Signed:
    return replace(given, timestamp=str(int(time.time()) + seconds))


def test_a_real_delivery(sample, deliver):
    real = deliver()
    assert sample(real) == GENUINE
    assert sample(real, as_variables=True) == GENUINE
    assert sample(replace(real, body=real.body + b" ")) == FORGED


def test_the_window_is_five_minutes_each_way(sample, real):
    for seconds in (-240, 240):
        assert sample(shifted(real, seconds).sealed()) == GENUINE, seconds
    for seconds in (-360, 360, -WEEK_S, WEEK_S):
        assert sample(shifted(real, seconds).sealed()) == FORGED, seconds


def test_two_signatures_while_a_secret_is_replaced(sample, real):
    other = replace(real, secret="whsec_" + base64.b64encode(os.urandom(32)).decode())
    both = f"{other.sealed().signature} {real.signature}"
    for secret in (real.secret, other.secret):
        assert sample(replace(real, secret=secret, signature=both)) == GENUINE
    assert sample(replace(real, signature=f"v1a,AAAA {other.sealed().signature}  {real.signature} ")) == GENUINE
    assert sample(replace(real, signature=f"{other.sealed().signature} v1a,AAAA")) == FORGED


def test_any_body_is_signed_as_it_is(sample, real):
    for body in (b"", b"\0\xff\n\n", "[\"\u00e9\"]\n".encode(), b"x" * 100_000):
        assert sample(replace(real, body=body).sealed()) == GENUINE, body[:10]


def test_keys_of_any_length(sample, real):
    for size in (1, 24, 64, 65, 200):
        secret = "whsec_" + base64.b64encode(os.urandom(size)).decode()
        assert sample(replace(real, secret=secret).sealed()) == GENUINE, size


def test_forged_deliveries(sample, real):
    other = replace(real, secret="whsec_" + base64.b64encode(os.urandom(32)).decode()).sealed()
    right = real.signature
    digest = right.removeprefix("v1,")
    forged = {
        "body changed": replace(real, body=real.body.replace(b"order", b"0rder", 1)),
        "body longer": replace(real, body=real.body + b"\n"),
        "body missing": replace(real, body=b""),
        "id changed": replace(real, id=real.id + "0"),
        "id missing": replace(real, id=""),
        "time changed": replace(real, timestamp=str(int(real.timestamp) + 1)),
        "time with a sign": replace(real, timestamp="+" + real.timestamp).sealed(),
        "time with a space": replace(real, timestamp=real.timestamp + " ").sealed(),
        "time with a line": replace(real, timestamp=real.timestamp + "\n").sealed(),
        "time in milliseconds": replace(real, timestamp=real.timestamp + "000").sealed(),
        "time that is code": replace(real, timestamp="a[$(id)]").sealed(),
        "time missing": replace(real, timestamp="").sealed(),
        "another secret": replace(real, signature=other.signature),
        "another endpoint's": replace(real, secret=other.secret),
        "no signature": replace(real, signature=""),
        "spaces": replace(real, signature="   "),
        "garbage": replace(real, signature="v1,!!!! , v1 \u00e9\u20ac * ? v1,"),
        "without version": replace(real, signature=digest),
        "another version": replace(real, signature="v2," + digest),
        "version in capitals": replace(real, signature="V1," + digest),
        "other case": replace(real, signature="v1," + digest.swapcase()),
        "cut": replace(real, signature=right[:-1]),
        "longer": replace(real, signature=right + "="),
        "in hexadecimal": replace(real, signature="v1," + base64.b64decode(digest).hex()),
        "separated by commas": replace(real, signature=f"{other.signature},{right}"),
    }
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        codes = dict(zip(forged, pool.map(sample, forged.values())))
    assert codes == dict.fromkeys(forged, FORGED)


def test_secrets_that_are_none(sample, real):
    for secret in ("", "whsec_", "whsec_!!!!", "whsec_AAA", "whsec_AAAA AAAA", real.secret.removeprefix("whsec_")):
        assert sample(replace(real, secret=secret)) == MISUSED, secret[:12]
