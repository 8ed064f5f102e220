"""HbA1c and lipids over the years: what two reports show equals what an independent script finds in the bundle."""
import os
import pathlib
from decimal import Decimal

import pytest

from conftest import ROOT
from support.charts import read_charts
from support.orders import new_order
from support.people import people_of
from support.trends import TESTS, Trend, trends

CLINICAL = ROOT.parent / "shared/data/clinical"
FOLDER = "fhir/synthea-2021-uscore"
# Patients of that folder whom a laboratory has seen often enough for a trend of all five.
PATIENTS = ["098fc002-b87e-49dc-4b8e-8900a1bc8661.json", "a47131c6-a60c-4a8e-f099-0ae21c7969ff.json",
            "b08d10a2-5031-379f-0157-ddceb2196440.json"]


@pytest.fixture(scope="module")
def folder() -> pathlib.Path:
    if not CLINICAL.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared clinical data are not beside the project")
        pytest.skip("the shared clinical data are not beside the project")
    return CLINICAL / FOLDER


@pytest.fixture(scope="module")
def reports(folder, make_server, make_customer) -> dict[str, dict[str, dict]]:
    """The JSON reports of each patient's order, by the name of the patient's file."""
    charts, _ = read_charts(CLINICAL, FOLDER)
    people = {pathlib.Path(person.main.file).name: person for person in people_of(charts)}
    customer = make_customer(make_server("--sandbox-records", str(folder)))
    found: dict[str, dict[str, dict]] = {}
    for name in PATIENTS:
        order = {**new_order(), **people[name].order(), "orderType": "healthcheck"}
        summary = customer.complete(order)
        found[name] = {report: customer.report(summary, report, "json").json() for report in ("healthcheck", "apidata")}
    return found


def of_healthcheck(report: dict, loinc: str) -> Trend:
    results = report["diabetes"]["results"] + report["lipids"]["results"]
    return sorted({(each["when"]["text"], Decimal(each["value"]["number"])) for each in results
                   if any(code["code"] == loinc for code in each["codes"])})


def of_apidata(report: dict, loinc: str) -> Trend:
    return sorted({(result["resultDateTime"].replace("T", " ")[:16], Decimal(component["value"]))
                   for result in report["test_results"] for component in result["components"]
                   if any(code["code"] == loinc for code in component["codes"])})


@pytest.mark.parametrize("name", PATIENTS)
def test_the_trends_are_those_of_the_bundle(name, folder, reports):
    expected = trends(folder / name)
    for loinc in TESTS:
        assert len(expected[loinc]) >= 3, "too few values for this test to mean anything"
        assert of_healthcheck(reports[name]["healthcheck"], loinc) == expected[loinc], TESTS[loinc]
        assert of_apidata(reports[name]["apidata"], loinc) == expected[loinc], TESTS[loinc]
