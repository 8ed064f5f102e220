"""Reads the contract's Markdown into the ids of its rows: one for each table row and each bullet."""
import re
from dataclasses import dataclass

HEADING = re.compile(r"#{2,4} (\d+(?:\.\d+)*)\.? ")
SECTIONS = ("2", "3", "4", "6.1", "6.2", "6.3", "7", "9", "10", "13", "14")
WORDS_IN_AN_ID = 5


@dataclass(frozen=True)
class Place:
    """A section as it stands in the contract."""

    number: str
    rows: tuple[str, ...]  # ids of its table rows, "3.2.1/ssn"
    bullets: int


def is_wanted(number: str) -> bool:
    return any(number == section or number.startswith(section + ".") for section in SECTIONS)


def _name(cell: str) -> str:
    """The first words of a row's first cell; dots and dashes of numbers stay."""
    return "-".join(re.findall(r"[A-Za-z0-9_.]+", cell)[:WORDS_IN_AN_ID])


def read_contract(text: str) -> dict[str, Place]:
    """The wanted sections by number. A name that a section has twice gets "~2", and so on."""
    rows: dict[str, list[str]] = {}
    bullets: dict[str, int] = {}
    number, is_body, in_code = "", False, False
    for line in text.splitlines():
        in_code ^= line.startswith("```")
        heading = HEADING.match(line)
        if in_code:
            continue
        if heading:
            number, is_body = heading[1], False
            rows.setdefault(number, [])
            bullets.setdefault(number, 0)
        elif not line.startswith("|"):
            is_body = False
            bullets[number] = bullets.get(number, 0) + line.startswith("* ")
        elif line.startswith("|---"):
            is_body = True
        elif is_body:
            base = f"{number}/{_name(line.split('|')[1])}"
            used = sum(1 for one in rows[number] if one.split("~")[0] == base)
            rows[number].append(base if not used else f"{base}~{used + 1}")
    return {one: Place(one, tuple(rows[one]), bullets[one]) for one in rows if is_wanted(one)}
