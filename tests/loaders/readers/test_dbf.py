"""Days of a .dbf that are in no calendar come through as they stand there, not as the first of January 1970."""

import datetime

import pyarrow as pa
import pytest

from loaders.profiles import FileRule
from loaders.readers.vector import read_vector
from tests.loaders.hostile import manholes

WIDTH = 8


def with_days(folder, days):
    """A Shapefile whose column `duong` holds days."""
    path = manholes(folder / "hg.shp", len(days), driver="ESRI Shapefile")
    dbf = path.with_suffix(".dbf")
    content = dbf.read_bytes()
    head, width = int.from_bytes(content[8:10], "little"), content[32 + 16]
    field = bytearray(content[64:96])
    field[11], field[16] = ord("D"), WIDTH
    record = (1 + width + WIDTH).to_bytes(2, "little")
    lines = [content[head + n * (1 + width + content[80]) :][: 1 + width] + day for n, day in enumerate(days)]
    dbf.write_bytes(content[:10] + record + content[12:64] + field + content[96:head] + b"".join(lines) + b"\x1a")
    return path


def read(path):
    (stream,) = read_vector(path, path.name, FileRule())
    return pa.concat_tables(chunk.rows for chunk in stream.chunks).column("duong").to_pylist()


def test_days_that_are_none_are_kept_as_they_stand(tmp_path):
    days = [b"20251231", b"20211332", b"00000000", b"        ", b"20230229", b"31/12/25"]
    assert read(with_days(tmp_path, days)) == ["2025-12-31", "20211332", None, None, "20230229", "31/12/25"]


@pytest.mark.parametrize("blank", [b"00000000", b"        "])
def test_days_of_the_calendar_stay_days(tmp_path, blank):
    assert read(with_days(tmp_path, [b"20251231", blank])) == [datetime.date(2025, 12, 31), None]
