"""Reads the patients of the shared clinical data independently of the product: json and xml.etree alone.

A chart is one patient in one file (or in one folder of single resources); a person may have several.
"""
import base64
import json
import pathlib
import re
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Iterator

CDA = "{urn:hl7-org:v3}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SDTC = "{urn:hl7-org:sdtc}"

RESULT_SECTIONS = {"2.16.840.1.113883.10.20.22.2.3", "2.16.840.1.113883.10.20.22.2.3.1",
                   "2.16.840.1.113883.10.20.22.2.4", "2.16.840.1.113883.10.20.22.2.4.1"}
PROBLEM_SECTIONS = {"2.16.840.1.113883.10.20.22.2.5", "2.16.840.1.113883.10.20.22.2.5.1"}
PROBLEM_OBSERVATION = "2.16.840.1.113883.10.20.22.4.4"
WITHDRAWN = {"entered-in-error", "cancelled", "refuted", "nullified", "aborted"}
SEXES = {"M": "male", "F": "female", "male": "male", "female": "female", "248153007": "male", "248152002": "female"}
SEX_EXTENSIONS = ("us-core-individual-sex", "us-core-sex", "us-core-birthsex")


@dataclass
class Chart:
    """What a file says of one patient."""

    file: str
    names: list[tuple[str, str]] = field(default_factory=list)  # first given name, family name; current ones first
    birth: str = ""  # YYYY-MM-DD; empty when not a whole date
    sex: str = ""
    address: dict = field(default_factory=dict)  # as in an order
    identifiers: list[str] = field(default_factory=list)
    deceased: bool = False
    numbers: list[Decimal] = field(default_factory=list)  # of laboratory results and vital signs
    problems: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # the raw text that is about this patient

    def is_same_person(self, other: "Chart") -> bool:
        """As a human reader would say: same birth date and first name, a family name in common."""
        if not self.birth or self.birth != other.birth:
            return False
        mine = {(given.lower(), family.lower()) for given, family in self.names if given and family}
        return bool(mine & {(given.lower(), family.lower()) for given, family in other.names})


# ── FHIR ──


def _resources(path: pathlib.Path) -> list[dict]:
    text = path.read_text()
    lines = [line for line in text.splitlines() if line.strip()] if path.suffix == ".ndjson" else [text]
    documents = [json.loads(line, parse_float=Decimal) for line in lines]
    found = []
    for document in documents:
        if document.get("resourceType") == "Bundle":
            found += [entry["resource"] for entry in document.get("entry", []) if "resource" in entry]
        else:
            found.append(document)
    return found


def _fhir_sex(patient: dict) -> str:
    for extension in patient.get("extension", []):
        if extension["url"].rsplit("/", 1)[-1] in SEX_EXTENSIONS and not patient.get("gender"):
            return SEXES.get(extension.get("valueCode") or extension.get("valueCoding", {}).get("code"), "")
    return SEXES.get(patient.get("gender"), "")


def _fhir_names(patient: dict) -> list[tuple[str, str]]:
    names = sorted(patient.get("name", []), key=lambda name: name.get("use") in ("old", "maiden"))
    return [((name.get("given") or [""])[0], name.get("family", "")) for name in names]


def _fhir_address(patient: dict) -> dict:
    for address in sorted(patient.get("address", []), key=lambda one: one.get("use") == "old"):
        parts = {"street1": (address.get("line") or [""])[0], "city": address.get("city", ""),
                 "state": address.get("state", ""), "zip": address.get("postalCode", "")}
        return {name: value for name, value in parts.items() if value}
    return {}


def _fhir_patient(patient: dict, file: str) -> Chart:
    birth = patient.get("birthDate", "")
    return Chart(file=file, names=_fhir_names(patient), birth=birth if len(birth) == 10 else "",
                 sex=_fhir_sex(patient), address=_fhir_address(patient),
                 identifiers=[patient["id"], *(i["value"] for i in patient.get("identifier", []) if "value" in i)],
                 deceased=patient.get("deceasedBoolean", False) or "deceasedDateTime" in patient)


def _categories(resource: dict) -> set[str]:
    return {coding.get("code") for category in resource.get("category", []) for coding in category.get("coding", [])}


def _read_fhir_facts(chart: Chart, resource: dict) -> None:
    if resource.get("status") in WITHDRAWN:
        return
    if resource["resourceType"] == "Observation" and _categories(resource) & {"laboratory", "vital-signs"}:
        for holder in [resource, *resource.get("component", [])]:
            value = holder.get("valueQuantity", {}).get("value")
            if value is not None:
                chart.numbers.append(Decimal(value))
    if resource["resourceType"] == "Condition":
        verification = {c.get("code") for c in resource.get("verificationStatus", {}).get("coding", [])}
        name = resource["code"].get("text") or resource["code"].get("coding", [{}])[0].get("display")
        if name and not verification & WITHDRAWN:
            chart.problems.append(name)


def _owner_of(resource: dict) -> str:
    for name in ("subject", "patient", "beneficiary"):
        reference = resource.get(name, {}).get("reference", "") if isinstance(resource.get(name), dict) else ""
        if "Patient/" in reference or reference.startswith("urn:uuid:"):
            return re.split("[/:]", reference)[-1]
    return ""


def _texts_of(resource: dict) -> list[str]:
    """The resource itself and the notes inside of it."""
    found = [json.dumps(resource, default=str, ensure_ascii=False)]
    contents = [content for content in resource.get("content", []) if isinstance(content, dict)]
    for attachment in [*(content.get("attachment", {}) for content in contents), *resource.get("presentedForm", [])]:
        found.append(base64.b64decode(attachment.get("data", "")).decode(errors="replace"))
    return found


