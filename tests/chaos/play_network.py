"""Scenarios: the network between a node and its database or a receiver."""
import threading
import time

from house import House, wait_for
from proxy import Proxy
from scenario import Play, scenario

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
