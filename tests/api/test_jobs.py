"""`chartroom jobs`: the queue of work as an operator sees it, and what to do about dead letters."""
import json
import subprocess

import pytest

from support.mailbox import Mailbox
from support.orders import new_order
from support.receiver import Receiver
from support.waiting import wait_until

FAILED = 1
USED_WRONGLY = 2


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory):
    made = Mailbox(tmp_path_factory.mktemp("mailbox"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(make_server, mailbox):
    return make_server("--config", mailbox.config())


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def jobs(customer, command: str, *arguments) -> subprocess.CompletedProcess:
    return customer.server.tool.run("jobs", command, "--data", customer.server.data, "--app", customer.client_id,
                                    *arguments)


def lines(done: subprocess.CompletedProcess) -> list[dict]:
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def actions(customer, order_id: str) -> list[tuple[str, str, str]]:
    answer = customer.get(f"/api/v1/orders/{order_id}/timeline")
    assert answer.status_code == 200
    return [(entry["actor"], entry["action"], entry.get("subject", "")) for entry in answer.json()["entries"]]


def refused_invitation(customer, mailbox) -> tuple[dict, dict]:
    """An order whose invitation the mail server refuses for good: the order, and the dead letter."""
    order = new_order(orderType="healthcheck", attachments=None, clientUserEmail=None)
    order["clientUserEmail"] = f"{order['clientUserId']}@example.com"
    mailbox.answer_next("554 No")
    customer.place(order)
    mailbox.wait_for(1, order["clientUserEmail"])
    return order, wait_until(lambda: lines(jobs(customer, "list", "--state", "dead")), "the mail is given up")[0]


def test_a_dead_letter_is_seen_and_redriven(customer, mailbox):
    order, dead = refused_invitation(customer, mailbox)
    assert dead["kind"] == "mail" and dead["state"] == "dead" and dead["attempts"] == 1 and dead["error"]
    shown = lines(jobs(customer, "show", dead["id"]))[0]
    assert shown["order_id"] == dead["order_id"] and shown["payload"]
    assert lines(jobs(customer, "list", "--state", "dead", "--kind", "ship")) == []
    assert lines(jobs(customer, "list", "--state", "dead", "--order", dead["order_id"])) == [dead]
    assert order["clientUserEmail"] not in json.dumps(shown) and "Doe" not in json.dumps(shown)

    assert lines(jobs(customer, "redrive", dead["id"])) == [
        {"redriven": dead["id"], "kind": "mail", "order_id": dead["order_id"]}]
    mails = mailbox.wait_for(2, order["clientUserEmail"])
    assert [mail.reply[:3] for mail in mails] == ["554", "250"]
    assert mails[0].message_id == mails[1].message_id, "the same mail"
    assert ("operator", "job.redriven", dead["id"]) in actions(customer, dead["order_id"])
    wait_until(lambda: lines(jobs(customer, "show", dead["id"]))[0]["state"] == "done", "the mail is done")
    again = jobs(customer, "redrive", dead["id"])
    assert again.returncode == FAILED and "it is done" in again.stderr


def test_many_are_only_named_without_yes(customer, mailbox):
    order, dead = refused_invitation(customer, mailbox)
    dry = jobs(customer, "redrive", "--kind", "mail")
    assert lines(dry) == [{"id": dead["id"], "kind": "mail", "order_id": dead["order_id"]},
                          {"would_redrive": 1, "skipped": 0}]
    assert "--yes" in dry.stderr
    assert lines(jobs(customer, "list", "--state", "dead")) == [dead]
    assert lines(jobs(customer, "redrive", "--kind", "ship", "--yes")) == [{"redriven": 0, "skipped": 0}]
    assert lines(jobs(customer, "redrive", "--all", "--yes"))[-1] == {"redriven": 1, "skipped": 0}
    assert [mail.reply[:3] for mail in mailbox.wait_for(2, order["clientUserEmail"])] == ["554", "250"]
    assert lines(jobs(customer, "list", "--state", "dead")) == []


def test_a_dead_letter_is_discarded(customer, mailbox):
    order, dead = refused_invitation(customer, mailbox)
    done = jobs(customer, "discard", dead["id"], "--reason", "Jane Doe has died")
    assert done.returncode == USED_WRONGLY and "--reason" in done.stderr
    assert lines(jobs(customer, "discard", dead["id"], "--reason", "case-17"))[0]["discarded"] == dead["id"]
    assert lines(jobs(customer, "list", "--state", "dead")) == []
    shown = lines(jobs(customer, "show", dead["id"]))[0]
    assert shown["state"] == "done" and shown["error"].endswith("; discarded: case-17")
    assert ("operator", "job.discarded", f"{dead['id']} (case-17)") in actions(customer, dead["order_id"])
    assert len(mailbox.mails(order["clientUserEmail"])) == 1


def test_a_running_order_shows_in_list_and_stats(customer):
    order = new_order(orderType="aps-only", clientUserEmail=None, attachments=None)
    customer.place(order)
    timers = wait_until(lambda: lines(jobs(customer, "list", "--kind", "order.command", "--state", "waiting")),
                        "timers wait")
    stats = {(one["kind"], one["state"]): one for one in lines(jobs(customer, "stats"))}
    assert stats["order.command", "waiting"]["count"] == len(timers)
    assert stats["order.command", "waiting"]["oldest_due"] == min(one["due_at"] for one in timers)
    refused = jobs(customer, "redrive", timers[0]["id"])
    assert refused.returncode == FAILED and "it is waiting" in refused.stderr
    assert lines(jobs(customer, "list", "--limit", "1")) == lines(jobs(customer, "list"))[:1]


def test_applications_are_kept_apart(customer, server, make_customer, mailbox):
    _, dead = refused_invitation(customer, mailbox)
    other = make_customer(server, listens=False)
    assert lines(jobs(other, "list", "--state", "dead")) == []
    for command in (["show", dead["id"]], ["redrive", dead["id"]], ["discard", dead["id"], "--reason", "x"]):
        assert jobs(other, *command).returncode == USED_WRONGLY
    everybody = server.tool.run("jobs", "list", "--data", server.data, "--state", "dead")
    assert dead in lines(everybody)


@pytest.mark.parametrize("arguments", [
    ["list", "--state", "sleeping"], ["list", "--limit", "0"], ["redrive"], ["redrive", "x", "--all"],
    ["redrive", "no-such-job"], ["show", "no-such-job"], ["discard", "x"],
])
def test_wrong_use(customer, arguments):
    done = jobs(customer, *arguments)
    assert done.returncode == USED_WRONGLY and done.stderr


def suspended(customer) -> bool:
    return not customer.get("/api/v1/webhooks").json()["webhooks"][0]["enabled"]


def test_a_notification_is_not_redriven_to_an_endpoint_that_is_disabled(customer):
    customer.listener.fail_next(410)
    order = new_order("NoRecords", orderType="ehr-only", clientUserEmail=None)
    customer.place(order)
    dead = wait_until(lambda: lines(jobs(customer, "list", "--state", "dead")), "the notification is given up")[0]
    assert dead["kind"] == "deliver"
    refused = jobs(customer, "redrive", dead["id"])
    assert refused.returncode == FAILED and "disabled" in refused.stderr
    many = lines(jobs(customer, "redrive", "--all", "--yes"))
    assert many[-1] == {"redriven": 0, "skipped": 1} and "disabled" in many[0]["skipped"]
    assert "disabled" in lines(jobs(customer, "show", dead["id"]))[0]["cannot_be_redriven"]


def destination(customer, command: str, *flags) -> subprocess.CompletedProcess:
    return customer.server.tool.run("destination", command, "--data", customer.server.data, "--app",
                                    customer.client_id, *flags)


def test_a_destination_with_waiting_reports_is_removed_only_for_sure(customer, receiver, tmp_path):
    receiver.fail_always("form", 500)
    file = tmp_path / "destination.toml"
    file.write_text(f'name = "archive"\ntype = "multipart"\nurl = "{receiver.url("form")}"\n')
    assert destination(customer, "add", "--file", file).returncode == 0
    summary = customer.complete(new_order(orderType="ehr-only", clientUserEmail=None))
    waiting = lines(jobs(customer, "list", "--kind", "ship"))
    assert {one["order_id"] for one in waiting} == {summary["orderId"]}
    refused = destination(customer, "remove", "--name", "archive")
    assert refused.returncode == FAILED and f"{len(waiting)} reports wait" in refused.stderr
    assert lines(destination(customer, "list"))
    assert lines(destination(customer, "remove", "--name", "archive", "--yes")) == [
        {"removed": "archive", "not_shipped": len(waiting)}]


def test_a_shipment_is_redriven(customer, receiver, tmp_path):
    receiver.fail_always("form", 500)
    file = tmp_path / "destination.toml"
    file.write_text(f'name = "archive"\ntype = "multipart"\nreports = ["healthcheck.json"]\n'
                    f'url = "{receiver.url("form")}"\n')
    assert destination(customer, "add", "--file", file).returncode == 0
    customer.complete(new_order(orderType="ehr-only", clientUserEmail=None))
    customer.advance_clock("8d")
    dead = lines(jobs(customer, "list", "--state", "dead", "--kind", "ship"))
    assert len(dead) == 1
    receiver.fail_always("form", None)
    before = len(receiver.received("form"))
    lines(jobs(customer, "redrive", dead[0]["id"]))
    wait_until(lambda: len(receiver.received("form")) > before, "it is shipped")
    assert len({one.headers["idempotency-key"] for one in receiver.received("form")}) == 1, "the same shipment"
    # A dead letter for a destination that was removed would end without a word.
    receiver.fail_always("form", 500)
    lines(destination(customer, "ship", "--name", "archive", "--order", dead[0]["order_id"]))
    customer.advance_clock("8d")
    dead = lines(jobs(customer, "list", "--state", "dead", "--kind", "ship"))
    assert destination(customer, "remove", "--name", "archive").returncode == 0
    refused = jobs(customer, "redrive", dead[0]["id"])
    assert refused.returncode == FAILED and "destination was removed" in refused.stderr
