"""The table of the contract is whole: every row has a rule and tests that exist, or a reason why there is none."""
import ast
import functools
import os
import pathlib

import pytest

from contract import rows_api, rows_flow, rows_register
from contract.outline import all_ids, outline
from contract.reading import read_contract

TESTS = pathlib.Path(__file__).resolve().parents[1]
CONTRACT = TESTS.parents[2] / "shared/contract.md"
ROWS = {**rows_api.ROWS, **rows_flow.ROWS, **rows_register.ROWS}
FACT = "FACT: "
MOST_FACTS = 10


@functools.lru_cache
def existing_tests() -> set[str]:
    """All tests of this suite as "module.name" without "test_"."""
    names = set()
    for file in [*TESTS.glob("test_*.py"), *TESTS.glob("contract/test_*.py")]:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                names.add(f"{file.stem.removeprefix('test_')}.{node.name.removeprefix('test_')}")
    return names


def test_every_row_of_the_contract_is_in_the_table_and_no_other():
    ids = all_ids()
    assert len(ids) == len(set(ids))
    assert sorted(ROWS) == sorted(ids)
    given = [*rows_api.ROWS, *rows_flow.ROWS, *rows_register.ROWS]
    assert len(given) == len(set(given)), "a row stands in two files"


@pytest.mark.parametrize("row", list(ROWS))
def test_every_row_names_tests_that_exist(row):
    rule, tests = ROWS[row]
    if tests.startswith(FACT):
        assert len(tests) > len(FACT) + 20, "the reason is missing"
        return
    assert rule and tests.split()
    assert [name for name in tests.split() if name not in existing_tests()] == []


def test_facts_are_few():
    assert sum(tests.startswith(FACT) for _, tests in ROWS.values()) <= MOST_FACTS


def test_the_outline_is_the_contracts():
    """A row, bullet or section that is new in the contract needs an entry here."""
    if not CONTRACT.exists():
        assert os.environ.get("CI") != "true", "shared/contract.md is absent"
        pytest.skip("shared/contract.md is absent")
    assert read_contract(CONTRACT.read_text()) == outline()
