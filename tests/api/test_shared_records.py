"""Every patient of the shared clinical data against every other: their own values, and nobody else's.

The data lie beside the project and are no part of it.
"""
import concurrent.futures
import json
import os
import pathlib
import re
from decimal import Decimal

import pytest

from conftest import ROOT
from support.charts import read_charts
from support.orders import new_order
from support.pdf import pdf_text
from support.people import Person, distinctive_words, people_of, words

CLINICAL = ROOT.parent / "shared/data/clinical"
ALL_FOLDERS = ("fhir/synthea-2019", "fhir/synthea-2021-uscore", "fhir/inferno-uscore", "fhir/us-core-examples",
               "fhir/bulk-ndjson-10", "ccda/vendor", "ccda/onc-cert", "ccda/hl7-examples")
ISSUE_FOLDERS = ("fhir/synthea-2019", "ccda/vendor")
PATIENCE_S = 300
THREADS = 8
# Everything that waits for a person to look at it has run out of time by then.
AFTER_REVIEW = "11d"

# An id may look like a number with a huge exponent; a measured value has a small one.
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3}(?!\d))?")

# Whose order cannot be answered from the files, and why. Identity rules: docs/identity.md.
CANNOT_BE_ORDERED = {
    "ccda/onc-cert/NT_CP_Sample1_r21_v5.xml": "a negative test file: no family name, an impossible sex",
    "ccda/onc-cert/NT_Missing_PatientName_r11_v2.xml": "a negative test file: no name at all",
}
DIED_BEFORE_THE_ORDER = "the record says that the person has died: held for review"
HELD_BACK = {
    "fhir/inferno-uscore/uscore_bundle_patient_85.json": DIED_BEFORE_THE_ORDER,
    "fhir/us-core-examples#deceased-example": DIED_BEFORE_THE_ORDER,
    "fhir/bulk-ndjson-10#129c6ac7-8d06-89de-ad63-0204a93e76c3": DIED_BEFORE_THE_ORDER,
    "fhir/bulk-ndjson-10#3af3708d-41f1-cd80-f3dd-ec5ac76072bf": DIED_BEFORE_THE_ORDER,
    "fhir/bulk-ndjson-10#79a66c97-6131-3213-f3c9-4606946ab056": DIED_BEFORE_THE_ORDER,
    "fhir/inferno-uscore/uscore_bundle_patient_client_test.json": "a pregnancy is recorded of a man: held for review",
    "fhir/inferno-uscore/uscore_bundle_patient_907.json": "no address in the file: nothing anchors the name",
    "fhir/inferno-uscore/uscore_bundle_patient_908.json": "no address in the file: nothing anchors the name",
}

# Beside whose own record the network hands over a doubtful one: it is held back and holds nothing up.
LOOK_ALIKES = {
    "ccda/onc-cert/170.315_b1_toc_amb_ccd_r11_sample1_v9.xml": "Myra Jones: same birth date, family name and address",
    "ccda/onc-cert/NT_Bad_AllergySectionCode_r11_v2.xml": "Isabella Jones: same birth date, family name and address",
    "ccda/onc-cert/170.315_b1_toc_gold_sample1_v6.xml": "a record without family name: same birth date and address",
    "fhir/us-core-examples#example": "her record in another file, which has no address",
}
# Whose own file holds nothing that counts, so that the doubtful record in another file is waited for.
NOT_ENOUGH = "fhir/us-core-examples#child-example"


def need_shared_data() -> pathlib.Path:
    if not CLINICAL.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared clinical data are not beside the project")
        pytest.skip("the shared clinical data are not beside the project")
    return CLINICAL


