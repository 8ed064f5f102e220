"""Mails over a real SMTP connection: what arrives, when, how often, and what it never holds."""
import itertools
import re

import pytest

from support.customer import files_below
from support.mailbox import REPLY_TO, SENDER, Mailbox
from support.orders import new_order
from support.page import open_page

ORGANIZATION = "Test Life Insurance"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def make_mailbox(tmp_path_factory):
    made: list[Mailbox] = []

    def make(**arguments) -> Mailbox:
        mailbox = Mailbox(tmp_path_factory.mktemp("mailbox"), **arguments)
        made.append(mailbox)
        return mailbox

    yield make
    for mailbox in made:
        mailbox.close()


@pytest.fixture(scope="module")
def mailbox(make_mailbox) -> Mailbox:
    return make_mailbox()


@pytest.fixture(scope="module")
def server(make_server, mailbox):
    """A server that sends its mails to the mailbox."""
    return make_server("--config", mailbox.config())


def portal_order(**changes) -> dict:
    """An order that asks its applicant, who has an address of their own, to connect a portal."""
    return new_order("NoRecords", **{"clientUserEmail": f"applicant.{next(_numbers)}@example.com", **changes})


def place_pended(customer, order: dict) -> dict:
    answer = customer.place(order)
    customer.listener.wait_for_summary(order["clientUserId"], "pended")
    return answer


def decline_portal(link: str) -> None:
    """The applicant opens the link and goes on without a portal."""
    decline = open_page(link).follow("/tasks/").follow("/decline")
    assert decline.submit("/decline").redirected().status == 200


def subscribe(customer, order: dict, email: str, **names) -> None:
    answer = customer.post("/api/v1/subscriptions", {"clientUserId": order["clientUserId"], "subscriberEmail": email,
                                                     "role": "producer", **names})
    assert answer.status_code == 201, answer.status_code


def mails_of_timeline(customer, human_id: str) -> list[tuple[str, str]]:
    """What the order's trail says about mails: action and kind of mail."""
    order_id = customer.get(f"/api/v1/users/{human_id}").json()["orders"][0]["orderId"]
    entries = customer.get(f"/api/v1/orders/{order_id}/timeline").json()["entries"]
    return [(entry["action"], entry["subject"]) for entry in entries if entry["action"].startswith("mail.")]


def test_an_invitation_leads_to_the_task_manager(customer, mailbox):
    order = portal_order()
    place_pended(customer, order)
    mail, = mailbox.wait_for(1, order["clientUserEmail"])
    assert mail.over_tls and mail.accepted
    assert mail.sender == SENDER and mail.recipients == (order["clientUserEmail"],)
    message = mail.message
    writer, = message["From"].addresses
    assert (writer.display_name, writer.addr_spec) == (ORGANIZATION, SENDER)
    assert message["To"] == order["clientUserEmail"] and message["Reply-To"] == REPLY_TO
    assert message["Auto-Submitted"] == "auto-generated" and message["MIME-Version"] == "1.0"
    assert message["Date"].datetime is not None
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all(part.get_content_charset() == "utf-8" for part in message.iter_parts())
    assert mail.subject == f"Your next step for {ORGANIZATION}"
    assert "8 hours" in mail.text and "8 hours" in mail.html
    assert mail.link.replace("&", "&amp;") in mail.html
    page = open_page(mail.link)
    assert page.status == 200 and "Connect your patient portal" in page.text


def test_mails_fetch_nothing_and_name_nobody_in_the_subject(customer, mailbox):
    order = portal_order(firstName="Quillonia")
    place_pended(customer, order)
    mail, = mailbox.wait_for(1, order["clientUserEmail"])
    assert "Quillonia" in mail.text and "Quillonia" not in mail.subject
    assert not re.search(r"<img|<link|<script|src=|url\(|@import", mail.html)
    assert mail.html.count("http") == 1
    for part in (mail.text, mail.html):
        assert "NoRecords" not in part and "1968" not in part and "Hill Street" not in part


