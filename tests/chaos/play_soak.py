"""The soak: everything, mixed at random, for as long as one likes."""
import signal
import threading
import time

from house import House, wait_for
from proxy import Proxy
from scenario import Play, scenario

_never = threading.Event()
RATE = 8.0  # orders a second


class Soak:
    """Mishaps, each of which leaves the house as it was."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.chance = house.chance
        self.proxy = Proxy(house.server.port, house.seed)
        house.proxies.append(self.proxy)
        self.nodes = [house.node(), house.node(), house.node(database=house.database(self.proxy.port))]
        self.applications = [house.application("One"), house.application("Two")]

    def kill_node(self) -> None:
        node = self.chance.choice(self.nodes)
        node.kill()
        _never.wait(self.chance.uniform(0, 2))
        node.start(wait=False)

    def pause_node(self) -> None:
        node = self.chance.choice(self.nodes)
        if not node.is_alive():
            return
        node.pause()
        _never.wait(self.chance.uniform(1, 13))
        node.go_on()

    def restart_server(self) -> None:
        self.house.server.halt(self.chance.choice([signal.SIGINT, signal.SIGQUIT]))
        _never.wait(self.chance.uniform(0, 3))
        self.house.server.start()

    def terminate(self) -> None:
        for _ in range(10):
            self.house.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE application_name LIKE 'node%%' AND random() < %s", 0.3)
            _never.wait(0.2)

    def receiver_fails(self) -> None:
        hook = self.chance.choice(self.applications).hook
        self.house.receiver.answer_with(hook, self.chance.choice([500, 503, 429]))
        _never.wait(self.chance.uniform(1, 5))
        self.house.receiver.answer_with(hook, 200)

    def lock_rows(self) -> None:
        session = self.house.stranger()
        with session.cursor() as cursor:
            cursor.execute("SELECT id FROM orders WHERE core::json->>'state' NOT IN ('completed', 'cancelled') LIMIT 5 "
                           "FOR UPDATE SKIP LOCKED")
        _never.wait(self.chance.uniform(1, 6))
        session.rollback()
        session.close()

    def lose_commits(self) -> None:
        self.proxy.loses_commits = 0.2
        _never.wait(self.chance.uniform(1, 5))
        self.proxy.loses_commits = 0.0

    def go_silent(self) -> None:
        self.proxy.freeze(new_ones_too=True)
        _never.wait(self.chance.uniform(1, 8))
        self.proxy.thaw()


@scenario("soak", "three nodes, two applications, orders at a steady rate, and at random: kills, pauses, restarts of the server, "
          "ended connections, failing receivers, locked rows, lost answers, silence (--minutes)",
          "mishaps that meet each other break nothing that one alone does not")
def soak(house: House, play: Play) -> None:
    minutes = house.minutes or house.pick(1, 5)
    mishaps = Soak(house)
    seconds = minutes * 60
    orders = [one for application in mishaps.applications
              for one in house.orders(application, int(RATE * seconds / 2), application.hook.strip("/"))]
    house.chance.shuffle(orders)
    load = house.place(orders, threads=16, rate=RATE, limit_s=seconds + 300)
    kinds = [mishaps.kill_node, mishaps.pause_node, mishaps.restart_server, mishaps.terminate, mishaps.receiver_fails,
             mishaps.lock_rows, mishaps.lose_commits, mishaps.go_silent]
    ends = time.monotonic() + seconds
    met = 0
    while time.monotonic() < ends:
        house.chance.choice(kinds)()
        met += 1
        _never.wait(house.chance.uniform(0.5, 3))
    play.promise(wait_for(lambda: all(node.is_ready() for node in mishaps.nodes), 60), "a node is not ready after the last")
    load.wait()
    # A notification that failed six times waits for a quarter of an hour, of the application's time.
    house.wait_final(len(orders), 90)
    for application in mishaps.applications:
        house.turn_clock(application, "20m")
    play.saw(f"{met} mishaps in {minutes:g} minutes")
    play.settle_limit_s = 240
