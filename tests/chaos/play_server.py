"""Scenarios: the PostgreSQL server goes, comes back, or hands over."""
import signal
import threading
import time

from house import House, wait_for
from scenario import Play, scenario

_never = threading.Event()


def _restarts(house: House, play: Play, how: signal.Signals) -> None:
    nodes = [house.node(), house.node()]
    application = house.application()
    count = house.pick(150, 600)
    load = house.place(house.orders(application, count))
    away = []
    for _ in range(house.pick(3, 10)):
        house.wait_final(house.final() + count // 20, 10)
        began = time.monotonic()
        house.server.halt(how)
        seen = [node.ready_status() for node in nodes]
        play.promise(all(status == 503 for status in seen), f"/readyz without a database: {seen}, not 503")
        house.server.start()
        play.promise(wait_for(lambda: all(node.is_ready() for node in nodes), 30),
                     "a node does not become ready within 30 s of the server's return")
        away.append(time.monotonic() - began)
    play.promise(all(node.is_alive() for node in nodes), "a node ended when its database went")
    load.wait()
    play.saw(f"{len(away)} restarts, all nodes ready again after {max(away):.1f} s at most")


@scenario("restart-fast", "PostgreSQL is stopped in fast mode and started, several times under load",
          "nodes outlive their database's restart, say so meanwhile (503) and go on by themselves")
def restart_fast(house: House, play: Play) -> None:
    _restarts(house, play, signal.SIGINT)


@scenario("restart-immediate", "PostgreSQL is stopped in immediate mode, as a crash is, and recovers, several times under load",
          "what was acknowledged was on disk", in_ci=True)
def restart_immediate(house: House, play: Play) -> None:
    _restarts(house, play, signal.SIGQUIT)


@scenario("terminate-storm", "pg_terminate_backend for a random half of the nodes' connections, many times a second",
          "a lost connection is replaced, and what it was doing is done again or found done", in_ci=True)
def terminate_storm(house: House, play: Play) -> None:
    house.node()
    house.node()
    application = house.application()
    count = house.pick(200, 800)
    load = house.place(house.orders(application, count))
    ended = 0
    storm_ends = time.monotonic() + house.pick(6, 40)
    while time.monotonic() < storm_ends:
        ended += house.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                              "WHERE application_name LIKE 'node%%' AND random() < %s", 0.5)
        _never.wait(house.chance.uniform(0.1, 0.4))
    load.wait()
    play.saw(f"{ended} connections ended")


@scenario("failover", "two PostgreSQL servers with synchronous streaming replication; the leader is killed (SIGKILL), the "
          "standby is promoted; nodes know both by a URL with two hosts",
          "nothing acknowledged is lost with the leader, and nodes find the new one by themselves",
          settings=("wal_level=replica", "max_wal_senders=5"))
def failover(house: House, play: Play) -> None:
    leader = house.server
    standby = leader.standby()
    standby.start()
    # Of the leader alone: it was copied before.
    house.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    house.sql("SELECT pg_reload_conf()")
    if not wait_for(lambda: house.number("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1, 30):
        raise RuntimeError("the standby does not follow")
    both = (f"postgres://chartroom@127.0.0.1:{leader.port},127.0.0.1:{standby.port}/chaos"
            "?target_session_attrs=read-write")
    nodes = [house.node(database=both), house.node(database=both)]
    application = house.application()
    count = house.pick(200, 800)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 5)
    leader.kill()
    began = time.monotonic()
    house.servers.append(standby)
    _never.wait(1.0)  # somebody has to notice
    standby.promote()
    promoted = time.monotonic() - began
    play.promise(wait_for(lambda: all(node.is_ready() for node in nodes), 60), "a node does not find the new leader in 60 s")
    play.saw(f"promoted {promoted:.1f} s after the kill, all nodes ready {time.monotonic() - began:.1f} s after it")
    load.wait()
