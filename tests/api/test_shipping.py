"""Reports that are shipped to the customer: by form, to a pre-signed URL, by SFTP (contract 9)."""
import json
import stat
import subprocess
import uuid

import pytest

from support.customer import files_below
from support.orders import new_order
from support.receiver import UPLOAD_SECRET, Receiver
from support.sshd import Sshd
from support.waiting import wait_until

TYPES = {"json": "application/json", "pdf": "application/pdf", "html": "text/html; charset=utf-8",
         "zip": "application/zip"}
ROUND = 6  # a try and five quick retries
ROUNDS = 6
PASSWORD = "Vexillarius-secret-9920"
NAMES = ["orderId", "clientUserId", "userId", "humanId", "clientId", "fileName", "fileExtension", "reportName",
         "reportId", "contentType", "createdAt", "shipmentId"]


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    made = Sshd(tmp_path_factory.mktemp("sshd")).start()
    yield made
    made.stop()


def destination_command(customer, command: str, *flags) -> subprocess.CompletedProcess:
    return customer.server.tool.run("destination", command, "--data", customer.server.data, "--app",
                                    customer.client_id, *flags)


def lines(done: subprocess.CompletedProcess) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def write(folder, text: str):
    file = folder / f"{uuid.uuid4()}.toml"
    file.write_text(text)
    file.chmod(0o600)
    return file


@pytest.fixture
def add(customer, tmp_path):
    """Adds a destination by a file; what the command prints."""
    def make(text: str) -> dict:
        return lines(destination_command(customer, "add", "--file", write(tmp_path, text)))[0]
    return make


def form_text(receiver, more: str = "") -> str:
    return f'name = "archive"\ntype = "multipart"\nurl = "{receiver.url("form")}"\n{more}'


def announce_text(receiver, more: str = "") -> str:
    return f'name = "store"\ntype = "presigned"\nurl = "{receiver.url("announce")}"\n{more}'


def network_order(**changes) -> dict:
    return new_order(**{"orderType": "ehr-only", "clientUserEmail": None, **changes})


def reports_of(summary: dict) -> dict[str, dict]:
    return {report["id"]: report for report in summary["eventPayload"]["reports"]}


def timeline(customer, order_id: str, action: str) -> list[str]:
    answer = customer.get(f"/api/v1/orders/{order_id}/timeline")
    assert answer.status_code == 200
    return [entry["subject"] for entry in answer.json()["entries"] if entry["action"] == action]


def wait_for_timeline(customer, order_id: str, action: str, count: int) -> list[str]:
    wait_until(lambda: len(timeline(customer, order_id, action)) >= count, f"{count} times {action}")
    return timeline(customer, order_id, action)


def check_metadata(metadata: dict, customer, summary: dict, report: dict, client_data: dict | None) -> None:
    names = [*NAMES, *(["clientData"] if client_data else [])]
    if "baseReportNames" in report:
        names.insert(9, "baseReportNames")
        assert metadata["baseReportNames"] == report["baseReportNames"]
    assert list(metadata) == names
    for name in ("orderId", "clientUserId", "userId", "humanId", "clientId"):
        assert metadata[name] == summary[name]
    assert metadata["clientId"] == customer.client_id
    assert (metadata["reportId"], metadata["reportName"]) == (report["id"], report["name"])
    assert metadata["fileExtension"] == report["fileExtension"]
    assert metadata["fileName"] == f'{summary["orderId"]}_{report["name"]}_{report["id"]}.{report["fileExtension"]}'
    assert metadata["contentType"] == TYPES[report["fileExtension"]]
    assert metadata.get("clientData") == client_data


# ── the three ways ──