def test_three_reminders_and_then_silence(customer, mailbox):
    order = portal_order()
    place_pended(customer, order)
    to = order["clientUserEmail"]
    mailbox.wait_for(1, to)
    for advance, count in (("23h", 1), ("2h", 2), ("46h", 2), ("2h", 3), ("94h", 3), ("4h", 4), ("30d", 4)):
        customer.advance_clock(advance)
        assert len(mailbox.mails(to)) == count
    subjects = [mail.subject.split(":")[0] for mail in mailbox.mails(to)]
    assert subjects == [f"Your next step for {ORGANIZATION}", "Reminder", "Reminder", "Last reminder"]
    assert len({mail.message_id for mail in mailbox.mails(to)}) == 4
    assert len({mail.link for mail in mailbox.mails(to)}) == 4, "every mail brings a fresh link"


def test_no_reminder_after_the_task_is_done(customer, mailbox):
    order = portal_order()
    place_pended(customer, order)
    to = order["clientUserEmail"]
    mailbox.wait_for(1, to)
    customer.advance_clock("25h")
    decline_portal(mailbox.mails(to)[-1].link)
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    customer.advance_clock("20d")
    assert len(mailbox.mails(to)) == 2


def test_nothing_after_an_abort(customer, mailbox):
    order = portal_order()
    place_pended(customer, order)
    mailbox.wait_for(1, order["clientUserEmail"])
    subscribe(customer, order, "left.behind@example.org")
    abort = {"action": "abort", "clientUserId": order["clientUserId"]}
    assert customer.post("/api/v1/users/actions", abort).status_code == 202
    customer.advance_clock("20d")
    assert len(mailbox.mails(order["clientUserEmail"])) == 1
    assert mailbox.mails("left.behind@example.org") == []


def test_subscribers_hear_how_far_the_order_is(customer, mailbox):
    order = portal_order(firstName="Quillonia")
    place_pended(customer, order)
    subscribe(customer, order, "agent@example.org", subscriberFirstName="John")
    decline_portal(mailbox.wait_for(1, order["clientUserEmail"])[0].link)
    mails = mailbox.wait_for(2, "agent@example.org")
    customer.listener.wait_for_summary(order["clientUserId"], "completed")
    customer.advance_clock("1d")
    assert [mail.subject for mail in mails] == ["Order status: In Progress", "Order status: Completed"]
    assert len(mailbox.mails("agent@example.org")) == 2, "nothing about tasks, unless the application wants it"
    for mail in mails:
        assert "Hello John," in mail.text and order["clientUserId"] in mail.text
        for secret in ("Quillonia", "NoRecords", "1968", order["clientUserEmail"], "http"):
            assert secret not in mail.text and secret not in mail.html


def test_the_timeline_tells_of_mails_without_addresses(customer, mailbox):
    order = portal_order()
    human_id = place_pended(customer, order)["humanId"]
    mailbox.wait_for(1, order["clientUserEmail"])
    customer.advance_clock("25h")
    assert mails_of_timeline(customer, human_id) == [("mail.sent", "invitation"), ("mail.sent", "reminder_1")]


def test_other_tasks_have_mails_of_their_own(customer, mailbox):
    missing = portal_order(gender=None)
    place_pended(customer, missing)
    mail, = mailbox.wait_for(1, missing["clientUserEmail"])
    assert mail.subject == f"A few details are missing for {ORGANIZATION}"
    form = new_order("Pended", clientUserEmail="signs@example.com")
    place_pended(customer, form)
    mail, = mailbox.wait_for(1, "signs@example.com")
    assert mail.subject == f"A signature is needed for {ORGANIZATION}"
    assert "Starfleet" not in mail.text, "where somebody was treated does not travel by mail"


