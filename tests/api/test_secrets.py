"""Nothing that must stay secret can be read from the disk or the log."""
import pathlib
import stat

import pytest

from support.customer import files_below
from support.orders import new_order
from support.pdf import pdf_text

SSN = "219-09-9876"
FIRST_NAME = "Quillonia"
LAST_NAME = "Zyxwvatski"
STREET = "Bramblethorn"
EMAIL = "secretive.person@example.com"
ATTACHED = "UXVpbGxvbmlhIHNpZ25lZCB0aGlzIGZvcm0gaGVyc2VsZg=="  # "Quillonia signed this form herself"


class Traces:
    """A completed order of a person with a distinctive name, and what it left behind."""

    def __init__(self, server, customer) -> None:
        self.server = server
        self.customer = customer
        self.order = new_order(
            LAST_NAME, firstName=FIRST_NAME, ssn=SSN, clientUserEmail=EMAIL, phone="(208) 555-0167",
            address={"street1": f"7 {STREET} Lane", "city": "Boise", "state": "ID", "zip": "83712"},
            attachments=[{"type": "hipaaAuthorization", "contentType": "application/pdf", "encoding": "base64",
                          "content": ATTACHED}])
        self.summary = customer.complete(self.order)
        self.apidata = customer.report(self.summary, "apidata", "json").json()
        self.html = customer.report(self.summary, "healthcheck", "html").text
        # Refused and failed calls are logged as well.
        customer.post("/api/v1/users", {**self.order, "gender": SSN})
        customer.get(f"/api/v1/users/{LAST_NAME}")
        customer.post("/v1/admin/token",
                      {"client_id": customer.client_id, "client_secret": LAST_NAME, "type": "client"})

    def files(self) -> list[pathlib.Path]:
        return [*files_below(self.server.data), self.server.log]

    def holders_of(self, *needles: str) -> list[str]:
        """Names of the files that hold one of the texts, in any case."""
        folded = [needle.lower().encode() for needle in needles]
        return [path.name for path in self.files()
                if any(needle in path.read_bytes().lower() for needle in folded)]


@pytest.fixture(scope="module")
def traces(make_server, make_customer) -> Traces:
    server = make_server()
    return Traces(server, make_customer(server))


def test_the_order_really_was_about_this_person(traces):
    assert LAST_NAME in traces.html
    assert LAST_NAME in pdf_text(traces.customer.report(traces.summary, "healthcheck", "pdf").content)


def test_the_social_security_number_is_nowhere(traces):
    digits = SSN.replace("-", "")
    assert traces.holders_of(SSN, digits) == []
    for report in traces.summary["eventPayload"]["reports"]:
        if report["fileExtension"] == "pdf":
            continue
        text = traces.customer.get(report["uri"]).text
        assert SSN not in text and digits not in text


def test_who_it_was_is_nowhere(traces):
    assert traces.holders_of(LAST_NAME, FIRST_NAME, STREET, EMAIL) == []


def test_attachments_are_nowhere(traces):
    assert traces.holders_of(ATTACHED, "signed this form herself") == []


def test_what_the_reports_say_is_nowhere(traces):
    names = {item["name"] for section in ("issues", "medications", "procedures") for item in traces.apidata[section]}
    long_names = [name for name in names if len(name) >= 12]
    assert long_names
    assert traces.holders_of(*long_names) == []
    assert traces.holders_of("ClinicalDocument", "resourceType", "%PDF-1.") == []


def test_secrets_are_nowhere(traces):
    customer = traces.customer
    assert traces.holders_of(customer.client_secret) == []
    assert traces.holders_of(customer.listener.secret, customer.listener.secret.removeprefix("whsec_")) == []
    assert traces.holders_of(customer.token, customer.token.split(".")[2]) == []
    assert traces.holders_of("BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY") == []


def test_files_are_for_the_owner_alone(traces):
    key = traces.server.data / "master.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(traces.server.data.stat().st_mode) & 0o077 == 0
    for path in files_below(traces.server.data):
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, path.name


def test_answers_about_a_user_leave_the_number_out(traces):
    human_id = traces.summary["humanId"]
    for path in (f"/api/v1/users/{human_id}", "/api/v1/users"):
        text = traces.customer.get(path).text
        assert SSN not in text and SSN.replace("-", "") not in text and ATTACHED not in text


def test_answers_must_not_be_cached(traces):
    answer = traces.customer.get(traces.summary["eventPayload"]["reports"][0]["uri"])
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert LAST_NAME.lower() not in answer.headers["content-disposition"].lower()