def test_every_report_goes_out_as_a_form(customer, add, receiver):
    shown = add(form_text(receiver, f'[authentication]\ntype = "basic"\nuser = "us"\npassword = "{PASSWORD}"\n'))
    assert PASSWORD not in json.dumps(shown)
    data = {"batch": 17, "urgent": True}
    summary = customer.complete(network_order(clientData=data))
    reports = reports_of(summary)
    seen = {}
    for request in receiver.wait_for("form", len(reports)):
        assert request.method == "POST" and request.headers["authorization"].startswith("Basic ")
        parts = request.parts()
        assert list(parts) == ["metadata", "file"]
        metadata = json.loads(parts["metadata"][2])
        report = reports[metadata["reportId"]]
        check_metadata(metadata, customer, summary, report, data)
        assert parts["metadata"][:2] == ("application/json", None)
        assert parts["file"][:2] == (metadata["contentType"], metadata["fileName"])
        assert parts["file"][2] == customer.get(report["uri"]).content
        assert request.headers["idempotency-key"] == metadata["shipmentId"]
        seen[metadata["shipmentId"]] = report["id"]
    assert sorted(seen.values()) == sorted(reports)
    shipped = wait_for_timeline(customer, summary["orderId"], "report.shipped", len(reports))
    assert sorted(shipped) == sorted(f"{one}/archive" for one in reports)


def test_pdfs_go_out_encrypted_where_a_password_is_set(customer, add, receiver, tmp_path):
    secret = tmp_path / "pdf.password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    shown = add(form_text(receiver, f'pdf_password_file = "{secret}"\n'))
    assert shown["pdfs_encrypted"] is True and PASSWORD not in json.dumps(shown)
    reports = reports_of(customer.complete(network_order()))
    formats = set()
    for request in receiver.wait_for("form", len(reports)):
        parts = request.parts()
        metadata, sent = json.loads(parts["metadata"][2]), parts["file"][2]
        here = customer.get(reports[metadata["reportId"]]["uri"]).content
        formats.add(metadata["fileExtension"])
        if metadata["fileExtension"] != "pdf":
            assert sent == here
            continue
        file = tmp_path / "sent.pdf"
        file.write_bytes(sent)
        read = ["pdftotext", file, "-"]
        assert subprocess.run(read, capture_output=True, check=False).returncode != 0
        with_password = subprocess.run([*read[:1], "-upw", PASSWORD, *read[1:]], capture_output=True, check=True)
        plain = subprocess.run(["pdftotext", "-", "-"], input=here, capture_output=True, check=True)
        assert with_password.stdout == plain.stdout != b""
    assert {"pdf", "json"} <= formats


def test_a_password_of_pdfs_has_its_limits(customer, tmp_path, receiver):
    for password in ("short", "x" * 128):
        file = write(tmp_path, form_text(receiver, f'pdf_password = "{password}"\n'))
        refused = destination_command(customer, "add", "--file", file)
        assert refused.returncode == 2 and "pdf_password: must be 8 to 127 bytes" in refused.stderr
        assert password not in refused.stderr.replace(str(file), "")


@pytest.mark.parametrize("method", ["PUT", None], ids=["as it is answered", "POST by default"])
def test_reports_go_to_the_url_that_the_customer_answers(customer, add, receiver, method):
    receiver.upload_method = method
    add(announce_text(receiver, '[headers]\nX-Tenant = "7"\n'))
    summary = customer.complete(network_order())
    reports = reports_of(summary)
    uploads = receiver.wait_for("storage", len(reports))
    bodies = sorted(customer.get(report["uri"]).content for report in reports.values())
    assert sorted(one.body for one in uploads) == bodies
    for announced in receiver.received("announce"):
        metadata = json.loads(announced.body)
        check_metadata(metadata, customer, summary, reports[metadata["reportId"]], None)
        assert announced.headers["content-type"] == "application/json"
        assert announced.headers["x-tenant"] == "7"
    assert {one.method for one in uploads} == {method or "POST"}
    assert sorted(one.headers["content-type"] for one in uploads) == sorted(
        TYPES[report["fileExtension"]] for report in reports.values())
    assert all(one.headers["x-tenant"] == "7" for one in uploads)
    wait_for_timeline(customer, summary["orderId"], "report.shipped", len(reports))


