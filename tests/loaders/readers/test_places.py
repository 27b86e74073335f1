"""Columns → places: commas, degrees, minutes and seconds; what cannot be told is no place rather than a wrong one."""

import pyarrow as pa
import pytest
from shapely import from_wkb

from loaders.profiles import FileRule
from loaders.readers.places import placed


def place(east, north, **how):
    rule = FileRule.model_validate({"east": "e", "north": "n", **how})
    rows = placed(pa.table({"e": [east], "n": [north]}), rule, "a.csv")
    wkb = rows.column("@geometry").to_pylist()[0]
    return None if wkb is None else tuple(round(one, 6) for one in from_wkb(wkb).coords[0])


@pytest.mark.parametrize(
    ("east", "north", "how", "found"),
    [
        ("581000,25", "1187000,5", {}, (581000.25, 1187000.5)),
        ("106,48", "10,7366", {}, (106.48, 10.7366)),
        ("581.000,25", "1.187.000,5", {"decimal": ","}, (581000.25, 1187000.5)),
        ("581000.25", "1187000,5", {"decimal": ","}, (581000.25, 1187000.5)),
        ("581000.25", "1187000,5", {"decimal": "."}, None),
        ("581,000", "1,187,000", {}, None),
        ("""106°29'10.5"E""", """10°44'10.5"N""", {}, (106.48625, 10.736250)),
        ("106°29′10,5″Đ", "10°44′10,5″B", {}, (106.48625, 10.736250)),
        ("106 29 10.5", "10 44 10.5", {}, (106.48625, 10.736250)),
        ("106:29:10.5 W", "10:44:10.5 S", {}, (-106.48625, -10.736250)),
        ("nan", "10.7", {}, None),
        ("", "10.7", {}, None),
    ],
)
def test_numbers_as_offices_write_them(east, north, how, found):
    assert place(east, north, **how) == found
