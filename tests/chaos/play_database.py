"""Scenarios: other users of the database, and its disk."""
import contextlib
import os
import pathlib
import subprocess
import tempfile
import threading
import time

import psycopg2

from house import House, wait_for
from scenario import Play, Skipped, scenario

_never = threading.Event()


@scenario("pool-exhaustion", "all connections that the server allows are taken by somebody else while the nodes have none, for "
          "seconds; then they are given back",
          "a node without a database says 503 and lives; work waits and goes on", settings=("max_connections=40",))
def pool_exhaustion(house: House, play: Play) -> None:
    nodes = [house.node(), house.node()]
    application = house.application()
    count = house.pick(150, 600)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 5)
    took = 0
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        house.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'node%'")
        with contextlib.suppress(psycopg2.OperationalError):
            while True:
                house.stranger()
                took += 1
        if house.number("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'node%'") == 0:
            break
    began = time.monotonic()
    play.promise(wait_for(lambda: all(node.ready_status() == 503 for node in nodes), 30),
                 "/readyz does not say 503 without a connection")
    _never.wait(house.pick(4, 15))
    held = time.monotonic() - began
    for session in house.strangers:
        session.close()
    began = time.monotonic()
    play.promise(wait_for(lambda: all(node.is_ready() for node in nodes), 30), "a node is not ready within 30 s")
    play.saw(f"{took} connections taken for {held:.0f} s; nodes ready again after {time.monotonic() - began:.1f} s")
    play.promise(all(node.is_alive() for node in nodes), "a node ended without connections")
    load.wait()


@scenario("idle-in-transaction", "somebody's transaction locks the rows of ten running orders, and the jobs of ten others, and "
          "does nothing more",
          "whoever is not locked goes on; who is, goes on when the lock is gone")
def idle_in_transaction(house: House, play: Play) -> None:
    house.node()
    house.node()
    application = house.application()
    count = house.pick(150, 600)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 10)
    session = house.stranger()
    with session.cursor() as cursor:
        cursor.execute("SELECT id FROM orders WHERE core::json->>'state' NOT IN ('completed', 'cancelled') "
                       "ORDER BY sequence LIMIT 10 FOR UPDATE SKIP LOCKED")
        locked = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT order_id FROM jobs WHERE state < 3 AND kind <> 'purge' AND order_id <> ALL(%s) "
                       "ORDER BY sequence LIMIT 10 FOR UPDATE SKIP LOCKED", (locked,))
        locked += {row[0] for row in cursor.fetchall()}
    before = house.final()
    began = time.monotonic()
    load.wait()
    # All that is not locked can come to its end meanwhile.
    free = count - len(locked)
    done = wait_for(lambda: house.final() >= free, 60)
    play.promise(done, f"of {free} orders that were not locked {free - house.final()} had to wait for the lock")
    play.saw(f"{len(locked)} orders locked; {house.final() - before} others ended in the {time.monotonic() - began:.0f} s of it")
    session.rollback()


@scenario("long-reader", "somebody's REPEATABLE READ transaction stays open from the first order to the last, so that no dead row "
          "can be removed, while the queue churns",
          "claims do not slow down with the dead rows of a queue that cannot be cleaned")
def long_reader(house: House, play: Play) -> None:
    house.node()
    house.node()
    application = house.application()
    session = house.stranger()
    session.set_session(isolation_level="REPEATABLE READ")
    with session.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs")
    count = house.pick(400, 2000)
    parts = []
    for part in range(4):
        began = time.monotonic()
        house.place(house.orders(application, count // 4, f"p{part}-")).wait()
        play.promise(house.wait_final((part + 1) * (count // 4), 60 + count * 0.1), "orders do not come to their end")
        parts.append(count / 4 / (time.monotonic() - began))
    dead = house.number("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'jobs'")
    play.saw(f"orders/s by quarter: {', '.join(f'{part:.0f}' for part in parts)}; {dead} dead rows in jobs at the end")
    session.rollback()


@contextlib.contextmanager
def small_disk():
    """A file system of 400 MB in memory. Only root may make one."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="chartroom-disk-"))
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "chaos", str(folder)], capture_output=True,
        check=False).returncode == 0
    try:
        if not mounted:
            raise Skipped("needs root, and a kernel that lets it mount a small file system")
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()


@scenario("disk-full", "the server's disk (a small one) is filled by somebody else under load, stays full for seconds, and gets "
          "space again; the server is started again if it gave up",
          "what does not fit is refused, not half stored; nothing acknowledged is lost", make_place=small_disk,
          settings=("max_wal_size=64MB", "min_wal_size=32MB", "wal_recycle=off"))
def disk_full(house: House, play: Play) -> None:
    nodes = [house.node(), house.node()]
    application = house.application()
    count = house.pick(150, 500)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 5)
    filler = house.server.folder.parent / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    began = time.monotonic()
    more = house.orders(application, house.pick(150, 500), "full")
    second = house.place(more)
    noticed = wait_for(lambda: sum(one.refused + one.broken for one in house.book) > 0, 30)
    _never.wait(house.pick(4, 15))
    filler.unlink()
    full_s = time.monotonic() - began
    server = house.server
    died = server.process is not None and server.process.poll() is not None
    if died:
        server.start()
    play.promise(wait_for(lambda: all(node.is_ready() for node in nodes), 60), "a node is not ready within 60 s")
    play.promise(all(node.is_alive() for node in nodes), "a node ended on a full disk")
    load.wait()
    second.wait()
    refused = sum(one.refused for one in house.book)
    play.saw(f"full for {full_s:.0f} s, {refused} calls refused{'' if noticed else ' (it fitted all the same)'}"
             f"{'; the server gave up and was started again' if died else ''}")
