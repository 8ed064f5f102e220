"""Whole orders per CPU-second of the server: orders.py CHARTROOM FOLDER [--smoke] [--perf]

Each is an order of its own applicant in the sandbox: intake over HTTP, records, the identity match,
four reports (healthcheck, ccdraw and combined as PDF, apidata as JSON), and their notifications to a
webhook on loopback. Once with small records, a FHIR bundle of a dozen facts and a page of C-CDA each, and once with
the network's generated lives, FHIR and C-CDA of one to three providers over ten years. CPU time is
that of the server's process alone, /proc/PID/stat, from the first order to the last one's summary.
With --perf a profile of the server's time is printed (needs Debian's linux-perf).
"""
import argparse
import base64
import datetime
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import threading
import time

from server import Server

CALLERS = 4
PATIENCE_S = 600
# With four first names 2,400 people: the network hands out the records of everybody with the family name and initial.
FAMILY = tuple(first + second for first in ("Ash", "Black", "Brook", "Cold", "Fair", "Green", "Hart", "Light", "North", "Oak",
                                            "Park", "Red", "Stan", "Strat", "Thorn", "Wake", "West", "White", "Wood", "York")
               for second in ("bourne", "bridge", "bury", "croft", "dale", "field", "ford", "gate", "ham", "hill", "hurst",
                              "land", "ley", "low", "man", "more", "ridge", "shaw", "side", "stead", "stone", "ton", "wall",
                              "ward", "water", "way", "well", "wick", "worth", "yard"))
ORDER_TYPE = """
code = "bench"
alias = "Bench"
description = "EHR networks, four reports"
channels = [{ channel = "ehr" }]
outputs = [
  { name = "apidata", format = "json" },
"""
PDFS = """
  { name = "healthcheck", format = "pdf" },
  { name = "ccdraw", format = "pdf" },
  { name = "combined", format = "pdf", base_reports = ["healthcheck", "ccdraw"] },
"""


class Receiver:
    """Answers 200 and counts the orders that have ended."""

    def __init__(self) -> None:
        self.ended: dict[str, int] = {}
        self.last: list[dict] = []
        self.notifications = 0
        self.changed = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))[0]
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.take(event)

            def log_message(self, *_arguments) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, event: dict) -> None:
        payload = event.get("eventPayload", {})
        with self.changed:
            self.notifications += 1
            if payload.get("orderStatus") in ("completed", "cancelled"):
                self.ended[event["clientUserId"]] = len(payload.get("reports", []))
                self.last = payload["reports"]
                self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.ended) >= count, timeout=PATIENCE_S):
                raise SystemExit(f"only {len(self.ended)} of {count} orders ended")


    def pages(self, server: Server, token: str) -> int:
        """Pages of the PDFs of the order that ended last."""
        pages = 0
        for report in self.last:
            body = Caller(server.port, token).get(report["uri"])
            if report["fileExtension"] == "pdf":
                shown = subprocess.run(["pdfinfo", "-"], input=body, capture_output=True, check=True).stdout.decode()
                pages += next(int(line.split()[1]) for line in shown.splitlines() if line.startswith("Pages:"))
        return pages


class Caller:
    """One keep-alive connection."""

    def __init__(self, port: int, token: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}

    def get(self, url: str) -> bytes:
        self.connection.request("GET", url[url.index("/", url.index("://") + 3):], headers=self.headers)
        return self.connection.getresponse().read()

    def post(self, path: str, body: dict) -> dict:
        self.connection.request("POST", path, json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 202):
            raise SystemExit(f"{path}: {answer.status} {text[:200]!r}")
        return json.loads(text)


