"""From exec to ready, and the memory of an idle server: start.py PROGRAM FOLDER [--smoke] [URL]"""
import pathlib
import statistics
import sys
import time

import postgres
from server import Server

SETTLE_S = 2.0


def measure(program: str, folder: pathlib.Path, rounds: int, settle_s: float, *where: str) -> dict:
    times, memory = [], []
    for number in range(rounds + 1):
        server = Server(program, folder, *where)
        try:
            seconds = server.start()
            if number == 0:
                continue  # makes the database, and fills the cache of files
            times.append(seconds * 1000)
            if number == rounds:
                time.sleep(settle_s)
                memory.append(server.memory_mib())
        finally:
            server.stop()
    return {"median": statistics.median(times), "highest": max(times), **memory[-1]}


def main() -> None:
    parser = postgres.arguments(rounds=20)
    given = parser.parse_args()
    rounds, settle_s = (1, 0) if given.smoke else (given.rounds, SETTLE_S)
    folder = pathlib.Path(given.folder).resolve()
    ways = {"SQLite": measure(given.program, folder / "sqlite", rounds, settle_s, "--data", str(folder / "data"))}
    with postgres.server(given.url, given.folder) as url, postgres.database(url, "chartroom_bench") as own:
        ways["PostgreSQL"] = measure(given.program, folder / "postgres", rounds, settle_s, "--database", own)
    print(f"start: median of {rounds} starts, all files in the cache\n")
    print(f"{'':12}{'ready ms':>10}{'highest':>10}{'RSS MiB':>10}{'PSS MiB':>10}")
    for way, figures in ways.items():
        print(f"{way:12}{figures['median']:10.0f}{figures['highest']:10.0f}{figures['rss']:10.1f}{figures['pss']:10.1f}")


if __name__ == "__main__":
    sys.exit(main())