@pytest.mark.parametrize("last_name, sentence", [
    ("ExtraFee", "Whoever has the records asks for a fee, which your company can approve or decline."),
    ("Question", "A provider or vendor has a question that your company can answer."),
])
def test_subscribers_hear_of_fees_and_questions(customer, mailbox, last_name, sentence):
    customer.configure("mails_subscribers=tasks")
    order = new_order(last_name, orderType="no-contact", clientUserEmail=f"no.{last_name}@example.com",
                      providers=[{"organizationName": "Hill Street Practice"}])
    customer.place(order)
    to = f"{last_name}@example.org"
    subscribe(customer, order, to)
    customer.advance_clock("8d")
    mail, = mailbox.mails(to)
    assert mail.subject == "A task is open" and sentence in mail.text
    for part in (mail.text, mail.html):
        for secret in ("Hill Street", "Lantern", "moved", "USD", "$", "4500", "45.", last_name):
            assert secret not in part
    customer.advance_clock("10d")
    assert [mail.subject for mail in mailbox.mails(to)] == ["A task is open", "A task has run out of time"]
    assert mailbox.mails(order["clientUserEmail"]) == [], "the applicant is not asked"


def test_no_invitation_where_the_order_says_so(customer, mailbox):
    order = portal_order(autoInvite=False)
    place_pended(customer, order)
    customer.advance_clock("1h")
    assert mailbox.mails(order["clientUserEmail"]) == []


def test_a_masked_address_gets_no_mail(customer, mailbox):
    before = len(mailbox.mails())
    humans = [place_pended(customer, new_order("NoRecords", clientUserEmail=masked))["humanId"]
              for masked in ("[email protected]", "[email\u00a0protected]")]
    customer.advance_clock("2d")
    assert len(mailbox.mails()) == before
    for human_id in humans:
        assert mails_of_timeline(customer, human_id) == [("mail.not_sent", "invitation"),
                                                         ("mail.not_sent", "reminder_1")]


def test_names_cannot_add_a_header(server, make_customer, mailbox):
    customer = make_customer(server, name="Life & <b>Co</b> Zürich =?UTF-8?Q?x?=")
    order = portal_order(firstName="Jane\r\nBcc: thief@example.net\r\n\r\n<script>")
    answer = customer.post("/api/v1/users", order)
    if answer.status_code == 400:  # refused at the door is harmless too
        order = portal_order(firstName="Jane <script>")
        assert customer.post("/api/v1/users", order).status_code == 202
    mail, = mailbox.wait_for(1, order["clientUserEmail"])
    assert mail.recipients == (order["clientUserEmail"],) and mail.message["Bcc"] is None
    assert mail.subject == "Your next step for Life & <b>Co</b> Zürich =?UTF-8?Q?x?="
    assert mail.message["From"].addresses[0].addr_spec == SENDER
    assert "<script" not in mail.html and "<b>" not in mail.html
    assert mailbox.mails("thief@example.net") == []


def test_a_busy_server_is_asked_again(customer, mailbox):
    order = portal_order()
    mailbox.answer_next("451 Try again later", "421 Closing")
    place_pended(customer, order)
    mails = mailbox.wait_for(1, order["clientUserEmail"])
    customer.advance_clock("10m")
    mails = mailbox.mails(order["clientUserEmail"])
    assert [mail.reply[:3] for mail in mails] == ["451", "421", "250"]
    assert len({mail.message_id for mail in mails}) == 1


def test_a_refusal_for_good_blocks_nothing(customer, mailbox):
    order = portal_order()
    mailbox.answer_next("554 No")
    place_pended(customer, order)
    mailbox.wait_for(1, order["clientUserEmail"])
    customer.advance_clock("20h")
    assert [mail.reply[:3] for mail in mailbox.mails(order["clientUserEmail"])] == ["554"]
    customer.advance_clock("6h")
    assert [mail.reply[:3] for mail in mailbox.mails(order["clientUserEmail"])] == ["554", "250"], "the reminder"
    customer.advance_clock("10d")
    customer.listener.wait_for_summary(order["clientUserId"], "completed")


