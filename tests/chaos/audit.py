"""What must hold when all is over, whatever was killed: read from the ledger, the tables, and the books of the
customers and the receiver."""
import collections
import json
from dataclasses import dataclass, field

from house import OPEN, UNFINISHED, House

LIMIT_S = 10.0  # within which a dead worker's work runs again
STEPS = "('claim', 'done', 'dead', 'retry', 'expired', 'released')"
LEASE_S = 7     # src/worker/worker.hpp
EXPECTED = [(False, "In Progress"), (True, "in progress"), (False, "Completed"), (True, "completed")]
EVENTS_OF_AN_ORDER = len(EXPECTED)

# Each gives the number of things that are wrong, in words for a reader of the report.
LOST = {
    "orders still open": f"SELECT count(*) FROM orders WHERE {OPEN}",
    "jobs not finished": f"SELECT count(*) FROM jobs WHERE {UNFINISHED}",
    "jobs given up": "SELECT count(*) FROM jobs WHERE state = 4",
    "orders without all of their events": "SELECT count(*) FROM orders o WHERE (SELECT count(*) FROM events e WHERE "
        f"e.client_id = o.client_id AND e.order_id = o.id) < {EVENTS_OF_AN_ORDER}",
    # What the ledger has was committed; a restart or failover that lost it lost the row, too.
    "rows that the ledger knows and the tables do not":
        "SELECT count(*) FROM chaos.ledger l WHERE what = 'order' AND version = 1 "
        "AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.client_id = l.client_id AND o.id = l.id)",
}
DOUBLES = {
    "jobs that ended twice": "SELECT count(*) FROM (SELECT client_id, id FROM chaos.ledger WHERE what IN "
        "('done', 'dead', 'dropped') GROUP BY 1, 2 HAVING count(*) > 1) t",
    "jobs whose end was not that of the last claim":
        "SELECT count(*) FROM (SELECT what, lease, lag(what) OVER w AS before, lag(lease) OVER w AS held "
        f"FROM chaos.ledger WHERE what IN {STEPS} "
        "WINDOW w AS (PARTITION BY client_id, id ORDER BY sequence)) t "
        "WHERE (what <> 'claim' AND (before IS DISTINCT FROM 'claim' OR held IS DISTINCT FROM lease)) "
        "OR (what = 'claim' AND before = 'claim')",
    "leases taken away from their holder":
        "SELECT count(*) FROM (SELECT what, at, until_ms, node, lag(node) OVER w AS holder FROM chaos.ledger "
        f"WHERE what IN {STEPS} OR what = 'stolen' WINDOW w AS (PARTITION BY client_id, id ORDER BY sequence)) t "
        "WHERE what = 'stolen' OR (what = 'released' AND node <> holder) "
        "OR (what = 'expired' AND until_ms > extract(epoch FROM at) * 1000)",
    "jobs of one lane at the same time":
        "SELECT count(*) FROM (SELECT client_id, lane FROM jobs WHERE lane <> '' AND state IN (0, 1) "
        "GROUP BY 1, 2 HAVING count(*) > 1) t",
    "versions of an order that are missing or there twice":
        "SELECT count(*) FROM (SELECT version, row_number() OVER (PARTITION BY client_id, id ORDER BY sequence) AS n "
        "FROM chaos.ledger WHERE what = 'order') t WHERE version <> n",
    "orders that ended twice or changed after their end":
        "SELECT count(*) FROM (SELECT word, lag(word) OVER (PARTITION BY client_id, id ORDER BY sequence) AS before "
        "FROM chaos.ledger WHERE what = 'order') t WHERE before IN ('completed', 'cancelled')",
    "orders with more events than they have": "SELECT count(*) FROM (SELECT client_id, word FROM chaos.ledger "
        f"WHERE what = 'event' GROUP BY 1, 2 HAVING count(*) > {EVENTS_OF_AN_ORDER}) t",
    "records stored twice": "SELECT count(*) FROM (SELECT client_id, order_id, sha256, label FROM records "
        "GROUP BY 1, 2, 3, 4 HAVING count(*) > 1) t",
    "reports built twice": "SELECT count(*) FROM (SELECT client_id, order_id, name, file_extension FROM reports "
        "GROUP BY 1, 2, 3, 4 HAVING count(*) > 1) t",
    "users or orders made twice": "SELECT count(*) FROM (SELECT client_id, client_user_id FROM orders "
        "GROUP BY 1, 2 HAVING count(*) > 1) t",
}

# Work that was taken from a holder who was heard of no more, and how long after the holder's kill, or else its last sign
# of life (a lease begins with one), somebody claimed it again.
RERUN = f"""
WITH kills AS (SELECT e->>0 AS node, to_timestamp((e->>1)::float8) AS at FROM json_array_elements(%s::json) e),
steps AS (SELECT what, node, at, until_ms, lag(node) OVER w AS holder, lag(what) OVER w AS before, lag(at) OVER w AS began,
                 lead(what) OVER w AS next_what, lead(at) OVER w AS next_at
          FROM chaos.ledger WHERE what IN {STEPS}
          WINDOW w AS (PARTITION BY client_id, id ORDER BY sequence))
SELECT extract(epoch FROM s.next_at - greatest(s.began, to_timestamp(s.until_ms / 1000.0 - {LEASE_S}),
         (SELECT max(k.at) FROM kills k WHERE k.node = s.holder AND k.at < s.at)))::float8
FROM steps s WHERE s.what = 'expired' AND s.before = 'claim' AND s.next_what = 'claim'
"""