def test_the_upload_can_go_without_our_authentication(customer, add, receiver):
    add(announce_text(receiver, 'reports = ["healthcheck.json"]\nupload_authentication = false\n'
                                '[upload_headers]\nx-ms-blob-type = "BlockBlob"\n[headers]\nX-Tenant = "7"\n'))
    customer.complete(network_order())
    upload = receiver.wait_for("storage", 1)[0]
    assert upload.headers["x-ms-blob-type"] == "BlockBlob" and "x-tenant" not in upload.headers
    assert receiver.received("announce")[0].headers["x-tenant"] == "7"


def sftp_text(sshd, tmp_path, more: str = "") -> str:
    key = tmp_path / "login.key"
    key.write_text(sshd.key)
    key.chmod(0o600)
    return (f'name = "files"\ntype = "sftp"\nurl = "{sshd.url}"\nprivate_key_file = "{key.name}"\n'
            f'host_keys = ["{sshd.host_key}"]\n{more}')


def test_reports_arrive_as_files(customer, add, sshd, tmp_path):
    add(sftp_text(sshd, tmp_path))
    summary = customer.complete(network_order())
    reports = reports_of(summary)
    wait_for_timeline(customer, summary["orderId"], "report.shipped", len(reports))
    for report in reports.values():
        name = f'{summary["orderId"]}_{report["name"]}_{report["id"]}.{report["fileExtension"]}'
        assert (sshd.files / name).read_bytes() == customer.get(report["uri"]).content
        assert stat.S_IMODE((sshd.files / name).stat().st_mode) == 0o600
    assert [file for file in sshd.files.iterdir() if file.name.endswith(".part")] == []


def test_a_server_with_another_host_key_gets_nothing(customer, add, sshd, tmp_path):
    text = sftp_text(sshd, tmp_path, 'reports = ["healthcheck.json"]\n')
    add(text.replace(sshd.host_key, "SHA256:" + "A" * 43))
    before = sorted(sshd.files.iterdir())
    tested = destination_command(customer, "test", "--name", "files")
    assert tested.returncode == 1
    assert json.loads(tested.stdout) == {"accepted": False, "status": 0, "error": "host key is another"}
    assert sorted(sshd.files.iterdir()) == before


def test_oauth2_tokens_are_kept_and_renewed(customer, add, receiver):
    add(form_text(receiver, f'[authentication]\ntype = "oauth2"\ntoken_url = "{receiver.url("token")}"\n'
                            f'client_id = "us"\nclient_secret = "{PASSWORD}"\nscope = "reports"\n'))
    summary = customer.complete(network_order())
    count = len(reports_of(summary))
    wait_for_timeline(customer, summary["orderId"], "report.shipped", count)
    before = receiver.tokens
    assert 1 <= before <= count
    receiver.good_token = "revoked"
    again = customer.complete(network_order())
    wait_for_timeline(customer, again["orderId"], "report.shipped", count)
    assert receiver.tokens > before
    assert PASSWORD.encode() not in b"".join(one.body for one in receiver.received("token")), "it is in the header"


# ── what goes wrong ──

def test_a_receiver_that_fails_is_asked_again_and_gets_the_same_shipment(customer, add, receiver):
    receiver.fail_next("form", *[503] * (ROUND + 2))
    add(form_text(receiver, 'reports = ["healthcheck.json"]\n'))
    summary = customer.complete(network_order())
    customer.advance_clock("1m")
    assert len(receiver.received("form")) == ROUND
    customer.advance_clock("10m")
    assert len(receiver.received("form")) == ROUND, "the next round begins after 12 minutes at the earliest"
    customer.advance_clock("30m")
    requests = receiver.received("form")
    assert [one.answered for one in requests] == [503] * (ROUND + 2) + [200]
    assert len({one.headers["idempotency-key"] for one in requests}) == 1
    assert len({one.parts()["file"][2] for one in requests}) == 1
    assert len(timeline(customer, summary["orderId"], "report.shipped")) == 1


