"""docs/bad-inputs.md promises a test for each input; each of them must be there."""

import re

import pytest

from gis_server.settings import HOME

UNLISTED = {
    "test_rubbish_in_the_metadata_of_a_parquet_is_a_sentence",
    "test_columns_of_one_name_in_a_workbook_are_refused",
}
LISTED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (HOME / "docs" / "bad-inputs.md").read_text())))


@pytest.mark.parametrize(("file", "name"), LISTED)
def test_a_listed_test_is_there(file, name):
    assert re.search(rf"^def {name}\(", (HOME / file).read_text(), re.MULTILINE)


def test_hostile_tests_are_listed():
    listed = {name for _, name in LISTED}
    for file in ("test_hostile_files.py", "test_hostile_texts.py", "test_hostile_rows.py"):
        found = set(re.findall(r"^def (test_\w+)\(", (HOME / "tests" / "loaders" / file).read_text(), re.MULTILINE))
        assert found - listed <= UNLISTED


def test_no_row_is_without_a_test():
    rows = (HOME / "docs" / "bad-inputs.md").read_text().split("|---|---|---|\n")[1].split("\n\n")[0].splitlines()
    assert [row for row in rows if "::" not in row] == []
