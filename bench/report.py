"""Times reports: report.py PROGRAM FOLDER

1. One table as PDF, beside WeasyPrint, Typst and wkhtmltopdf. A rival's time is that of its whole process, ours that of
   the rendering; the column "start" is what the rival takes for a table of one row and is subtracted, so that nobody
   pays for a start. Rivals that are not there are left out: wkhtmltopdf is a Debian package, Typst comes by npm.
2. A combined report of a thousand pages, and its peak of memory.
3. All reports of one person with 200 documents, in CPU-seconds. The documents are 5 made-up C-CDA files 40 times over.
"""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

ROWS = 2000
ROUNDS = 3
HERE = pathlib.Path(__file__).resolve().parent
TYPST = HERE / "report_typst"


def run(*command, **options) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options)


def ours(program: str, folder: str, rows: int) -> tuple[int, float]:
    pages, seconds = run(program, folder, rows).stdout.split()
    return int(pages), float(seconds)


def cells_of(html: str) -> list[list[str]]:
    """The table's cells, so that Typst gets the very same words."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [[re.sub(r"<[^>]*>", "", cell).replace("&amp;", "&") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
            for row in rows]


def write_typst(folder: str) -> None:
    head, *rows = cells_of(pathlib.Path(folder, "table.html").read_text(encoding="utf-8"))
    quoted = lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    lines = ['#set page(paper: "us-letter", margin: 46pt, footer: context [Page #counter(page).display() of '
             '#counter(page).final().first()])', '#set text(font: ("Inter", "DejaVu Sans"), size: 8pt)',
             "#table(columns: (auto, 2fr, auto, auto, auto, 1fr), stroke: none,",
             "table.header(" + ", ".join(f"strong({quoted(cell)})" for cell in head) + "),"]
    lines += [", ".join(quoted(cell) for cell in row) + "," for row in rows]
    pathlib.Path(folder, "table.typ").write_text("\n".join(lines) + "\n)\n", encoding="utf-8")


def rivals(folder: str) -> dict[str, list]:
    found = {}
    if shutil.which("weasyprint"):
        found["weasyprint"] = ["weasyprint", "-q", f"{folder}/table.html", f"{folder}/rival.pdf"]
    if shutil.which("npm"):
        if not (TYPST / "node_modules").is_dir():
            run("npm", "ci", "--no-audit", "--no-fund", cwd=TYPST)
        found["typst"] = ["node", TYPST / "compile.mjs", f"{folder}/table.typ", f"{folder}/rival.pdf"]
    if shutil.which("wkhtmltopdf"):
        found["wkhtmltopdf"] = ["wkhtmltopdf", "-q", "--disable-javascript", f"{folder}/table.html", f"{folder}/rival.pdf"]
    return found


def timed(command: list, folder: str) -> tuple[int, float]:
    times = []
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": folder}
    for _ in range(ROUNDS):
        begin = time.monotonic()
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env=environment)
        times.append(time.monotonic() - begin)
    info = run("pdfinfo", f"{folder}/rival.pdf").stdout
    pages = next(int(line.split()[1]) for line in info.splitlines() if line.startswith("Pages:"))
    return pages, statistics.median(times)


def tables(program: str, folder: str) -> None:
    starts = {}
    ours(program, folder, 1)
    write_typst(folder)
    for name, command in rivals(folder).items():
        starts[name] = timed(command, folder)[1]
    pages, seconds = ours(program, folder, ROWS)
    write_typst(folder)
    print(f"{ROWS} rows          pages  seconds  pages/s   rows/s    start  times ours (rows/s)")
    print(f"chartroom         {pages:6} {seconds:8.2f} {pages / seconds:8.1f} {ROWS / seconds:8.0f}")
    for name, command in rivals(folder).items():
        rival_pages, whole = timed(command, folder)
        net = max(whole - starts[name], 1e-6)
        print(f"{name:17} {rival_pages:6} {net:8.2f} {rival_pages / net:8.1f} {ROWS / net:8.0f} {starts[name]:8.2f} {net / seconds:8.1f}")


def bound(program: str, folder: str) -> None:
    """Ten parts of 3,500 rows each make a little over a thousand pages."""
    pages, seconds, megabytes, size = run(program, folder, 3500, "combined").stdout.split()
    print(f"\ncombined report: {pages} pages in {float(seconds):.1f} s, peak of memory {float(megabytes):.0f} MB, "
          f"a file of {float(size):.1f} MB")


def ccda(number: int) -> str:
    """A chart of one made-up person; each number is another visit."""
    rows = "".join(f"<tr><td>Test {i}</td><td>{i + number}.{i % 10} mg/dL</td><td>2024-0{number + 1}-1{i % 10}</td></tr>" for i in range(60))
    loinc = ["2093-3", "2085-9", "2571-8", "4548-4", "2160-0"]
    entries = "".join(
        '<entry><organizer classCode="BATTERY" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.1"/>'
        f'<code code="24331-1" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><component><observation '
        'classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.2"/>'
        f'<id root="1.2.3" extension="{number}-{i}"/><code code="{loinc[i % 5]}" codeSystem="2.16.840.1.113883.6.1" displayName="Test {i}"/>'
        f'<statusCode code="completed"/><effectiveTime value="20240{number + 1}1{i % 10}0{i % 6}00"/>'
        f'<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="PQ" value="{100 + i + number}" unit="mg/dL"/>'
        "</observation></component></organizer></entry>" for i in range(60))
    return ('<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="US"/>'
            '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><templateId root="2.16.840.1.113883.10.20.22.1.2"/>'
            f'<id root="2.999.{number}"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Visit {number}</title>'
            f'<effectiveTime value="20240{number + 1}15"/><recordTarget><patientRole><id root="2.999" extension="p1"/>'
            "<addr><streetAddressLine>1 Bench Road</streetAddressLine><city>Boise</city><state>ID</state><postalCode>83712</postalCode></addr>"
            '<patient><name><given>Bench</given><family>Person</family></name><administrativeGenderCode code="F" '
            'codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19680213"/></patient></patientRole></recordTarget>'
            '<component><structuredBody><component><section><templateId root="2.16.840.1.113883.10.20.22.2.3.1"/>'
            '<code code="30954-2" codeSystem="2.16.840.1.113883.6.1"/><title>Results</title><text><table><thead><tr><th>Test</th>'
            f"<th>Value</th><th>Date</th></tr></thead><tbody>{rows}</tbody></table></text>{entries}</section></component></structuredBody></component></ClinicalDocument>")


def persons(program: str, folder: str) -> None:
    files = []
    for number in range(5):
        files.append(pathlib.Path(folder, f"visit-{number}.xml"))
        files[-1].write_text(ccda(number), encoding="utf-8")
    out = pathlib.Path(folder, "reports")
    out.mkdir(exist_ok=True)
    print("\n200 documents of one person")
    print(run(f"{program}_build", out, 40, *files).stdout, end="")


def main() -> None:
    program, folder = sys.argv[1:]
    tables(program, folder)
    bound(program, folder)
    persons(program, folder)


if __name__ == "__main__":
    main()