@pytest.mark.parametrize("place, status", [("announce", 200), ("announce", 401), ("storage", 403)])
def test_anything_but_201_and_then_2xx_is_tried_again(customer, add, receiver, place, status):
    receiver.fail_next(place, status)
    add(announce_text(receiver, 'reports = ["healthcheck.json"]\n'))
    summary = customer.complete(network_order())
    customer.advance_clock("1m")
    assert len(timeline(customer, summary["orderId"], "report.shipped")) == 1
    assert len(receiver.received("announce")) == 2, "the customer is asked for a new URL"
    attempts = lines(destination_command(customer, "attempts", "--name", "store"))
    assert [one["number"] for one in attempts] == [2, 1]
    assert attempts[0]["error"] == "" and attempts[1]["status"] == status


def test_after_the_last_round_it_is_for_triage_and_can_be_shipped_again(customer, add, receiver):
    receiver.fail_always("form", 500)
    add(form_text(receiver, 'reports = ["healthcheck.json"]\n'))
    summary = customer.complete(network_order())
    order_id, report_id = summary["orderId"], next(
        one["id"] for one in reports_of(summary).values()
        if (one["name"], one["fileExtension"]) == ("healthcheck", "json"))
    customer.advance_clock("8d")
    assert len(receiver.received("form")) == ROUND * ROUNDS
    assert timeline(customer, order_id, "report.shipping_failed") == [f"{report_id}/archive"]
    assert timeline(customer, order_id, "report.shipped") == []
    receiver.fail_always("form", None)
    queued = destination_command(customer, "ship", "--name", "archive", "--order", order_id)
    assert lines(queued) == [{"queued": 1}]
    assert wait_for_timeline(customer, order_id, "report.shipped", 1) == [f"{report_id}/archive"]
    assert len({one.headers["idempotency-key"] for one in receiver.received("form")}) == 1, "the same shipment"


def test_a_sftp_server_that_is_away_gets_it_later(customer, add, tmp_path):
    (tmp_path / "own").mkdir()
    own = Sshd(tmp_path / "own")
    add(sftp_text(own, tmp_path, 'reports = ["healthcheck.json"]\n'))
    summary = customer.complete(network_order())
    customer.advance_clock("1m")
    assert list(own.files.iterdir()) == []
    own.start()
    try:
        customer.advance_clock("30m")
        assert len(timeline(customer, summary["orderId"], "report.shipped")) == 1
        assert len(list(own.files.iterdir())) == 1
    finally:
        own.stop()


def test_who_is_suppressed_before_shipping_is_not_shipped(customer, add, receiver):
    receiver.fail_always("form", 503)
    add(form_text(receiver, 'reports = ["healthcheck.json"]\n'))
    summary = customer.complete(network_order(firstName="Ada", lastName="Lindqvist", dateOfBirth="1971-03-09"))
    customer.advance_clock("1m")
    tried = len(receiver.received("form"))
    assert tried == ROUND
    listed = customer.server.tool.run(
        "suppression", "add", "--data", customer.server.data, "--app", customer.client_id,
        text=json.dumps({"firstName": "Ada", "lastName": "Lindqvist", "dateOfBirth": "1971-03-09"}))
    assert listed.returncode == 0
    receiver.fail_always("form", None)
    customer.advance_clock("1d")
    assert len(receiver.received("form")) == tried
    assert len(timeline(customer, summary["orderId"], "report.not_shipped")) == 1
    assert timeline(customer, summary["orderId"], "report.shipped") == []


def test_what_is_purged_is_not_shipped(customer, add, receiver):
    add(form_text(receiver, 'reports = ["healthcheck.json"]\n'))
    customer.configure("retention_days=1")
    summary = customer.complete(network_order())
    wait_for_timeline(customer, summary["orderId"], "report.shipped", 1)
    customer.advance_clock("2d")
    again = destination_command(customer, "ship", "--name", "archive", "--order", summary["orderId"])
    assert lines(again) == [{"queued": 0}]
    assert len(receiver.received("form")) == 1


