"""HbA1c and lipids of a FHIR bundle, with nothing but Python's json: what reports must show of them.

By hand: python3 tests/api/support/trends.py BUNDLE.json
"""
import json
import pathlib
import sys
from datetime import datetime, timezone
from decimal import Decimal

TESTS = {"4548-4": "HbA1c", "2093-3": "total cholesterol", "2085-9": "HDL", "18262-6": "LDL", "2571-8": "triglycerides"}

Trend = list[tuple[str, Decimal]]


def trends(bundle: pathlib.Path) -> dict[str, Trend]:
    """By LOINC code: (minute in UTC, value) of each measurement, oldest first; one said twice counts once."""
    found: dict[str, set[tuple[str, Decimal]]] = {code: set() for code in TESTS}
    for entry in json.loads(bundle.read_text(), parse_float=Decimal, parse_int=Decimal)["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] != "Observation" or "valueQuantity" not in resource:
            continue
        for coding in resource["code"]["coding"]:
            if coding["code"] in found:
                when = datetime.fromisoformat(resource["effectiveDateTime"]).astimezone(timezone.utc)
                found[coding["code"]].add((when.strftime("%Y-%m-%d %H:%M"), resource["valueQuantity"]["value"]))
    return {code: sorted(values) for code, values in found.items()}


if __name__ == "__main__":
    for loinc, trend in trends(pathlib.Path(sys.argv[1])).items():
        print(f"{TESTS[loinc]} ({loinc})")
        for minute, value in trend:
            print(f"  {minute}  {value}")