def person(number: int) -> dict:
    """Another one each time, with a birthday of its own; the same ones in every run."""
    female = number % 2 == 0
    return {"firstName": ("Anna", "John", "Mary", "Paul")[number % 4], "lastName": FAMILY[number // 4 % len(FAMILY)],
            "gender": "female" if female else "male",
            "dateOfBirth": (datetime.date(1940, 1, 1) + datetime.timedelta(days=7 * number)).isoformat(),
            "address": {"street1": "12 Hill Street", "city": "Boise", "state": "ID", "zip": f"837{number % 90 + 10:02}"}}


def order(number: int) -> dict:
    return {
        "orderType": "bench", "clientUserId": f"policy-{number}", "clientUserEmail": "applicant@example.com",
        **person(number),
        "attachments": [{"type": "hipaaAuthorization", "contentType": "application/pdf", "encoding": "base64",
                         "content": base64.b64encode(b"%PDF-1.4\n").decode()}],
    }


def small_record(number: int) -> dict:
    """A visit with two problems, two medicines and six results."""
    someone = person(number)
    address = someone["address"]
    about = {"subject": {"reference": "Patient/p"}}
    resources = [
        {"resourceType": "Patient", "id": "p", "name": [{"family": someone["lastName"], "given": [someone["firstName"]]}],
         "birthDate": someone["dateOfBirth"], "gender": someone["gender"],
         "address": [{"line": [address["street1"]], "city": address["city"], "state": address["state"],
                      "postalCode": address["zip"]}]},
        {"resourceType": "Organization", "id": "o", "name": "Harbor Clinic"},
        {"resourceType": "Encounter", "id": "e", "status": "finished", **about,
         "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
         "period": {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T09:30:00Z"},
         "serviceProvider": {"reference": "Organization/o"}},
    ]
    for key, (code, text) in enumerate((("44054006", "Type 2 diabetes mellitus"), ("38341003", "Hypertension"))):
        resources.append({"resourceType": "Condition", "id": f"c{key}", **about, "onsetDateTime": "2021-05-04",
                          "code": {"coding": [{"system": "http://snomed.info/sct", "code": code, "display": text}]}})
    for key, (code, text) in enumerate((("860975", "Metformin 500 MG Oral Tablet"), ("314076", "Lisinopril 10 MG Oral Tablet"))):
        resources.append({"resourceType": "MedicationRequest", "id": f"m{key}", "status": "active", "intent": "order", **about,
                          "authoredOn": "2026-03-02", "medicationCodeableConcept": {"coding": [
                              {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": text}]}})
    results = (("4548-4", "Hemoglobin A1c", 6.9, "%"), ("2345-7", "Glucose", 131, "mg/dL"), ("2160-0", "Creatinine", 0.9, "mg/dL"),
               ("13457-7", "LDL cholesterol", 118, "mg/dL"), ("2085-9", "HDL cholesterol", 47, "mg/dL"),
               ("8302-2", "Body height", 172, "cm"))
    for key, (code, text, value, unit) in enumerate(results):
        resources.append({"resourceType": "Observation", "id": f"r{key}", "status": "final", **about,
                          "effectiveDateTime": "2026-03-02T09:10:00Z",
                          "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": text}]},
                          "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}})
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def small_document(number: int) -> str:
    """The same clinic's summary of the visit as C-CDA."""
    someone = person(number)
    address = someone["address"]
    day = someone["dateOfBirth"].replace("-", "")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
  <id root="2.16.840.1.113883.19.5" extension="{number}"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
  <title>Visit summary</title><effectiveTime value="20260302093000+0000"/><languageCode code="en-US"/>
  <recordTarget><patientRole><id root="2.16.840.1.113883.19.6" extension="{number}"/>
    <addr><streetAddressLine>{address["street1"]}</streetAddressLine><city>{address["city"]}</city><state>{address["state"]}</state>
      <postalCode>{address["zip"]}</postalCode></addr>
    <patient><name><given>{someone["firstName"]}</given><family>{someone["lastName"]}</family></name>
      <administrativeGenderCode code="{someone["gender"][0].upper()}" codeSystem="2.16.840.1.113883.5.1"/>
      <birthTime value="{day}"/></patient></patientRole></recordTarget>
  <custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.19.7"/>
    <name>Harbor Clinic</name></representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody>
    <component><section><templateId root="2.16.840.1.113883.10.20.22.2.5.1"/>
      <code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title>
      <text><table><thead><tr><th>Problem</th><th>Since</th></tr></thead><tbody>
        <tr><td>Type 2 diabetes mellitus</td><td>2021</td></tr><tr><td>Hypertension</td><td>2021</td></tr></tbody></table></text>
    </section></component>
    <component><section><code code="51847-2" codeSystem="2.16.840.1.113883.6.1"/><title>Assessment and plan</title>
      <text><paragraph>Diabetes is controlled. Continue metformin; return in six months.</paragraph></text>
    </section></component>
  </structuredBody></component>
</ClinicalDocument>
"""


def place(server: Server, token: str, first: int, count: int) -> None:
    numbers = iter(range(first, first + count))
    lock = threading.Lock()

    def call() -> None:
        caller = Caller(server.port, token)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            caller.post("/api/v1/users", order(number))

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def customer(server: Server, folder: pathlib.Path, receiver: Receiver, pdfs: bool) -> str:
    """An application with the order type and the webhook; its token."""
    keys = json.loads(server.tool("app", "create", "--name", "Bench", "--sandbox"))
    (folder / "type.toml").write_text(ORDER_TYPE + (PDFS if pdfs else "") + "]\n")
    server.tool("order-type", "import", "--app", keys["client_id"], "--file", str(folder / "type.toml"))
    server.tool("webhook", "add", "--app", keys["client_id"], "--url", receiver.url)
    grant = {"client_id": keys["client_id"], "client_secret": keys["client_secret"], "type": "client"}
    return Caller(server.port).post("/v1/admin/token", grant)["client_token"]


def measure(given: argparse.Namespace, folder: pathlib.Path, warm_up: int, count: int, small: bool,
            pdfs: bool = True) -> None:
    flags: tuple[str, ...] = ()
    if small:
        records = folder / "records"
        records.mkdir(parents=True)
        for number in range(warm_up + count):
            (records / f"{number}.json").write_text(json.dumps(small_record(number)))
            (records / f"{number}.xml").write_text(small_document(number))
        flags = ("--sandbox-records", str(records))
    receiver = Receiver()
    server = Server(given.chartroom, folder, "--data", str(folder / "data"), flags=flags)
    profile = None
    try:
        server.start()
        token = customer(server, folder, receiver, pdfs)
        place(server, token, 0, warm_up)
        receiver.wait_for(warm_up)
        if given.perf:
            profile = subprocess.Popen(["perf", "record", "-q", "-F", "499", "-p", str(server.process.pid), "-o",
                                        str(folder / "perf.data")])
            time.sleep(1)
        cpu, begin, notifications = server.cpu_seconds(), time.monotonic(), receiver.notifications
        place(server, token, warm_up, count)
        receiver.wait_for(warm_up + count)
        cpu, seconds = server.cpu_seconds() - cpu, time.monotonic() - begin
        notifications = receiver.notifications - notifications
        memory = server.memory_mib()
        pages = receiver.pages(server, token)
    finally:
        server.stop()
        if profile:
            profile.wait()
    reports = set(receiver.ended.values())
    if reports != {4 if pdfs else 1}:
        raise SystemExit(f"orders ended with other numbers of reports: {reports}")
    title = ("small records" if small else "generated lives") + ("" if pdfs else ", no PDF")
    print(f"{title}: {count} whole orders in {seconds:.1f} s and {cpu:.1f} CPU-seconds "
          f"of the server: {count / cpu:.2f} orders per CPU-second; the last one has {pages} pages of PDF; "
          f"{notifications / count:.1f} notifications each; RSS {memory['rss']:.0f} MiB", flush=True)
    if profile:
        for title, options in (("by library", ["--sort", "dso"]), ("by function", ["--sort", "dso,sym"])):
            report = subprocess.run(["perf", "report", "-i", str(folder / "perf.data"), "--percent-limit", "1", *options],
                                    capture_output=True, text=True, check=False)
            lines = [line.rstrip()[:100] for line in report.stdout.splitlines() if line.strip() and not line.startswith("#")]
            print(f"\n{title}:", *lines, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("chartroom")
    parser.add_argument("folder")
    parser.add_argument("--smoke", action="store_true", help="only whether it works")
    parser.add_argument("--orders", type=int, default=100, help="with generated lives; ten times as many others")
    parser.add_argument("--perf", action="store_true", help="a profile")
    given = parser.parse_args()
    warm_up, lives, small = (1, 2, 3) if given.smoke else (5, given.orders, 10 * given.orders)
    folder = pathlib.Path(given.folder).resolve()
    measure(given, folder / "json", warm_up, small, True, pdfs=False)
    measure(given, folder / "small", warm_up, small, True)
    measure(given, folder / "lives", warm_up, lives, False)


if __name__ == "__main__":
    sys.exit(main())
