"""Row hashes made by the loader are those PostgreSQL makes: for every type, every length, every alphabet."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
import shapely

from gis_server.db.database import Database
from loaders.row_hash import combined, value_hashes

LETTERS = "a/Ệ,0 đ漢🗺Ω"
SHAPES = ["POINT(603514.4 1191454.713)", "LINESTRING(0 0,1 1)", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))"]


def ewkb(*texts: str) -> list[bytes]:
    wkb: list[bytes] = shapely.to_wkb(shapely.set_srid(shapely.from_wkt(list(texts)), 9210), include_srid=True).tolist()
    return wkb


VALUES: list[tuple[str, pa.DataType, list[Any]]] = [
    ("text", pa.string(), [*(LETTERS[: n % 9] * (n // 3) for n in range(60)), None, "", "Nguyễn Trãi"]),
    ("bigint", pa.int64(), [0, 1, -1, 2**40, -(2**40), 2**63 - 1, -(2**63), None]),
    ("float8", pa.float64(), [0.0, -0.0, 1.5, -2.25, 1e300, 0.1, None]),
    ("boolean", pa.bool_(), [True, False, None]),
    ("date", pa.date32(), [date(1950, 3, 3), date(2000, 1, 1), date(2026, 11, 22), None]),
    (
        "timestamptz",
        pa.timestamp("us", "UTC"),
        [datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), None],
    ),
    ("geometry(Geometry, 9210)", pa.binary(), [*ewkb(*SHAPES), None]),
]


@pytest.mark.parametrize(("kind", "arrow", "values"), VALUES, ids=[kind for kind, _, _ in VALUES])
def test_values_hash_as_in_postgresql(database: Database, kind: str, arrow: pa.DataType, values: list[Any]):
    asked = [value.hex() if isinstance(value, bytes) else value for value in values]
    cast = f"(%s::{kind})" + ("::bytea" if kind.startswith("geometry") else "")
    with database.connect("load") as conn:
        query = f"SELECT hash_record_extended(ROW({cast}), 0)".encode()
        theirs = [conn.execute(query, [value]).fetchone()[0] for value in asked]
    assert combined([value_hashes(pa.array(values, arrow))]).tolist() == theirs


@pytest.mark.parametrize("count", [1, 5, 400])
def test_values_of_any_length_hash_as_in_postgresql(database: Database, count: int):
    """Alone, as spans of many lengths, and as rows of one length."""
    lengths = [*range(count), *[40] * count, 30_000 + count]
    values = [bytes((7 * n + k) % 256 for k in range(length)) for n, length in enumerate(lengths)]
    with database.connect("load") as conn:
        query = "SELECT hash_record_extended(ROW(v), 0) FROM unnest(%s::bytea[]) WITH ORDINALITY AS u (v, n) ORDER BY n"
        theirs = [row[0] for row in conn.execute(query.encode(), [values])]
    assert combined([value_hashes(pa.array(values, pa.binary()))]).tolist() == theirs


def test_a_part_of_a_column_hashes_like_a_whole_one():
    whole = pa.array(["a", "bb", None, "Nguyễn", "x" * 30])
    assert value_hashes(whole.slice(1, 3)).tolist() == value_hashes(whole).tolist()[1:4]
