"""Scenarios: nodes die."""
import threading
import time

from house import House, wait_for
from scenario import Play, scenario

_never = threading.Event()


def kill_and_restart(house: House, nodes: list, pause_s: tuple[float, float]) -> None:
    """One of them, after a while; it comes back at once."""
    _never.wait(house.chance.uniform(*pause_s))
    node = house.chance.choice(nodes)
    node.kill()
    node.start(wait=False)


@scenario("worker-kill", "one node takes orders, two work; one worker is killed (SIGKILL) with work in its hands and stays dead",
          "the other worker takes over what the dead one held", in_ci=True)
def worker_kill(house: House, play: Play) -> None:
    house.node("api")
    victim = house.node("worker")
    house.node("worker")
    application = house.application()
    count = house.pick(150, 600)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 5)
    wait_for(lambda: house.number("SELECT count(*) FROM jobs WHERE state = 1 AND lease IN (SELECT lease FROM chaos.ledger "
                                  "WHERE what = 'claim' AND node = %s)", victim.name) > 0, 30, 0.01)
    victim.kill()
    load.wait()


@scenario("worker-kills", "one node takes orders, two work; again and again one of the workers is killed and started anew",
          "no number of deaths wears work out: a job that dies with its worker is not a failed try")
def worker_kills(house: House, play: Play) -> None:
    house.node("api")
    workers = [house.node("worker"), house.node("worker")]
    application = house.application()
    count = house.pick(150, 600)
    load = house.place(house.orders(application, count))
    kills = house.pick(8, 40)
    for _ in range(kills):
        kill_and_restart(house, workers, (0.3, 1.5))
    load.wait()
    play.saw(f"{kills} kills")


@scenario("three-nodes", "three nodes, both roles; all orders are taken before the first is worked on, then all are worked on; "
          "a node at random is killed and started anew, throughout",
          "the whole promise: any node may die at any time, while taking orders and while working on them")
def three_nodes(house: House, play: Play) -> None:
    nodes = [house.node("api") for _ in range(3)]
    application = house.application()
    count = house.pick(300, 20_000)
    load = house.place(house.orders(application, count, records_every=house.pick(120, 500)), threads=12, limit_s=1200)
    pause_s = (1.0, 3.0) if house.scale == "small" else (5.0, 12.0)
    while load.is_running():
        kill_and_restart(house, nodes, pause_s)
    load.wait()
    in_flight = house.number("SELECT count(*) FROM orders WHERE core::json->>'state' NOT IN ('completed', 'cancelled')")
    play.saw(f"{in_flight} orders in flight at once")
    for node in nodes:
        node.kill()
        node.roles = "api,worker"
        node.start()
    began = time.monotonic()
    limit = began + 60 + count * 0.08
    while house.final() < count and time.monotonic() < limit:
        kill_and_restart(house, nodes, pause_s)
    drained = time.monotonic() - began
    play.saw(f"{len(house.kills)} kills, drained in {drained:.0f} s")
    play.settle_limit_s = 120


@scenario("paused-node", "one of two nodes stands still (SIGSTOP) for longer than its leases last, then goes on as if nothing "
          "had been",
          "a worker that comes back from the dead cannot end work that is somebody else's by now")
def paused_node(house: House, play: Play) -> None:
    sleeper = house.node()
    house.node()
    application = house.application()
    count = house.pick(120, 500)
    load = house.place(house.orders(application, count))
    for _ in range(house.pick(1, 3)):
        house.wait_final(house.final() + count // 10, 20)
        sleeper.pause()
        _never.wait(15)
        sleeper.go_on()
        _never.wait(1)
    load.wait()
