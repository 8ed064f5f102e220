#!/usr/bin/env python3
"""Is this webhook from Chartroom? Standard Webhooks signatures, with nothing but Python's own library.

In a handler:   verify(secret, request.headers, raw_body)        # raises NotGenuine
As a command:   verify.py --id … --timestamp … --signature … --secret … < body
                Each flag can be an environment variable instead: WEBHOOK_ID, WEBHOOK_TIMESTAMP,
                WEBHOOK_SIGNATURE, WEBHOOK_SECRET. Exit code 0: genuine, 1: not, 2: wrong use.
"""
import argparse
import base64
import binascii
import hashlib
import hmac
import os
import re
import sys
import time

WINDOW_S = 300  # a delivery may be this much older or newer than our clock says


class NotGenuine(Exception):
    """Do not act on this delivery; the text says why."""


def signing_key(secret: str) -> bytes:
    """The bytes in "whsec_<base64>"; ValueError where the secret is not of that form."""
    if not secret.startswith("whsec_"):
        raise ValueError("the secret must begin with whsec_")
    try:
        key = base64.b64decode(secret[len("whsec_"):], validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("the secret must be whsec_ and base64")
    return key


def verify(secret: str, headers, body: bytes, now: float | None = None) -> None:
    """Raises NotGenuine unless the body came from the holder of the secret within the last five minutes.

    `headers` is any mapping of names to values, `body` the bytes as received: never parsed and written again.
    """
    key = signing_key(secret)
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id, timestamp, signatures = (given.get("webhook-" + name) or "" for name in ("id", "timestamp", "signature"))
    if not (webhook_id and timestamp and signatures):
        raise NotGenuine("a webhook header is missing")
    if not re.fullmatch("[0-9]{1,12}", timestamp):
        raise NotGenuine("webhook-timestamp is not a number of seconds")
    if abs((time.time() if now is None else now) - int(timestamp)) > WINDOW_S:
        raise NotGenuine("the delivery is not from the last five minutes")

    signed = b".".join([encode(webhook_id), timestamp.encode(), body])
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # While a secret is being replaced there are two signatures. Compare all, each in constant time.
    if not any([hmac.compare_digest(expected, encode(one)) for one in signatures.split(" ")]):
        raise NotGenuine("no signature matches")


def encode(header: str) -> bytes:
    return header.encode("utf-8", "surrogateescape")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verifies the signature of a webhook; its body is read from stdin.")
    for name in ("id", "timestamp", "signature", "secret"):
        parser.add_argument("--" + name, default=os.environ.get("WEBHOOK_" + name.upper(), ""))
    flags = parser.parse_args()
    headers = {"webhook-id": flags.id, "webhook-timestamp": flags.timestamp, "webhook-signature": flags.signature}
    try:
        verify(flags.secret, headers, sys.stdin.buffer.read())
    except NotGenuine as reason:
        print(f"not genuine: {reason}", file=sys.stderr)
        return 1
    except ValueError as mistake:
        print(f"verify.py: {mistake}", file=sys.stderr)
        return 2
    print("genuine")
    return 0


if __name__ == "__main__":
    sys.exit(main())
