#!/usr/bin/env python3
"""Plays the chaos scenarios on real PostgreSQL and writes docs/reliability.md.

usage: run.py [--scenario NAME…] [--scale small|full] [--seed S] [--minutes M] [--ci] [--list] [--report FILE] [--write]

Every result is kept in build/chaos/results, the last of each scenario. The report is made of those.
"""
import argparse
import contextlib
import dataclasses
import datetime
import json
import pathlib
import signal
import subprocess
import sys
import time
import traceback

sys.path.append(str(pathlib.Path(__file__).resolve().parent))
ROOT = pathlib.Path(__file__).resolve().parents[2]

import psycopg2  # noqa: E402

import play_database  # noqa: E402, F401
import play_kills  # noqa: E402, F401
import play_load  # noqa: E402, F401
import play_network  # noqa: E402, F401
import play_server  # noqa: E402, F401
import play_soak  # noqa: E402, F401
from audit import Verdict, audit  # noqa: E402
from house import House, binary_of  # noqa: E402
from postgres_server import programs  # noqa: E402
from report import Result, line_of, write_report  # noqa: E402
from sabotage import PLANTED, check_audit  # noqa: E402
from scenario import SCENARIOS, Play, Scenario, Skipped  # noqa: E402


def say(text: str) -> None:
    print(text, flush=True)


def play_one(one: Scenario, arguments) -> Result:
    result = Result(one.name, one.done, one.proves, arguments.seed)
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        try:
            place = stack.enter_context(one.make_place()) if one.make_place else None
            wire = stack.enter_context(one.with_cable()) if one.with_cable else None
            house = House(binary_of(ROOT), arguments.seed, arguments.scale, one.settings, place, wire)
        except Skipped as why:
            result.skipped = str(why)
            return result
        stack.callback(house.close)
        house.minutes = arguments.minutes
        play = Play()
        try:
            one.play(house, play)
            settled = house.settle(play.settle_limit_s or 90 + len(house.book) * 0.05)
            play.promise(settled, "work is left when it should long be done")
            result.take(audit(house), play)
        except Skipped as why:
            result.skipped = str(why)
            return result
        except (Exception, AssertionError):
            result.broken.append("the scenario failed: " + traceback.format_exc().strip().splitlines()[-1])
            traceback.print_exc()
        result.seconds = time.monotonic() - began
        if result.broken:
            folder = ROOT / "build/chaos" / one.name
            house.keep_logs(folder)
            with contextlib.suppress(psycopg2.Error):
                (folder / "result.json").write_text(json.dumps(result.broken, indent=1), encoding="utf-8")
            say(f"  logs of the nodes: {folder}")
    return result


def keep(result: Result, arguments) -> None:
    folder = ROOT / "build/chaos/results"
    folder.mkdir(parents=True, exist_ok=True)
    result.scale = arguments.scale
    result.commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False,
                                   cwd=ROOT).stdout.strip()
    result.day = datetime.date.today().isoformat()
    (folder / f"{result.name}.json").write_text(json.dumps(dataclasses.asdict(result)), encoding="utf-8")


def kept() -> list[Result]:
    """The last result of each scenario, in their order. One that has none says so in the report."""
    found = []
    for name, one in SCENARIOS.items():
        path = ROOT / f"build/chaos/results/{name}.json"
        if path.exists():
            raw = json.loads(path.read_text(encoding="utf-8"))
            found.append(Result(**{**raw, "verdict": Verdict(**raw["verdict"])}))
        else:
            found.append(Result(one.name, one.done, one.proves, 0, skipped="not run since this report is kept"))
    return found


def version() -> str:
    folder = programs()
    assert folder is not None
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[2]


def main() -> int:
    # However it ends, what it started ends, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(prog="scripts/chaos")
    parser.add_argument("--scenario", nargs="+", choices=sorted(SCENARIOS), metavar="NAME")
    parser.add_argument("--scale", choices=("small", "full"), default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0, help="how long the soak takes")
    parser.add_argument("--ci", action="store_true", help="the scenarios of continuous integration")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--report", type=pathlib.Path, default=None, help="where to write the report; default "
                        "docs/reliability.md when all scenarios run in full")
    parser.add_argument("--write", action="store_true", help="play nothing, write the report of the results that are kept")
    arguments = parser.parse_args()
    if arguments.write:
        write_report(arguments.report or ROOT / "docs/reliability.md", kept(), version())
        return 0
    if arguments.list:
        for one in SCENARIOS.values():
            say(f"{one.name:20} {one.done}")
        return 0
    names = arguments.scenario or [one.name for one in SCENARIOS.values() if one.in_ci or not arguments.ci]
    blind = check_audit(binary_of(ROOT), arguments.seed)
    for line in blind:
        say(f"the audit is blind: {line}")
    if blind:
        return 1
    say(f"the audit finds all of {len(PLANTED)} planted bugs")
    results = []
    for name in names:
        result = play_one(SCENARIOS[name], arguments)
        results.append(result)
        say(line_of(result))
        keep(result, arguments)
    everything = len(names) == len(SCENARIOS) and arguments.scale == "full"
    target = arguments.report or (ROOT / "docs/reliability.md" if everything else None)
    if target:
        write_report(target, kept(), version())
        say(f"written: {target}")
    broken = sum(bool(result.broken) for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    say(f"{len(results) - broken - skipped} kept, {broken} broken, {skipped} skipped")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
