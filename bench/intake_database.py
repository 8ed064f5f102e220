"""Durable orders a second on PostgreSQL, beside pgbench: intake_database.py PROGRAM FOLDER [--smoke] [URL]

pgbench writes the same rows in one statement per transaction, over 64 connections. Its script is
made from rows that Chartroom has written: same columns, same sizes, same tables and indexes. What is
long in them stands in its prepared statement as a constant, so that it need not even be sent; ids
are made by the server. It takes no locks and reads no clock of an application, as ours does.
"""
import pathlib
import re
import subprocess
import sys

import postgres

CALLERS = 64
# Ids as Chartroom makes them: by chance, and by time and chance.
RANDOM_ID = "encode(substring(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) for {bytes}), 'hex')"
TIMED_ID = ("(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || "
            "substr(encode(uuid_send(gen_random_uuid()), 'hex'), 13))::uuid::text")
NOW_MS = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


def quoted(text: str) -> str:
    # pgbench takes a colon and a name for a variable, also in quotes.
    return "'" + text.replace("'", "''").replace(":", "'||chr(58)||'") + "'"


def columns(url: str, table: str) -> dict[str, str]:
    """One row, each column as a literal. Columns that the database fills are left out."""
    names = postgres.sql(url, "SELECT attname FROM pg_attribute WHERE attrelid = "
                              f"'{table}'::regclass AND attnum > 0 AND attidentity = ''").split()
    row = {}
    for name in names:
        kind = postgres.sql(url, f"SELECT pg_typeof({name}) FROM {table} LIMIT 1").strip()
        value = postgres.sql(url, f"SELECT {name} FROM {table} LIMIT 1").removesuffix("\n")
        row[name] = f"{quoted(value)}::bytea" if kind == "bytea" else quoted(value) if kind == "text" else value
    return row


def script(url: str) -> str:
    """One statement with all rows of one order."""
    rows = {table: columns(url, table) for table in ("users", "orders", "jobs", "audit")}
    for table, own in (("users", ("human_id", "user_id", "client_user_id")), ("orders", ("human_id", "client_user_id")),
                       ("jobs", ("order_id",)), ("audit", ("order_id",))):
        for name in own:
            rows[table][name] = "ids." + name
    rows["orders"]["id"] = "ids.order_id"
    rows["jobs"]["id"] = "ids.job_id"
    rows["audit"]["subject"] = "ids.human_id"
    for table, times in (("users", ("created_at_ms", "updated_at_ms")), ("jobs", ("due_at_ms",)), ("audit", ("at_ms",))):
        for name in times:
            rows[table][name] = NOW_MS
    ids = (f"SELECT {RANDOM_ID.format(bytes=16)} AS human_id, {RANDOM_ID.format(bytes=12)} AS user_id, "
           f"{TIMED_ID} AS client_user_id, {TIMED_ID} AS order_id, {TIMED_ID} AS job_id")
    inserts = [f"INSERT INTO {table} ({', '.join(row)}) SELECT {', '.join(row.values())} FROM ids"
               for table, row in rows.items()]
    parts = [f"ids AS MATERIALIZED ({ids})"]
    parts += [f"i{number} AS ({insert})" for number, insert in enumerate(inserts[:-1])]
    return f"WITH {', '.join(parts)} {inserts[-1]};\n"


def run_pgbench(url: str, file: pathlib.Path, seconds: float) -> dict:
    for old in file.parent.glob("pgbench_log*"):
        old.unlink()
    subprocess.run([postgres.program("pgbench"), "-n", "-M", "prepared", "-f", str(file), "-c", str(CALLERS), "-j", "2",
                    "-T", str(max(1, round(seconds))), "-l", "--log-prefix", str(file.parent / "pgbench_log"), "-d", url],
                   check=True, capture_output=True, text=True)
    entries = []
    for log in file.parent.glob("pgbench_log*"):
        for line in log.read_text().splitlines():
            fields = line.split()
            entries.append((int(fields[4]) + int(fields[5]) / 1e6, int(fields[2]) / 1000))
    # The first eighth is warm-up, as ours is.
    begin, end = min(entries)[0], max(entries)[0]
    begin += (end - begin) / 9
    latencies = sorted(latency for at, latency in entries if at >= begin)
    return {"per_second": len(latencies) / (end - begin), "p50_ms": latencies[len(latencies) // 2],
            "p99_ms": latencies[len(latencies) * 99 // 100]}


def check(url: str) -> None:
    """Each transaction has left one row in each table."""
    counts = postgres.sql(url, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders), "
                               "(SELECT count(*) FROM jobs), (SELECT count(*) FROM audit)").strip().split("|")
    if len(set(counts)) != 1:
        raise SystemExit(f"the tables have different numbers of rows: {counts}")


def main() -> None:
    parser = postgres.arguments(rounds=5)
    parser.add_argument("--seconds", type=float, default=8)
    given = parser.parse_args()
    rounds, seconds = (1, 1) if given.smoke else (given.rounds, given.seconds)
    ways: dict[str, list[dict]] = {"pgbench": [], "commits": [], "desk": []}
    file = pathlib.Path(given.folder).resolve() / "order.sql"
    with postgres.server(given.url, given.folder) as url:
        for _ in range(rounds):
            for way, results in ways.items():
                with postgres.database(url, "chartroom_bench") as own:
                    if way == "pgbench":
                        postgres.figures(given.program, "job", own)
                        file.write_text(script(own))
                        results.append(run_pgbench(own, file, seconds))
                    else:
                        results.append(postgres.figures(given.program, "intake", own, way, str(CALLERS), str(seconds)))
                    check(own)
    print(f"intake on PostgreSQL: {CALLERS} callers, medians of {rounds} rounds of {seconds:g} s each, in turn\n")
    print(f"{'':10} {'orders/s':>9} {'lowest to highest':>19} {'ratio':>6} {'p50 ms':>8} {'p99 ms':>8}")
    bare = postgres.median(ways["pgbench"], "per_second")
    for way, results in ways.items():
        rate = postgres.median(results, "per_second")
        print(f"{way:10} {rate:9,.0f} {postgres.spread(results, 'per_second'):>19} {rate / bare:6.2f} "
              f"{postgres.median(results, 'p50_ms'):8.1f} {postgres.median(results, 'p99_ms'):8.1f}")


if __name__ == "__main__":
    sys.exit(main())