def test_destinations_are_an_applications_own(customer, server, make_customer, add, receiver):
    add(form_text(receiver))
    other = make_customer(server)
    theirs = other.complete(network_order())
    assert lines(destination_command(other, "list")) == []
    for command in ("remove", "test", "attempts"):
        assert destination_command(other, command, "--name", "archive").returncode == 2
    foreign = destination_command(customer, "ship", "--name", "archive", "--order", theirs["orderId"])
    assert foreign.returncode == 2 and "no order" in foreign.stderr
    ours = customer.complete(network_order())
    receiver.wait_for("form", len(reports_of(ours)))
    assert {json.loads(one.parts()["metadata"][2])["orderId"] for one in receiver.received("form")} == {ours["orderId"]}
    assert timeline(other, theirs["orderId"], "report.shipped") == []


def test_secrets_are_in_no_list_no_log_and_no_file(make_server, make_customer, receiver, sshd, tmp_path):
    server = make_server()
    customer = make_customer(server)
    receiver.fail_next("storage", 403)
    texts = [
        announce_text(receiver, f'[authentication]\ntype = "basic"\nuser = "us"\npassword = "{PASSWORD}"\n'
                                f'[upload_headers]\nX-Upload = "{PASSWORD}-upload"\n'),
        sftp_text(sshd, tmp_path),
    ]
    printed = ""
    for text in texts:
        done = destination_command(customer, "add", "--file", write(tmp_path, text))
        assert done.returncode == 0 and done.stderr == ""
        printed += done.stdout
    summary = customer.complete(network_order())
    wait_for_timeline(customer, summary["orderId"], "report.shipped", 2 * len(reports_of(summary)))
    printed += destination_command(customer, "list").stdout
    printed += destination_command(customer, "attempts", "--name", "store").stdout
    assert "upload: refused" in printed
    key_line = sshd.key.splitlines()[2]
    for needle in (PASSWORD, UPLOAD_SECRET, key_line):
        assert needle not in printed
        holders = [path.name for path in [*files_below(server.data), server.log]
                   if needle.encode() in path.read_bytes()]
        assert holders == [], needle


# ── the command line ──

def test_added_listed_tested_and_removed(customer, add, receiver):
    shown = add(form_text(receiver, 'reports = ["healthcheck.pdf", "*.json"]\n[headers]\nX-Tenant = "7"\n'))
    assert list(shown) == ["id", "name", "type", "url", "reports", "pdfs_encrypted", "created_at", "authentication", "headers"]
    assert shown["headers"] == ["X-Tenant"] and shown["authentication"] == {"type": "none"}
    assert lines(destination_command(customer, "list")) == [shown]
    assert lines(destination_command(customer, "test", "--name", "archive")) == [{"accepted": True, "status": 200}]
    metadata = json.loads(receiver.received("form")[0].parts()["metadata"][2])
    assert metadata["test"] is True and metadata["reportName"] == "test"
    assert lines(destination_command(customer, "remove", "--name", "archive")) == [
        {"removed": "archive", "not_shipped": 0}]
    assert lines(destination_command(customer, "list")) == []
    assert destination_command(customer, "remove", "--name", "archive").returncode == 2


def test_only_the_wanted_reports_go(customer, add, receiver):
    add(form_text(receiver, 'reports = ["apidata", "*.pdf"]\n'))
    summary = customer.complete(network_order())
    wanted = {one["id"] for one in reports_of(summary).values()
              if one["name"] == "apidata" or one["fileExtension"] == "pdf"}
    assert 0 < len(wanted) < len(reports_of(summary))
    wait_for_timeline(customer, summary["orderId"], "report.shipped", len(wanted))
    assert {json.loads(one.parts()["metadata"][2])["reportId"] for one in receiver.received("form")} == wanted


def test_ten_are_enough(customer, add, receiver, tmp_path):
    for number in range(10):
        add(form_text(receiver).replace("archive", f"archive-{number}"))
    full = destination_command(customer, "add", "--file", write(tmp_path, form_text(receiver)))
    assert full.returncode == 1 and "has 10 destinations" in full.stderr
    twice = destination_command(customer, "add", "--file",
                                write(tmp_path, form_text(receiver).replace("archive", "archive-3")))
    assert twice.returncode == 2 and "name: is that of another" in twice.stderr


