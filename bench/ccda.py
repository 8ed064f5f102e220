"""Times bench_ccda and @medplum/ccda on the same documents: ccda.py PROGRAM

The documents are the whole ones of the shared clinical data that both readers can read.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLINICAL = ROOT.parent / "shared/data/clinical/ccda"
FOLDERS = ("onc-cert", "vendor", "hl7-examples/Documents")
SECONDS = "4"
ROUNDS = 3


def rival(seconds: str, files: list[str]) -> list[str]:
    command = ["node", str(ROOT / "bench/ccda.mjs"), seconds, *files]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()


def main() -> None:
    if not CLINICAL.is_dir():
        sys.exit("bench ccda: ../shared/data/clinical is not there, so there is nothing to read")
    found = sorted(str(path) for folder in FOLDERS for path in (CLINICAL / folder).rglob("*.xml"))
    files = [file for file in rival("0", found) if not pathlib.Path(file).name.startswith("NT_BadXml")]
    size = sum(pathlib.Path(file).stat().st_size for file in files)
    print(f"{len(files)} documents, {size / 1e6:.1f} MB; one thread each, the best of {ROUNDS} rounds of {SECONDS} s")
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        ours = subprocess.run([sys.argv[1], SECONDS, *files], check=True, stdout=subprocess.PIPE, text=True).stdout
        lines = [line.split() for line in ours.splitlines()]
        lines.append(["@medplum/ccda", *rival(SECONDS, files)[0].split()])
        for name, documents, total, seconds in lines:
            rate = (int(documents) / float(seconds), int(total) / float(seconds) / 1e6)
            best[name] = max(best.get(name, (0.0, 0.0)), rate)
    print("                documents/s     MB/s   times Medplum")
    for name, (documents, megabytes) in best.items():
        print(f"{name:15} {documents:11.0f} {megabytes:8.1f} {documents / best['@medplum/ccda'][0]:15.1f}")


if __name__ == "__main__":
    main()
