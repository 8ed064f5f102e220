"""The benches of scripts/bench still run. How fast is not asked here."""
import os
import pathlib
import subprocess
import sys

import pytest

from support.engine import postgres_url

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["CHARTROOM_BINARY"]).parent
TIMEOUT_S = 240

BENCHES = {
    "intake": ("bench_intake", "FOLDER", "--smoke"),
    "intake_database": ("intake_database.py", "bench_database", "FOLDER", "URL", "--smoke"),
    "jobs": ("jobs.py", "bench_database", "FOLDER", "URL", "--smoke"),
    "timers": ("timers.py", "bench_timers", "chartroom", "FOLDER", "--smoke"),
    "timers_database": ("timers.py", "bench_timers", "chartroom", "FOLDER", "URL", "--database", "--smoke"),
    "start": ("start.py", "chartroom", "FOLDER", "URL", "--smoke"),
    "orders": ("orders.py", "chartroom", "FOLDER", "--smoke"),
    "fairness": ("fairness.py", "chartroom", "FOLDER", "--smoke"),
}
EXPECTED = {"intake": "orders/s", "intake_database": "pgbench", "jobs": "chartroom", "timers": "idle tick",
            "timers_database": "idle tick", "start": "PostgreSQL", "orders": "per CPU-second", "fairness": "ratio"}


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_runs(name, tmp_path):
    def real(word: str) -> str:
        if word == "FOLDER":
            return str(tmp_path)
        if word == "URL":
            return postgres_url()
        if word.endswith(".py"):
            return str(ROOT / "bench" / word)
        return word if word.startswith("--") else str(BUILD / word)

    command = [real(word) for word in BENCHES[name]]
    if command[0].endswith(".py"):
        command.insert(0, sys.executable)
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert EXPECTED[name] in done.stdout