@dataclass
class Verdict:
    placed: int = 0
    acknowledged: int = 0
    recovered: int = 0  # of the acknowledged: final, all four notifications accepted
    lost: int = 0
    doubles: int = 0
    deliveries: int = 0
    repeated: int = 0  # deliveries that were not the first of their notification: allowed, equal body
    refused: int = 0
    broken: int = 0
    reruns: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recovery(self) -> float:
        return 100.0 * self.recovered / self.acknowledged if self.acknowledged else 0.0

    def rerun(self, share: float) -> float | None:
        if not self.reruns:
            return None
        ordered = sorted(self.reruns)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def reruns_within_limit(self) -> float:
        return 100.0 * sum(one <= LIMIT_S for one in self.reruns) / len(self.reruns) if self.reruns else 100.0


def _add(verdict: Verdict, kind: str, what: str, count: int) -> None:
    if count:
        verdict.wrong.append(f"{count} {what}")
        if kind == "lost":
            verdict.lost += count
        else:
            verdict.doubles += count


def _audit_database(house: House, verdict: Verdict) -> None:
    for kind, checks in (("lost", LOST), ("double", DOUBLES)):
        for what, statement in checks.items():
            _add(verdict, kind, what, house.number(statement))
    for (seconds,) in house.sql(RERUN, json.dumps(house.kills)):
        verdict.reruns.append(seconds)


def _audit_book(house: House, verdict: Verdict) -> dict[tuple[str, str], bool]:
    """The customers' book against the database; whether each acknowledged order is final there."""
    known = {(client, user): (human, final) for client, user, human, final in house.sql(
        f"SELECT client_id, client_user_id, human_id, NOT ({OPEN}) FROM orders")}
    acknowledged = {}
    missing = other = versions = refused = 0
    for placed in house.book:
        verdict.refused += placed.refused
        verdict.broken += placed.broken
        refused += bool(placed.wrong)
        if not placed.answers:
            continue
        versions += len(placed.answers) > 1
        found = known.get((placed.client_id, placed.client_user_id))
        if found is None:
            missing += 1
        else:
            other += json.loads(next(iter(placed.answers)))["humanId"] != found[0]
        acknowledged[placed.client_id, placed.client_user_id] = found is not None and found[1]
    verdict.placed = len(house.book)
    verdict.acknowledged = len(acknowledged)
    _add(verdict, "lost", "acknowledged orders that are not there", missing)
    _add(verdict, "lost", "orders that were refused for good: "
         + ", ".join(sorted({p.wrong for p in house.book if p.wrong})), refused)
    _add(verdict, "double", "answers that name another applicant than is stored", other)
    _add(verdict, "double", "Idempotency-Keys with two different answers", versions)
    return acknowledged


def _audit_receiver(house: House, verdict: Verdict, acknowledged: dict[tuple[str, str], bool]) -> None:
    entries, forged = house.receiver.entries()
    hooks = {application.hook: application.client_id for application in house.applications}
    logged = {(client, event): number for client, event, number in house.sql(
        "SELECT client_id, id, sequence FROM events")}
    by_order = collections.defaultdict(list)
    told = set()
    two_bodies = unknown = 0
    for (hook, webhook_id), entry in entries.items():
        client = hooks[hook]
        verdict.deliveries += entry.came
        verdict.repeated += max(0, entry.accepted - 1)
        two_bodies += len(entry.bodies) > 1
        unknown += (client, webhook_id) not in logged
        if entry.accepted:
            told.add((client, webhook_id))
            by_order[client, entry.client_user_id].append((entry.accepted_number, entry,
                                                           logged.get((client, webhook_id), 0)))
    _add(verdict, "lost", "notifications never accepted", len(logged.keys() - told))
    _add(verdict, "double", "notifications with two bodies", two_bodies)
    _add(verdict, "double", "notifications that no event of the log stands for", unknown)
    _add(verdict, "double", "notifications with a signature that is not ours", forged)
    disordered = 0
    for key, arrived in by_order.items():
        arrived.sort(key=lambda one: one[0])
        first = [(entry.is_summary, entry.status) for _, entry, _ in arrived]
        logged_order = [sequence for _, _, sequence in arrived]
        if first == EXPECTED and acknowledged.get(key):
            verdict.recovered += 1
        disordered += first != EXPECTED or logged_order != sorted(logged_order)
    _add(verdict, "double", "orders told in another order, more or less than once", disordered)


def audit(house: House) -> Verdict:
    verdict = Verdict()
    _audit_database(house, verdict)
    acknowledged = _audit_book(house, verdict)
    _audit_receiver(house, verdict, acknowledged)
    return verdict