def _fhir_charts(files: list[pathlib.Path], where: str) -> tuple[list[Chart], list[str]]:
    """Charts of files that belong together, and the texts that are about nobody."""
    resources = [resource for file in files for resource in _resources(file)]
    charts = {r["id"]: _fhir_patient(r, where) for r in resources if r["resourceType"] == "Patient"}
    nobody: list[str] = []
    for resource in resources:
        texts = _texts_of(resource)
        owner = resource["id"] if resource["resourceType"] == "Patient" else _owner_of(resource)
        if owner in charts:
            charts[owner].texts += texts
            _read_fhir_facts(charts[owner], resource)
        else:
            nobody += texts
    for identifier, chart in charts.items():
        if len(charts) > 1:
            chart.file = f"{where}#{identifier}"
    if len(charts) == 1:  # what a bundle says of doctors and clinics is about its one patient
        next(iter(charts.values())).texts += nobody
        nobody = []
    return list(charts.values()), nobody


# ── C-CDA ──


def _texts(parent: xml.Element, name: str) -> list[str]:
    return [(node.text or "").strip() for node in parent.findall(CDA + name)]


def _cda_names(patient: xml.Element) -> list[tuple[str, str]]:
    return [((_texts(name, "given") or [""])[0], (_texts(name, "family") or [""])[0])
            for name in patient.findall(CDA + "name")]


def _cda_address(role: xml.Element) -> dict:
    for address in role.findall(CDA + "addr"):
        parts = {"street1": "streetAddressLine", "city": "city", "state": "state", "zip": "postalCode"}
        found = {name: (_texts(address, tag) or [""])[0].strip("- ") for name, tag in parts.items()}
        return {name: value for name, value in found.items() if value}
    return {}


def _attribute(parent: xml.Element, path: str, name: str) -> str:
    node = parent.find(path)
    return node.get(name, "") if node is not None else ""


def _has_template(node: xml.Element, roots: set[str]) -> bool:
    return any(template.get("root") in roots for template in node.findall(CDA + "templateId"))


def _is_withdrawn(observation: xml.Element) -> bool:
    return observation.get("negationInd") == "true" or _attribute(observation, CDA + "statusCode", "code") in WITHDRAWN


def _read_cda_facts(chart: Chart, root: xml.Element) -> None:
    for section in root.iter(CDA + "section"):
        for observation in section.iter(CDA + "observation"):
            if _is_withdrawn(observation):
                continue
            for value in observation.findall(CDA + "value"):
                number = value.get("value", "")
                if (_has_template(section, RESULT_SECTIONS) and value.get(XSI_TYPE) == "PQ"
                        and re.fullmatch(r"-?\d+(\.\d+)?", number)):
                    chart.numbers.append(Decimal(number))
                if (_has_template(section, PROBLEM_SECTIONS) and _has_template(observation, {PROBLEM_OBSERVATION})
                        and value.get("displayName")):
                    chart.problems.append(value.get("displayName", ""))


def _cda_chart(path: pathlib.Path, where: str) -> Chart | None:
    try:
        root = xml.parse(path).getroot()
    except xml.ParseError:
        return None
    role = root.find(f"{CDA}recordTarget/{CDA}patientRole") if root.tag == CDA + "ClinicalDocument" else None
    patient = role.find(CDA + "patient") if role is not None else None
    if role is None or patient is None:
        return None
    birth = _attribute(patient, CDA + "birthTime", "value")[:8]
    chart = Chart(file=where, names=_cda_names(patient),
                  birth=f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if len(birth) == 8 else "",
                  sex=SEXES.get(_attribute(patient, CDA + "administrativeGenderCode", "code"), ""),
                  address=_cda_address(role),
                  identifiers=[node.get("extension", "") for node in role.findall(CDA + "id")],
                  deceased=_attribute(patient, SDTC + "deceasedInd", "value") == "true",
                  texts=[path.read_text(errors="replace")])
    _read_cda_facts(chart, root)
    return chart


# ── folders ──


def _folders(root: pathlib.Path) -> Iterator[tuple[pathlib.Path, list[pathlib.Path]]]:
    for folder in sorted({path.parent for path in root.rglob("*") if path.is_file()}):
        yield folder, sorted(path for path in folder.iterdir() if path.is_file())


def read_charts(clinical: pathlib.Path, *subfolders: str) -> tuple[list[Chart], list[str]]:
    """All charts below the subfolders, and the texts that are about nobody we can name."""
    charts: list[Chart] = []
    nobody: list[str] = []
    for subfolder in subfolders:
        for folder, files in _folders(clinical / subfolder):
            loose = []
            for file in files:
                where = str(file.relative_to(clinical))
                if file.suffix not in (".json", ".ndjson"):
                    chart = _cda_chart(file, where)
                    if chart is not None:
                        charts.append(chart)
                    else:
                        nobody.append(file.read_bytes().decode(errors="replace"))
                elif file.suffix == ".json" and json.loads(file.read_text())["resourceType"] == "Bundle":
                    found, rest = _fhir_charts([file], where)
                    charts += found
                    nobody += rest
                else:
                    loose.append(file)
            if loose:
                found, rest = _fhir_charts(loose, str(folder.relative_to(clinical)))
                charts += found
                nobody += rest
    return charts, nobody
