"""Jobs a second on PostgreSQL, beside graphile-worker: jobs.py PROGRAM FOLDER [--smoke] [URL]"""
import pathlib
import sys

import postgres

GRAPHILE = pathlib.Path(__file__).resolve().parent / "graphile/bench.mjs"
COLUMNS = {"run_per_second": "run/s", "enqueued_alone_per_second": "enqueued/s",
           "enqueued_together_per_second": "500 at once/s"}


def main() -> None:
    parser = postgres.arguments(rounds=3)
    parser.add_argument("--count", type=int, default=50_000)
    given = parser.parse_args()
    rounds, count = (1, 200) if given.smoke else (given.rounds, given.count)
    ways: dict[str, list[dict]] = {"chartroom": []}
    # A smoke test asks no registry.
    if not given.smoke or (GRAPHILE.parent / "node_modules").exists():
        ways = {"graphile-worker": [], "its batches": [], **ways}
    with postgres.server(given.url, given.folder) as url:
        for _ in range(rounds):
            for way, results in ways.items():
                with postgres.database(url, "chartroom_bench") as own:
                    if way == "chartroom":
                        results.append(postgres.figures(given.program, "jobs", own, str(count)))
                    else:
                        mode = "batched" if way == "its batches" else "default"
                        results.append(postgres.figures("node", str(GRAPHILE), own, str(count), mode))
    print(f"jobs on PostgreSQL: {count:,} of them, medians of {rounds} rounds, in turn\n")
    print(f"{'':16}" + "".join(f"{title:>16}" for title in COLUMNS.values()) + f"{'ratio':>8}")
    rival = postgres.median(ways.get("its batches", ways["chartroom"]), "run_per_second")
    for way, results in ways.items():
        print(f"{way:16}" + "".join(f"{postgres.median(results, key):16,.0f}" for key in COLUMNS)
              + f"{postgres.median(results, 'run_per_second') / rival:8.2f}")


if __name__ == "__main__":
    sys.exit(main())
