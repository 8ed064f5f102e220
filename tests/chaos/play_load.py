"""Scenarios: too much work, all at once, or from one side."""
import threading
import time

from house import House, wait_for
from receiver import HANG
from scenario import Play, percentile, scenario

_never = threading.Event()


@scenario("retry-storm", "the receiver answers 500 to everything until each order's first notification has been tried twice, "
          "then takes all of them at once",
          "retries outlive the receiver's failure, are spread by jitter, and keep each order's notifications in order")
def retry_storm(house: House, play: Play) -> None:
    house.node()
    house.node()
    application = house.application()
    count = house.pick(150, 600)
    house.receiver.answer_with(application.hook, 500)
    house.place(house.orders(application, count)).wait()
    wait_for(lambda: house.receiver.counts()[0] >= 2 * count, 120)
    refused = house.receiver.counts()[0]
    house.receiver.answer_with(application.hook, 200)
    began = time.monotonic()
    play.promise(house.wait_final(count, 120 + count * 0.05), "the retries do not come back")
    play.saw(f"{refused} refusals, all told {time.monotonic() - began:.0f} s after the receiver came back")


@scenario("starvation", "one application has a backlog of hundreds or thousands of orders when another one places ten",
          "a tenant's flood does not make another tenant wait for its end")
def starvation(house: House, play: Play) -> None:
    house.node("api")
    flood, small = house.application("Flood"), house.application("Small")
    count = house.pick(800, 2000)
    house.place(house.orders(flood, count)).wait()
    few = house.orders(small, 10, "s")
    workers = [house.node("worker") for _ in range(2)]
    # Work goes step by step through all orders, so the first one ends when most have nearly ended:
    # the ten come when the flood has begun.
    begun = "SELECT count(*) FROM orders WHERE core::json->>'state' <> 'created'"
    wait_for(lambda: house.number(begun) > 0, 60, 0.05)
    began = time.monotonic()
    house.place(few, threads=2).wait()

    def finals(client_id: str) -> int:
        return house.number("SELECT count(*) FROM orders WHERE client_id = %s AND core::json->>'state' = 'completed'",
                            client_id)

    wait_for(lambda: finals(small.client_id) == len(few), 60 + count * 0.1, 0.05)
    took = time.monotonic() - began
    left = count - finals(flood.client_id)
    play.saw(f"the ten done after {took:.1f} s, {left} of the other's {count} still open then")
    play.promise(left >= count // 4, "the small application had to wait for the flood to end")
    assert workers


@scenario("overload", "orders come at 1.5 times the rate at which two nodes can finish them",
          "the backlog waits in the database and drains; answers stay quick or are a refusal that says when to come again")
def overload(house: House, play: Play) -> None:
    house.node()
    house.node()
    application = house.application()
    probe = house.pick(100, 300)
    began = time.monotonic()
    house.place(house.orders(application, probe)).wait()
    house.wait_final(probe, 300)
    capacity = probe / (time.monotonic() - began)
    seconds = house.pick(10, 40)
    offered = house.orders(application, int(capacity * 1.5 * seconds), "x")
    house.place(offered, threads=32, rate=capacity * 1.5).wait()
    backlog = probe + len(offered) - house.final()
    began = time.monotonic()
    play.promise(house.wait_final(probe + len(offered), 60 + backlog), "the backlog does not drain")
    p99 = percentile([one.last_call_s for one in offered], 0.99)
    play.saw(f"{capacity:.0f} orders/s finished, {capacity * 1.5:.0f}/s offered for {seconds} s; answers p99 "
             f"{p99 * 1000:.0f} ms; backlog {backlog}, drained in {time.monotonic() - began:.0f} s")


@scenario("burst", "all orders at once from 64 connections, then nothing",
          "a burst is taken in or refused with Retry-After, and the queue drains to nothing")
def burst(house: House, play: Play) -> None:
    house.node()
    house.node()
    application = house.application()
    count = house.pick(400, 2000)
    orders = house.orders(application, count)
    load = house.place(orders, threads=64).wait()
    began = time.monotonic()
    play.promise(house.wait_final(count, 120 + count * 0.1), "the burst does not drain")
    p99 = percentile([one.last_call_s for one in orders], 0.99)
    play.saw(f"taken in {load.ended - load.began:.1f} s, answers p99 {p99 * 1000:.0f} ms; drained {time.monotonic() - began:.0f} "
             "s later")


@scenario("hung-receiver", "one application's receiver takes connections and never answers; another application's works",
          "a receiver that hangs costs its own notifications time, and nobody else's orders their end")
def hung_receiver(house: House, play: Play) -> None:
    house.node()
    house.node()
    hangs, works = house.application("Hangs"), house.application("Works")
    count = house.pick(20, 100)
    house.receiver.answer_with(hangs.hook, HANG)
    house.place(house.orders(hangs, count, "h")).wait()
    wait_for(lambda: house.receiver.counts()[0] > 0, 60)
    began = time.monotonic()
    house.place(house.orders(works, count, "w")).wait()
    play.promise(house.wait_final(count, 300), "the other application's notifications wait for the receiver that hangs")
    play.saw(f"the other application's {count} orders told after {time.monotonic() - began:.0f} s")
    house.receiver.answer_with(hangs.hook, 200)
    # What hung is tried again when its time-out is over.
    play.settle_limit_s = 300