def test_kill_9_repeats_a_mail_under_its_own_id_alone(make_server, make_customer, make_mailbox):
    mailbox = make_mailbox()
    server = make_server("--config", mailbox.config())
    customer = make_customer(server)
    order = portal_order()
    to = order["clientUserEmail"]
    mailbox.before_next_reply(server.kill)  # the mail is there, and nobody can note that it is
    customer.place(order)
    mailbox.wait_for(1, to)
    server.process.wait()
    server.start()
    first, second = mailbox.wait_for(2, to)
    assert first.message_id == second.message_id
    customer.advance_clock("12h")
    server.kill()
    server.start()
    customer.advance_clock("13h")
    assert len({mail.message_id for mail in mailbox.mails(to)}) == 2, "invitation and reminder"
    assert len(mailbox.mails(to)) == 3


def test_nothing_of_a_mail_is_on_the_disk_or_in_the_log(customer, server, mailbox):
    order = portal_order(firstName="Quillonia", clientUserEmail="very.secretive@example.com")
    mailbox.answer_next("451 very.secretive@example.com is away", "554 Quillonia moved")
    place_pended(customer, order)
    mail = mailbox.wait_for(1, "very.secretive@example.com")[0]
    customer.advance_clock("2d")
    secrets = [b"very.secretive", b"quillonia", b"hello", mail.link.split("rq=")[1].encode().lower(),
               mail.subject.encode().lower()]
    for path in [*files_below(server.data), server.log]:
        content = path.read_bytes().lower()
        assert [secret for secret in secrets if secret in content] == [], path.name
    assert b"mail not accepted" in server.log.read_bytes()


def test_a_login_is_used_over_tls(make_server, make_customer, make_mailbox):
    mailbox = make_mailbox(password="correct horse")
    secret = mailbox.folder / "password"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    config = mailbox.config(smtp_user="chartroom", smtp_password_file=secret)
    server = make_server("--config", config)
    order = portal_order()
    make_customer(server).place(order)
    mailbox.wait_for(1, order["clientUserEmail"])
    assert mailbox.logins == [(b"chartroom", b"correct horse")]
    assert b"correct horse" not in server.log.read_bytes()


def test_nothing_is_said_in_the_clear(make_server, make_customer, make_mailbox):
    mailbox = make_mailbox(starttls=False)
    server = make_server("--config", mailbox.config())
    customer = make_customer(server)
    order = portal_order()
    place_pended(customer, order)
    customer.advance_clock("1h")
    assert mailbox.mails() == []
    assert b"tls failure" in server.log.read_bytes()


def test_a_stranger_with_another_certificate_gets_nothing(make_server, make_customer, make_mailbox):
    mailbox, other = make_mailbox(), make_mailbox()
    server = make_server("--config", mailbox.config(smtp_ca_file=other.certificate))
    customer = make_customer(server)
    place_pended(customer, portal_order())
    customer.advance_clock("1h")
    assert mailbox.mails() == []


def test_without_tls_where_it_is_allowed(make_server, make_customer, make_mailbox):
    mailbox = make_mailbox(starttls=False)
    config = mailbox.config()
    config.write_text(config.read_text() + "smtp_require_tls = false\n")
    server = make_server("--config", config)
    order = portal_order()
    make_customer(server).place(order)
    mail, = mailbox.wait_for(1, order["clientUserEmail"])
    assert not mail.over_tls


def test_the_sandbox_writes_to_nobody_outside(tool, tmp_path):
    config = tmp_path / "mail.toml"
    config.write_text('smtp_url = "smtp://mail.example.com:587"\nmail_from = "records@example.com"\n')
    assert tool.run("check-config", "--config", config).returncode == 0
    refused = tool.run("check-config", "--config", config, "--sandbox")
    assert refused.returncode == 2 and "smtp_url" in refused.stderr


def test_a_password_that_others_can_read_is_refused(tool, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    secret.chmod(0o644)
    config = tmp_path / "mail.toml"
    config.write_text('smtp_url = "smtp://localhost"\nmail_from = "records@example.com"\nsmtp_user = "u"\n'
                      f'smtp_password_file = "{secret}"\n')
    refused = tool.run("serve", "--data", tmp_path / "data", "--sandbox", "--config", config)
    assert refused.returncode == 2 and "smtp_password_file" in refused.stderr and "horse" not in refused.stderr