class Census:
    """A server that knows the people of some folders, with an order placed for each and for a stranger."""

    def __init__(self, make_server, make_customer, folders: tuple[str, ...]) -> None:
        clinical = need_shared_data()
        charts, self.nobody = read_charts(clinical, *folders)
        self.people = people_of(charts)
        flags = [part for folder in folders for part in ("--sandbox-records", str(clinical / folder))]
        self.server = make_server(*flags)
        self.customer = make_customer(self.server)
        self.ordered = [person for person in self.people if person.can_be_ordered()]
        self.pended: set[str] = set()
        self.summaries: dict[str, dict] = {}
        self._texts: dict[str, dict[str, str]] = {}

    def run(self) -> "Census":
        orders = [order for person in self.ordered for order in (person.order(), person.stranger_order())]
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self.customer.place, orders))
        wanted = {order["clientUserId"] for order in orders}
        self._wait(wanted, ("completed", "pended"))
        self.pended = {d.client_user_id for d in self.customer.listener.deliveries()
                       if d.is_summary and d.status == "pended"}
        self.customer.advance_clock(AFTER_REVIEW)
        self._wait(wanted, ("completed",))
        for delivery in self.customer.listener.deliveries():
            if delivery.is_final:
                self.summaries[delivery.client_user_id] = delivery.event
        return self

    def _wait(self, wanted: set[str], statuses: tuple[str, ...]) -> None:
        self.customer.listener.wait_for(
            lambda all_: wanted <= {d.client_user_id for d in all_ if d.is_summary and d.status in statuses},
            f"{len(wanted)} orders are {' or '.join(statuses)}", PATIENCE_S)

    def payload(self, client_user_id: str) -> dict:
        return self.summaries[client_user_id]["eventPayload"]

    def report_texts(self, person: Person) -> dict[str, str]:
        """The text of every report of a person, by name and format; fetched once."""
        texts = self._texts.setdefault(person.client_user_id, {})
        if texts:
            return texts
        for report in self.payload(person.client_user_id).get("reports", []):
            answer = self.customer.get(report["uri"])
            assert answer.status_code == 200
            is_pdf = report["fileExtension"] == "pdf"
            texts[f"{report['name']}.{report['fileExtension']}"] = pdf_text(answer.content) if is_pdf else answer.text
        return texts


@pytest.fixture(scope="module")
def everybody(make_server, make_customer) -> Census:
    return Census(make_server, make_customer, ALL_FOLDERS).run()


@pytest.fixture(scope="module")
def issue_folders(make_server, make_customer) -> Census:
    return Census(make_server, make_customer, ISSUE_FOLDERS).run()


def is_held_back(person: Person) -> bool:
    return all(chart.file in HELD_BACK for chart in person.charts)


def accepted_charts(person: Person):
    return [chart for chart in person.charts if chart.file not in HELD_BACK]


def check_availability(census: Census) -> None:
    wrong = [person.main.file for person in census.ordered
             if census.payload(person.client_user_id)["reportsAvailable"] is is_held_back(person)]
    assert not wrong, f"{len(wrong)} orders ended otherwise than the file lets expect: {wrong}"
    assert not any(census.payload(p.client_user_id)["timedOut"] for p in census.ordered)


def check_strangers(census: Census) -> None:
    wrong = [person.main.file for person in census.ordered
             if census.payload("stranger-" + person.client_user_id)["reportsAvailable"]]
    assert not wrong, f"somebody of the same birth date got reports: {wrong}"
    assert not any(name.startswith("stranger-") for name in census.pended)


def missing_of(census: Census, person: Person) -> tuple[list[str], list[str]]:
    """Numbers and problems of a person's accepted charts that the JSON report does not hold."""
    charts = accepted_charts(person)
    if not any(chart.numbers or chart.problems for chart in charts):
        return [], []  # a document without entries has no JSON report
    said = json.dumps(json.loads(census.report_texts(person)["apidata.json"]), ensure_ascii=False)
    numbers = {Decimal(number) for number in NUMBER.findall(said)}
    folded = " ".join(said.lower().split())
    lost_numbers = [str(n) for chart in charts for n in chart.numbers if n not in numbers]
    lost_problems = [p for chart in charts for p in chart.problems if " ".join(p.lower().split()) not in folded]
    return lost_numbers, lost_problems