def test_files_that_others_can_read_are_warned_of(customer, receiver, tmp_path):
    file = write(tmp_path, form_text(receiver, f'[authentication]\ntype = "basic"\nuser = "us"\npassword = "{PASSWORD}"\n'))
    file.chmod(0o644)
    done = destination_command(customer, "add", "--file", file)
    assert done.returncode == 0 and f"{file.name} holds a secret" in done.stderr and "chmod 600" in done.stderr
    assert PASSWORD not in done.stderr


FORM = 'name = "a"\ntype = "multipart"\nurl = "http://127.0.0.1:1/"\n'
SFTP = 'name = "a"\ntype = "sftp"\nurl = "sftp://us@127.0.0.1:1/in"\nprivate_key = "key"\n'
GOOD_HOST_KEY = 'host_keys = ["SHA256:' + "A" * 43 + '"]\n'


@pytest.mark.parametrize("text, said", [
    ("", "name: is required"),
    ('name = "A b"\ntype = "multipart"\nurl = "http://127.0.0.1/"', "name: must be a-z, 0-9 and -"),
    ('name = "a"\ntype = "ftp"\nurl = "http://127.0.0.1/"', "type: must be multipart, sftp or presigned"),
    ('name = "a"\ntype = "multipart"', "url: is required"),
    ('name = "a"\ntype = "multipart"\nurl = "sftp://us@host/"', "url: must begin with https:// or http://"),
    ('name = "a"\ntype = "sftp"\nurl = "sftp://host/"\nprivate_key = "k"\n' + GOOD_HOST_KEY,
     "url: must be sftp://user@host:port/directory"),
    (SFTP, "host_keys: is required"),
    (SFTP + 'host_keys = ["MD5:00"]', "host_keys: must be 1 to 5 fingerprints"),
    (SFTP.replace('private_key = "key"', "") + GOOD_HOST_KEY, "private_key: is required, here or as"),
    (SFTP.replace('private_key = "key"', 'private_key_file = "none"') + GOOD_HOST_KEY,
     "private_key_file: names a file that cannot be read"),
    (SFTP + GOOD_HOST_KEY + '[headers]\nX = "1"', "headers: is unknown"),
    (FORM + "reports = []", "reports: must be 1 to 20 reports"),
    (FORM + 'reports = ["healthcheck.docx"]', "reports[0]: must be a report"),
    (FORM + "upload_authentication = true", "upload_authentication: is unknown"),
    (FORM + '[headers]\nHost = "x"', "headers.Host: is not allowed"),
    (FORM + '[authentication]\ntype = "digest"', "authentication.type: must be none, basic or oauth2"),
    (FORM + '[authentication]\ntype = "basic"\nuser = "a:b"\npassword = "p"', "authentication.user: must not contain"),
    (FORM + '[authentication]\ntype = "basic"\nuser = "a"', "authentication.password: is required"),
    (FORM + '[authentication]\ntype = "oauth2"\ntoken_url = "x"\nclient_id = "a"\nclient_secret = "p"',
     "authentication.token_url: must be a valid uri"),
    (FORM + '[authentication]\ntype = "basic"\nuser = "a"\npassword = "p"\n[headers]\nauthorization = "x"',
     "headers: must not hold Authorization together"),
    (FORM + '[client_certificate]\ncertificate = "x"\nprivate_key = "y"',
     "client_certificate.certificate: must be a certificate in PEM"),
    ("name = ", "line 1"),
], ids=str)
def test_what_is_wrong_with_a_file_is_said(customer, tmp_path, text, said):
    done = destination_command(customer, "add", "--file", write(tmp_path, text))
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert lines(destination_command(customer, "list")) == []


def test_outside_the_sandbox_https_is_needed(server, make_customer, tmp_path):
    real = make_customer(server, listens=False, sandbox=False)
    done = destination_command(real, "add", "--file", write(tmp_path, FORM))
    assert done.returncode == 2 and "url: must begin with https://" in done.stderr
    assert destination_command(real, "add", "--file", write(tmp_path, FORM.replace("http:", "https:"))).returncode == 0
    tested = destination_command(real, "test", "--name", "a")
    assert json.loads(tested.stdout)["error"] == "blocked address"
