"""The text of a PDF, as poppler reads it."""
import subprocess


def pdf_text(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, "poppler cannot open the PDF"
    assert not done.stderr, "poppler complains about the PDF"
    return done.stdout.decode()
