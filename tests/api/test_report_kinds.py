"""Every kind of report, ordered by an order type of one's own, fetched and read with other people's tools."""
import io
import json
import re
import subprocess
import zipfile

import jsonschema
import pytest

from conftest import ROOT
from support.orders import new_order, provider
from support.pdf import pdf_text
from test_order_types import Types

DOCUMENTS = {"healthcheck": "pdf html json", "highlights": "pdf html json", "unity": "pdf html json",
             "timeline": "pdf html json", "clinicalhistory": "pdf html json", "ccdraw": "pdf html",
             "clinicalnotes": "pdf html", "aps": "pdf", "apidata": "json", "fhir": "zip"}
PER_PROVIDER = {"unity", "ccdraw", "clinicalnotes"}
BOUND = ["highlights", "healthcheck", "unity", "timeline", "clinicalhistory", "ccdraw", "aps"]
TYPE = """code = "everything"
alias = "Everything Order"

[[channels]]
channel = "ehr"

[[channels]]
channel = "aps"
""" + "".join(f'\n[[outputs]]\nname = "{name}"\nformat = "{extension}"\n'
              for name, formats in DOCUMENTS.items() for extension in formats.split()) + \
    f'\n[[outputs]]\nname = "combined"\nformat = "pdf"\nbase_reports = {json.dumps(BOUND)}\n'
MEDIA = {"pdf": "application/pdf", "html": "text/html", "json": "application/json", "zip": "application/zip"}


@pytest.fixture(name="summary", scope="module")
def _summary(server, make_customer, tmp_path_factory):
    """One order of one person; all tests of this file read its reports."""
    customer = make_customer(server)
    types = Types(customer, tmp_path_factory.mktemp("type"))
    types.add(TYPE)
    order = new_order(orderType="everything", conditions=["COPD", "E10-E14", "left-handedness"],
                      providers=[provider()])
    customer.place(order)
    for _ in range(8):
        customer.advance_clock("1d")
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    return customer, summary


def reports(summary, name: str, extension: str) -> list[bytes]:
    customer, told = summary
    uris = [report["uri"] for report in told["eventPayload"]["reports"]
            if (report["name"], report["fileExtension"]) == (name, extension)]
    assert uris, f"no {name}.{extension}"
    answers = [customer.get(uri) for uri in uris]
    assert all(answer.headers["content-type"].startswith(MEDIA[extension]) for answer in answers)
    return [answer.content for answer in answers]


def test_every_kind_comes_in_each_of_its_formats(summary):
    told = {(report["name"], report["fileExtension"]) for report in summary[1]["eventPayload"]["reports"]}
    wanted = {(name, extension) for name, formats in DOCUMENTS.items() for extension in formats.split()}
    wanted.add(("combined", "pdf"))
    # Notes by themselves are for providers without C-CDA; the sandbox's may all have it.
    assert {pair for pair in wanted - told if pair[0] != "clinicalnotes"} == set()
    assert told <= wanted


def test_reports_of_one_provider_name_it(summary):
    customer, told = summary
    groups = customer.get("/api/v1/user/reports", params={"clientUserId": told["clientUserId"]}).json()
    for group in groups:
        for report in group["reports"]:
            assert bool(report["providerIds"]) == (group["name"] in PER_PROVIDER), group["name"]
    combined = next(group for group in groups if group["name"] == "combined")
    assert combined["baseReportNames"] == BOUND


@pytest.mark.parametrize("name", [name for name, formats in DOCUMENTS.items() if "json" in formats and name != "apidata"])
def test_json_forms_have_the_envelope(summary, name):
    for content in reports(summary, name, "json"):
        report = json.loads(content)
        assert report["report"]["name"] == name
        assert report["report"]["disclaimer"] == "not an underwriting decision"
        assert report["report"]["rulesVersion"]
        assert report["conditionsAsked"] == ["COPD", "E10-E14", "left-handedness"]
        for part in ("order", "coverage", "identity", "sources", "warnings"):
            assert part in report, part


def test_what_was_asked_is_answered_with_its_evidence(summary):
    report = json.loads(reports(summary, "highlights", "json")[0])
    answers = {row["condition"]: row for row in report["conditionsOfConcern"]}
    assert answers["COPD"]["groupId"] == "lung" and answers["E10-E14"]["groupId"] == "diabetes"
    assert not answers["left-handedness"]["mapped"]
    assert {row["answer"] for row in answers.values()} <= {"found", "suggested", "not found"}
    for signal in report["headline"]["signals"]:
        assert signal["rule"] and signal["thresholdSource"] and signal["evidence"] and signal["sources"]


