"""Shows that the audit finds what it is there for: each bug is planted in what a quiet house left behind.

usage: sabotage.py    (part of scripts/chaos: a run begins with it)
"""
import pathlib

from audit import audit
from house import House

# Done by the database's superuser after everything has come to its end. Each must make the audit speak of it.
PLANTED = {
    "a lost order": ("orders that are not there",
                     "DELETE FROM orders WHERE sequence = (SELECT min(sequence) FROM orders)"),
    "a lost notification": ("without all of their events",
                            "DELETE FROM events WHERE sequence = (SELECT max(sequence) FROM events)"),
    "a notification that nobody got": ("never accepted",
        "INSERT INTO events (client_id, id, order_id, kind, created_at_ms, body_sealed) SELECT client_id, 'planted', "
        "order_id, kind, created_at_ms, body_sealed FROM events ORDER BY sequence LIMIT 1"),
    "a job that is done again": ("jobs that ended twice",
        "UPDATE jobs SET state = 1 WHERE sequence = (SELECT min(sequence) FROM jobs WHERE state = 3); "
        "UPDATE jobs SET state = 3 WHERE state = 1"),
    "a job claimed from under its holder": ("taken away from their holder",
        "UPDATE jobs SET state = 1, lease = 'a', lease_until_ms = 99999999999999 WHERE sequence = (SELECT min(sequence) "
        "FROM jobs WHERE state = 3); UPDATE jobs SET lease = 'b' WHERE state = 1; UPDATE jobs SET state = 3 WHERE state = 1"),
    "a lease that somebody else ended": ("taken away from their holder",
        "UPDATE jobs SET state = 1, lease = 'a', lease_until_ms = 99999999999999 WHERE sequence = (SELECT min(sequence) "
        "FROM jobs WHERE state = 3); SET application_name = 'somebody'; UPDATE jobs SET state = 0, lease = '' "
        "WHERE state = 1; UPDATE jobs SET state = 3 WHERE state = 0; SET application_name = 'harness'"),
    "a forgotten job": ("jobs not finished",
                        "UPDATE jobs SET state = 0 WHERE sequence = (SELECT min(sequence) FROM jobs WHERE state = 3)"),
    "a dead letter": ("jobs given up",
                      "UPDATE jobs SET state = 4 WHERE sequence = (SELECT min(sequence) FROM jobs WHERE state = 3)"),
    "an order that changes after its end": ("changed after their end",
        "UPDATE orders SET version = version + 1 WHERE sequence = (SELECT max(sequence) FROM orders)"),
    "a record stored twice": ("records stored twice",
        "INSERT INTO records (client_id, id, order_id, channel, provider_id, provider_name, media_type, label, sha256, "
        "verdict, decision, supporting, retrieved_at_ms) SELECT client_id, 'planted', order_id, channel, provider_id, "
        "provider_name, media_type, label, sha256, verdict, decision, supporting, retrieved_at_ms FROM records LIMIT 1"),
    "an open order": ("orders still open",
        "UPDATE orders SET core = replace(core, '\"state\":\"completed\"', '\"state\":\"pended\"') "
        "WHERE sequence = (SELECT max(sequence) FROM orders)"),
}


def check_audit(binary: pathlib.Path, seed: int) -> list[str]:
    """What the audit does not find, or finds where nothing is."""
    house = House(binary, seed, "small")
    try:
        house.node()
        application = house.application()
        house.place(house.orders(application, 6)).wait()
        house.settle(60)
        house.wait_final(6, 30)
        blind = [f"in a quiet house: {wrong}" for wrong in audit(house).wrong]
        house.nodes[0].stop()
        for name, (words, statement) in PLANTED.items():
            # One transaction that is undone: the audit reads on the same connection.
            house.sql("BEGIN")
            house.sql(statement)
            found = audit(house).wrong
            house.sql("ROLLBACK")
            if not any(words in one for one in found):
                blind.append(f"{name}: not found among {found}")
        return blind
    finally:
        house.close()