def check_values(census: Census) -> None:
    ordered = [person for person in census.ordered if not is_held_back(person)]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        lost = list(pool.map(lambda person: missing_of(census, person), ordered))
    wrong = {person.main.file: (len(numbers), len(problems))
             for person, (numbers, problems) in zip(ordered, lost) if numbers or problems}
    assert not wrong, f"values and problems of the files that the reports lack: {wrong}"
    assert sum(len(chart.numbers) for person in ordered for chart in accepted_charts(person)) > 300


def test_only_the_listed_people_cannot_be_ordered(everybody):
    assert len(everybody.people) >= 45
    unable = {person.main.file for person in everybody.people if not person.can_be_ordered()}
    assert unable == set(CANNOT_BE_ORDERED)


def test_only_doubtful_records_wait_for_a_person(everybody):
    held_back = {p.client_user_id for p in everybody.ordered if is_held_back(p)}
    look_alikes = {p.client_user_id for p in everybody.ordered if p.main.file in LOOK_ALIKES}
    assert len(look_alikes) == len(LOOK_ALIKES)
    waiting = {p.client_user_id for p in everybody.ordered if p.main.file == NOT_ENOUGH}
    assert everybody.pended == held_back | waiting


@pytest.mark.parametrize("census", ["everybody", "issue_folders"])
def test_every_patient_gets_reports(census, request):
    check_availability(request.getfixturevalue(census))


@pytest.mark.parametrize("census", ["everybody", "issue_folders"])
def test_somebody_else_of_the_same_birth_date_gets_none(census, request):
    check_strangers(request.getfixturevalue(census))


@pytest.mark.parametrize("census", ["everybody", "issue_folders"])
def test_reports_hold_the_values_of_the_files(census, request):
    check_values(request.getfixturevalue(census))


def test_nobody_is_found_in_the_report_of_another(everybody):
    """All pairs: 0 violations."""
    tokens = distinctive_words(everybody.people, everybody.nobody)
    assert sum(1 for own in tokens if own) >= 40, "too few people can be told apart for this test to mean anything"
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        texts = list(pool.map(everybody.report_texts, everybody.ordered))
    violations, checked = [], 0
    for person, reports in zip(everybody.ordered, texts):
        for report, text in reports.items():
            vocabulary = words(text)
            for other, own in zip(everybody.people, tokens):
                if other is person:
                    continue
                checked += 1
                if vocabulary & own:
                    violations.append((person.main.file, report, other.main.file, len(vocabulary & own)))
    assert not violations, violations
    assert checked > 10_000


def test_own_names_are_found_by_the_same_means(everybody):
    """The test above would find something: everybody's own reports do hold their distinctive names."""
    found = total = 0
    for person, own in zip(everybody.people, distinctive_words(everybody.people, everybody.nobody)):
        if not person.can_be_ordered() or is_held_back(person):
            continue
        names = words(" ".join(person.main.names[0])) & own
        if not names:
            continue
        total += 1
        found += bool(set().union(*map(words, everybody.report_texts(person).values())) & names)
    assert total >= 25 and found == total


def test_the_default_order_type_finds_the_same_records(everybody):
    """Two people by a healthcheck order, as the documentation's sample asks for."""
    chosen = [person for person in everybody.ordered if person.main.file.startswith("fhir/synthea-2019")][:2]
    for person in chosen:
        order = {**new_order(), **person.order(), "orderType": "healthcheck",
                 "clientUserId": "healthcheck-" + person.client_user_id}
        summary = everybody.customer.complete(order)
        assert summary["eventPayload"]["reportsAvailable"] is True
        healthcheck = everybody.customer.report(summary, "healthcheck", "json").json()
        assert healthcheck["order"]["applicant"]["dateOfBirth"] == person.main.birth
