"""Times bench_report and WeasyPrint on one table: report.py PROGRAM FOLDER

The rival's time is that of its whole process, ours that of the rendering; the row "start" is what
WeasyPrint takes for a table of one row and is subtracted, so that neither pays for its start.
"""
import statistics
import subprocess
import sys
import time

ROWS = 2000
ROUNDS = 3


def ours(program: str, folder: str, rows: int) -> tuple[int, float]:
    pages, seconds = subprocess.run([program, folder, str(rows)], check=True, capture_output=True, text=True).stdout.split()
    return int(pages), float(seconds)


def rival(folder: str) -> tuple[int, float]:
    times = []
    for _ in range(ROUNDS):
        begin = time.monotonic()
        subprocess.run(["weasyprint", "-q", f"{folder}/table.html", f"{folder}/rival.pdf"], check=True, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - begin)
    info = subprocess.run(["pdfinfo", f"{folder}/rival.pdf"], check=True, capture_output=True, text=True).stdout
    pages = next(int(line.split()[1]) for line in info.splitlines() if line.startswith("Pages:"))
    return pages, statistics.median(times)


def main() -> None:
    program, folder = sys.argv[1:]
    ours(program, folder, 1)
    _, start = rival(folder)
    pages, seconds = ours(program, folder, ROWS)
    rival_pages, rival_seconds = rival(folder)
    net = rival_seconds - start
    print(f"{ROWS} rows          pages  seconds  pages/s   rows/s")
    print(f"chartroom         {pages:6} {seconds:8.2f} {pages / seconds:8.1f} {ROWS / seconds:8.0f}")
    print(f"weasyprint        {rival_pages:6} {net:8.2f} {rival_pages / net:8.1f} {ROWS / net:8.0f}   (start of {start:.2f} s subtracted)")
    print(f"ratio                             {pages / seconds / (rival_pages / net):8.1f} {net / seconds:8.1f}")


if __name__ == "__main__":
    main()
