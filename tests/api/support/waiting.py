"""Waiting for something to become true, with a deadline."""
import threading
import time
from typing import Callable, TypeVar

T = TypeVar("T")

# Generous: the suite also runs on busy machines, against sanitised builds.
PATIENCE_S = 90.0
_PAUSE_S = 0.02


def wait_until(probe: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """The first truthy answer of `probe`, which is asked again and again; fails at the deadline."""
    never = threading.Event()
    give_up = time.monotonic() + patience_s
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > give_up:
            raise AssertionError(f"{what}: not within {patience_s:.0f} s")
        never.wait(_PAUSE_S)
