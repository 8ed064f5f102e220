"""Scenarios: the network between a node and its database or a receiver."""
import contextlib
import os
import shutil
import subprocess
import threading
import time
from typing import Iterator

from house import House, wait_for
from proxy import Proxy
from scenario import Play, Skipped, scenario

_never = threading.Event()


@scenario("half-open-database", "all connections of one of two nodes to the database go silent and stay so, without being closed; "
          "new ones can be made",
          "a node finds out that nobody is there, and the other one has done its work by then")
def half_open_database(house: House, play: Play) -> None:
    proxy = Proxy(house.server.port, house.seed)
    house.proxies.append(proxy)
    cut = house.node(database=house.database(proxy.port))
    house.node()
    application = house.application()
    count = house.pick(120, 500)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 4)
    house.kills.append((cut.name, time.time()))
    proxy.freeze()
    began = time.monotonic()
    back = wait_for(cut.is_ready, 90, 0.2)
    silent = time.monotonic() - began
    play.promise(back, "the node does not come back within 90 s")
    load.wait()
    play.saw(f"{proxy.frozen} connections silent; the node ready again after {silent:.1f} s")


@scenario("half-open-receiver", "all connections to the receiver go silent without being closed, new ones too, for seconds",
          "a delivery that nobody answers ends by its time-out and is tried again")
def half_open_receiver(house: House, play: Play) -> None:
    proxy = Proxy(house.receiver.port, house.seed)
    house.proxies.append(proxy)
    house.node()
    house.node()
    application = house.application(hook_port=proxy.port)
    count = house.pick(80, 300)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 4)
    proxy.freeze(new_ones_too=True)
    load.wait()
    _never.wait(house.pick(8, 20))
    proxy.thaw()
    began = time.monotonic()
    play.promise(house.wait_final(count, 180 + count * 0.05), "notifications do not arrive after the silence")
    play.saw(f"all told {time.monotonic() - began:.0f} s after the silence")


@scenario("lost-commits", "the answer to one COMMIT in ten is lost together with its connection, at both nodes; afterwards every "
          "order is sent once more with its Idempotency-Key",
          "where nobody knows whether it was stored, asking again gives the same order and the same answer", in_ci=True)
def lost_commits(house: House, play: Play) -> None:
    proxies = [Proxy(house.server.port, house.seed + number) for number in range(2)]
    house.proxies += proxies
    for proxy in proxies:
        house.node(database=house.database(proxy.port))
    application = house.application()
    count = house.pick(150, 600)
    orders = house.orders(application, count)
    for proxy in proxies:
        proxy.loses_commits = 0.1
    house.place(orders).wait()
    house.wait_final(count // 2, 300)
    for proxy in proxies:
        proxy.loses_commits = 0.0
    house.place(orders).wait()
    lost = sum(proxy.lost for proxy in proxies)
    play.promise(lost > count // 20, f"only {lost} answers were lost: the scenario did not do what it says")
    play.saw(f"{lost} answers to COMMIT lost")


class Cable:
    """A network of its own for one node (a namespace of Linux), with a cable to ours that can be pulled."""

    def __init__(self) -> None:
        self.name = f"chaos{os.getpid()}"
        self.ours = "10.231.77.1"
        self.theirs = "10.231.77.2"
        self.link = f"chaos{os.getpid()}"[:15]

    def plug(self) -> None:
        for command in (f"ip netns add {self.name}", f"ip link add {self.link} type veth peer name eth0 netns {self.name}",
                        f"ip addr add {self.ours}/30 dev {self.link}", f"ip link set {self.link} up",
                        f"ip -n {self.name} addr add {self.theirs}/30 dev eth0", f"ip -n {self.name} link set eth0 up",
                        f"ip -n {self.name} link set lo up"):
            subprocess.run(command.split(), check=True, capture_output=True)

    def set(self, state: str) -> None:
        subprocess.run(["ip", "link", "set", self.link, state], check=True)

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


@contextlib.contextmanager
def cable() -> Iterator[Cable]:
    made = Cable()
    try:
        if os.geteuid() != 0 or shutil.which("ip") is None:
            raise Skipped("needs root and iproute2, to make a network that can be cut")
        try:
            made.plug()
        except subprocess.CalledProcessError as refused:
            raise Skipped("the kernel does not let us make a network that can be cut") from refused
        yield made
    finally:
        made.remove()


@scenario("cable-pulled", "the network cable of one of two nodes is pulled (a network namespace, its link down) under load, stays "
          "out for half a minute, and is put back",
          "real half-open TCP: nothing is acknowledged and nothing is closed; the server ends the dead node's sessions, the "
          "other node takes over, and the node finds its way back", settings=("listen_addresses=*",), with_cable=cable)
def cable_pulled(house: House, play: Play) -> None:
    wire: Cable = house.cable
    with (house.server.folder / "data/pg_hba.conf").open("a") as access:
        access.write(f"host all all {wire.theirs}/32 trust\n")
    house.sql("SELECT pg_reload_conf()")
    cut = house.node(database=house.database(address=wire.ours), start=False)
    cut.move_to(wire.name, wire.theirs)
    cut.start()
    house.node()
    application = house.application(hook_address=wire.ours)
    count = house.pick(150, 600)
    load = house.place(house.orders(application, count))
    house.wait_final(count // 5)
    house.kills.append((cut.name, time.time()))
    wire.set("down")
    cut.paused = True  # the balancer sees that, too
    began = time.monotonic()

    def sessions() -> int:
        return house.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", cut.name)

    play.promise(wait_for(lambda: sessions() == 0, 60, 0.5), f"the server keeps {sessions()} sessions of a node that is gone")
    ended = time.monotonic() - began
    wire.set("up")
    began = time.monotonic()
    play.promise(wait_for(cut.is_ready, 60, 0.2), "the node does not come back within 60 s")
    play.saw(f"the server ended the node's sessions after {ended:.0f} s; with the cable back it was ready in "
             f"{time.monotonic() - began:.1f} s")
    cut.paused = False
    load.wait()