def values_of(part) -> list[str]:
    """What the JSON form says, as far as it must be read on paper too."""
    found = []
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("text", "event", "condition") and isinstance(value, str):
                found.append(value)
            else:
                found += values_of(value)
    elif isinstance(part, list):
        for each in part:
            found += values_of(each)
    return found


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", "", text)


@pytest.mark.parametrize("name", ["timeline", "highlights", "unity", "clinicalhistory"])
def test_pdf_and_html_say_what_the_json_says(summary, name):
    data, pages, papers = (reports(summary, name, extension) for extension in ("json", "html", "pdf"))
    assert len(data) == len(pages) == len(papers)
    rows = {"timeline": ("events", "undated"), "highlights": ("headline",), "unity": ("medications", "problems"),
            "clinicalhistory": ("problems", "medications", "events")}[name]
    for content, page, paper in zip(data, pages, papers):
        report = json.loads(content)
        # Raw mode keeps a cell's words together, however its column is wrapped.
        text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()
        html = page.decode()
        for row in rows:
            for value in values_of(report[row]):
                for word in value.split():
                    assert word in text or squeezed(word) in squeezed(text), f"{name}: a value is not in the PDF"
        assert "<script" not in html and "javascript:" not in html
        assert re.search(r'href="#raw-\d+"', html), "rows link to what they were read from"


def test_pdfs_are_sound_tagged_and_say_what_they_are(summary, tmp_path):
    for name, formats in list(DOCUMENTS.items()) + [("combined", "pdf")]:
        if "pdf" not in formats or name == "clinicalnotes":
            continue
        for content in reports(summary, name, "pdf"):
            file = tmp_path / "report.pdf"
            file.write_bytes(content)
            check = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
            assert check.returncode == 0 and "WARNING" not in check.stdout + check.stderr, name
            info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
            assert re.search(r"^Tagged:\s+yes$", info, re.M) and re.search(r"^Title:\s+\S", info, re.M), name
            assert re.search(r"^JavaScript:\s+no$", info, re.M) and re.search(r"^Form:\s+none$", info, re.M), name
            structure = subprocess.run(["pdfinfo", "-struct", file], capture_output=True, text=True, check=True).stdout
            for element in ("H1", "H2", "Table", "TR", "TH", "TD"):
                assert re.search(rf"^\s*{element}\b", structure, re.M), f"{name} has no {element}"


def test_a_combined_report_has_a_bookmark_for_each_part(summary, tmp_path):
    file = tmp_path / "combined.pdf"
    file.write_bytes(reports(summary, "combined", "pdf")[0])
    outline = json.loads(subprocess.run(["qpdf", "--json=2", "--json-key=outlines", file], capture_output=True,
                                        check=True).stdout)["outlines"]
    titles = [entry["title"] for entry in outline]
    for title in ("Highlights Summary", "Health Check Summary", "Health Timeline", "Clinical History",
                  "Attending Physician Statements"):
        assert title in titles
    assert sum(title.startswith("Health Summary –") for title in titles) == len(reports(summary, "unity", "pdf"))


def test_apidata_is_as_its_schema_says(summary):
    schema = json.loads((ROOT / "api/apidata.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    problems = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(reports(summary, "apidata", "json")[0])))
    assert not problems, [list(problem.absolute_path) for problem in problems][:5]


def test_the_fhir_export_holds_together(summary):
    archive = zipfile.ZipFile(io.BytesIO(reports(summary, "fhir", "zip")[0]))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    resources = {}
    for entry in manifest["output"]:
        lines = archive.read(entry["file"]).decode().splitlines()
        assert len(lines) == entry["count"]
        for line in lines:
            resource = json.loads(line)
            assert resource["resourceType"] == entry["type"]
            resources[f'{entry["type"]}/{resource["id"]}'] = resource
    patients = [name for name in resources if name.startswith("Patient/")]
    assert len(patients) == 1
    proven = set()
    for resource in resources.values():
        if resource["resourceType"] == "Provenance":
            proven |= {target["reference"] for target in resource["target"]}
        elif resource["resourceType"] != "Patient":
            subject = resource.get("subject") or resource.get("patient") or resource.get("beneficiary")
            assert subject["reference"] == patients[0]
    assert proven == {name for name in resources if not name.startswith(("Patient/", "Provenance/"))}


def test_what_the_vendor_sent_is_in_the_aps_report(summary):
    text = pdf_text(reports(summary, "aps", "pdf")[0])
    assert "Attending Physician Statements" in text and "Source index" in text
