#!/usr/bin/env python3
"""Runs the test programs of a build and adds up what they say.

usage: run.py --build DIR [--unit | --postgres] [-k EXPRESSION]

Unit tests are the GoogleTest programs DIR/test_*; black-box tests are tests/api (pytest),
tests/browser and tests/clients (Node.js). The last line is "N passed, N failed, N skipped".
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

from postgres_server import PostgresServer

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT_TIMEOUT_S = 1500
BLACK_BOX_TIMEOUT_S = 2400


class Tally:
    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def add(self, passed: int, failed: int, skipped: int = 0) -> None:
        self.passed += passed
        self.failed += failed
        self.skipped += skipped


def say(text: str) -> None:
    print(text, flush=True)


def count_junit(path: pathlib.Path) -> tuple[int, int, int]:
    passed = failed = skipped = 0
    for case in xml.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def run_unit(program: pathlib.Path, report: pathlib.Path):
    started = time.monotonic()
    try:
        done = subprocess.run([program, f"--gtest_output=xml:{report}"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=UNIT_TIMEOUT_S, check=False)
        code, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        code, output = -1, (late.stdout or b"").decode(errors="replace") + f"\nended after {UNIT_TIMEOUT_S} s"
    return code, output, time.monotonic() - started


def without_passed(output: str) -> str:
    """What googletest printed, without the tests that passed: the end alone may not reach back to the one that failed."""
    return re.sub(r"^\[ RUN      \] (\S+)\n(?:(?!\[ RUN ).*\n)*?\[       OK \] \1 .*\n", "", output, flags=re.MULTILINE)


def unit_tests(build: pathlib.Path, tally: Tally) -> None:
    programs = sorted(p for p in build.glob("test_*") if os.access(p, os.X_OK) and p.is_file())
    if not programs:
        say(f"no test programs in {build}")
        tally.add(0, 1)
        return
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        reports = {p: pathlib.Path(folder) / f"{p.name}.xml" for p in programs}
        futures = {pool.submit(run_unit, p, reports[p]): p for p in programs}
        for future in concurrent.futures.as_completed(futures):
            program = futures[future]
            code, output, seconds = future.result()
            passed, failed, skipped = (0, 0, 0)
            if reports[program].exists():
                passed, failed, skipped = count_junit(reports[program])
            if code != 0 and failed == 0:
                failed = 1  # it crashed, or a sanitizer ended it
            tally.add(passed, failed, skipped)
            say(f"{program.name:24} {passed:5} passed {failed:3} failed {skipped:3} skipped  {seconds:6.1f} s")
            if failed:
                say(without_passed(output)[-8000:])
            for line in sorted(set(re.findall(r"^.*SKIPPED: .*$", output, re.MULTILINE))):
                say("  " + line)


def api_tests(build: pathlib.Path, expression: str, tally: Tally) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "api.xml"
        command = ["/usr/bin/python3", "-m", "pytest",
                   "-q", "-p", "no:cacheprovider", "-rs", f"--junitxml={report}", str(ROOT / "tests/api"),
                   "--numprocesses", str(os.cpu_count() or 2), "--dist", "loadfile"]
        if expression:
            command += ["-k", expression]
        environment = {**os.environ, "CHARTROOM_BINARY": str(build / "chartroom"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, env=environment, timeout=BLACK_BOX_TIMEOUT_S, check=False)
        if not report.exists():
            tally.add(0, 1)
            return
        passed, failed, skipped = count_junit(report)
        # Also where all tests passed and what they saw together is not enough.
        tally.add(passed, failed + (1 if done.returncode not in (0, 5) and failed == 0 else 0), skipped)


def node_tests(name: str, packages: list[str], script: str, build: pathlib.Path, tally: Tally) -> None:
    """Runs a test program in Node.js, after npm has installed what its packages list."""
    for package in packages:
        installed = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=ROOT / package, check=False)
        if installed.returncode != 0:
            say(f"{name} tests: npm could not install the packages of {package}")
            tally.add(0, 1)
            return
    done = subprocess.run(["node", script], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=BLACK_BOX_TIMEOUT_S, env={**os.environ, "CHARTROOM_BINARY": str(build / "chartroom")})
    output = done.stdout.decode(errors="replace")
    counts = re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", output, re.MULTILINE)
    if not counts:
        say(output[-8000:])
        tally.add(0, 1)
        return
    passed, failed, skipped = (int(number or 0) for number in counts[-1])
    say(f"{name:24} {passed:5} passed {failed:3} failed {skipped:3} skipped")
    if failed or done.returncode != 0:
        say(output[-8000:])
    for line in re.findall(r"^skip .*$", output, re.MULTILINE):
        say("  " + line)
    tally.add(passed, max(failed, 1 if done.returncode != 0 else 0), skipped)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--unit", action="store_true")
    parser.add_argument("--postgres", action="store_true", help="the black-box tests, on a PostgreSQL store")
    parser.add_argument("-k", dest="expression", default="")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    tally = Tally()
    if arguments.postgres:
        server = PostgresServer().start()
        try:
            os.environ.update(CHARTROOM_TEST_ENGINE="postgres", CHARTROOM_TEST_POSTGRES=server.url)
            api_tests(build, arguments.expression, tally)
        finally:
            server.stop()
    elif not arguments.expression:
        unit_tests(build, tally)
    if not arguments.unit and not arguments.postgres:
        api_tests(build, arguments.expression, tally)
        if not arguments.expression:
            node_tests("browser", ["tests/browser"], "tests/browser/run.mjs", build, tally)
            node_tests("clients", ["clients/typescript", "clients/postman"], "tests/clients/run.mjs", build, tally)
    if tally.passed + tally.failed == 0:
        tally.failed = 1
    say(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
