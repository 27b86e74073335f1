"""A Shapefile is read by whole columns, and what comes of it is what GDAL reads cell by cell."""

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from loaders.profiles import FileRule
from loaders.readers import shapefile, vector
from loaders.readers.vector import DELETED, read_vector
from tests.loaders.readers.dbf_files import DELETED as STAR
from tests.loaders.readers.dbf_files import KEPT, some, write

ROWS = 7
"""Of one batch, so that small files have several."""
ODD_CELLS = pytest.mark.filterwarnings("ignore::RuntimeWarning")
"""GDAL says of some cells that they are no values."""


@pytest.fixture(autouse=True)
def short_batches(monkeypatch):
    monkeypatch.setattr(vector, "_rows_at_once", lambda *_: ROWS)


@pytest.fixture
def by_gdal(monkeypatch):
    """Reads every cell by GDAL."""

    def read_by_gdal(path):
        with monkeypatch.context() as patch:
            patch.setattr(vector, "values_of", lambda *_: None)
            return read(path)

    return read_by_gdal


@pytest.fixture
def asked(monkeypatch):
    """How often GDAL was asked for the values of some rows."""
    times, ask = [], shapefile._by_gdal
    monkeypatch.setattr(shapefile, "_by_gdal", lambda *about: times.append(about) or ask(*about))
    return times


def read(path: Path) -> list[pa.Table]:
    (stream,) = read_vector(path, path.name, FileRule())
    return [chunk.rows for chunk in stream.chunks]


def assert_alike(ours: list[pa.Table], gdal: list[pa.Table]) -> None:
    """The same batches; numbers that are none are alike, too."""
    assert [table.num_rows for table in ours] == [table.num_rows for table in gdal]
    for one, other in zip(ours, gdal, strict=True):
        assert one.column_names == other.column_names
        assert one.schema.types == other.schema.types
        assert str(one.to_pydict()) == str(other.to_pydict())


@ODD_CELLS
@pytest.mark.parametrize("strange", [0.0, 0.02, 0.3])
def test_whatever_the_cells_are_the_rows_are_those_of_gdal(tmp_path, by_gdal, strange):
    rng = random.Random(f"cells {strange}")
    for path in (some(rng, tmp_path, strange=strange) for _ in range(30)):
        assert_alike(read(path), by_gdal(path))


@ODD_CELLS
def test_a_damaged_file_ends_as_with_gdal(tmp_path, by_gdal):
    rng = random.Random("damage")
    for place in range(40):
        path = some(rng, tmp_path, strange=0.0)
        part = path.with_suffix((".dbf", ".dbf", ".shx", ".shp")[place % 4])
        content = bytearray(part.read_bytes())
        for _ in range(rng.choice([1, 2, 4])):
            content[rng.randrange(min(len(content), 70))] = rng.choice([0, 1, 32, 42, 255, rng.randrange(256)])
        part.write_bytes(content[: rng.choice([len(content), rng.randrange(len(content))])])
        ours, gdal = ended(read, path), ended(by_gdal, path)
        assert ours == gdal


def ended(reading, path: Path) -> str:
    try:
        return str([(table.schema.types, table.to_pydict()) for table in reading(path)])
    except Exception as error:
        return f"{type(error).__name__} {error}"


BOX, RING = shapely.box(0, 0, 9, 9), shapely.box(20, 0, 30, 9) - shapely.box(22, 2, 25, 5)
KINDS = {
    "Point": [shapely.Point(1, 2), shapely.Point(3, 4)],
    "MultiPoint": [shapely.MultiPoint([(1, 2), (3, 4)])],
    "LineString": [shapely.LineString([(0, 0), (1, 1)]), shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 7)]])],
    "Polygon": [BOX, shapely.reverse(BOX), RING, BOX | RING],
    "Polygon Z": [shapely.force_3d(BOX, 1.5), shapely.force_3d(RING, 2)],
    "LineString Z": [shapely.LineString([(0, 0, 1), (1, 1, 2)])],
}


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_of_every_kind_are_those_of_gdal(tmp_path, by_gdal, asked, kind):
    shapes = [*(KINDS[kind] * 5), None]
    numbers = np.arange(len(shapes)) / 8
    texts = np.array([f"{number} Lê Lợi" if number % 1 else None for number in numbers], dtype=object)
    about = {"crs": "EPSG:9210", "geometry_type": kind, "driver": "ESRI Shapefile"}
    pyogrio.raw.write(tmp_path / "a.shp", shapely.to_wkb(shapes), [texts, numbers], ["duong", "dai"], **about)
    assert_alike(read(tmp_path / "a.shp"), by_gdal(tmp_path / "a.shp"))
    assert not asked


def test_deleted_rows_are_left_out_and_counted(tmp_path, by_gdal):
    rows = [[str(number).encode().ljust(4)] for number in range(30)]
    path = write(
        tmp_path / "a.shp", [("a", b"C", 4, 0)], rows, [STAR if n % 3 == 1 or n > 20 else KEPT for n in range(30)]
    )
    (stream,) = read_vector(path, path.name, FileRule())
    assert stream.expected == sum(chunk.rows.num_rows for chunk in stream.chunks) == 14
    assert stream.left_out == {("a.shp", DELETED): 16}
    assert_alike(read(path), by_gdal(path))


def test_the_rows_of_real_files_are_those_of_gdal(by_gdal, asked, shared_data, monkeypatch):
    monkeypatch.setattr(vector, "_rows_at_once", lambda *_: 1_000)
    files = sorted((shared_data / "parcels_bentre").glob("*.shp"))
    assert files
    for path in files:
        assert_alike(read(path), by_gdal(path))
    assert not asked
