"""Small sound files of each format with some of their bytes changed: read, mapped and checked, or refused.

`pytest -m stress tests/loaders/test_fuzz.py` tries thousands: FUZZ_ROUNDS of each format, from FUZZ_SEED on.
"""

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import openpyxl
import osmium
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import yaml

from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.errors import MapError
from loaders.account import Account
from loaders.child.host import Child, reading_child
from loaders.crs import Locator
from loaders.deliveries import open_delivery
from loaders.mapping import Mapping
from loaders.plan import make_plan
from tests.loaders.hostile import EAST, MANHOLES, NORTH, Place, assert_is_a_sentence, manholes, seconds_spent, written

SEED = int(os.environ.get("FUZZ_SEED", "1"))
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "250"))
FEW = 12
"""Mutations of a format in the default run."""
LOADED = 6
"""One of so many is loaded whole, through the database; the others are read and mapped."""
MOST_SECONDS = 12.0
NAMELESS = {
    **MANHOLES,
    "layers": [{"to": "drainage.ho_ga", "geometry": "centre", "fields": {"ma": {"template": "X-{@row}"}}}],
}
TABLE = {
    **MANHOLES,
    "files": [{"file": "*.csv", "east": "x", "north": "y"}, {"file": "*.xlsx", "east": "x", "north": "y"}],
}
ROWS = [(f"HG{n}", f"Đường {n}", EAST + n, NORTH) for n in range(20)]


def gdal(ending: str, driver: str, **more: object) -> Callable[[Path], Path]:
    return lambda folder: manholes(folder / f"hg.{ending}", driver=driver, **more)


def drawing(ending: str, driver: str) -> Callable[[Path], Path]:
    lines = np.array([shapely.LineString([(EAST, NORTH), (EAST + n, NORTH + 9)]) for n in range(1, 20)], object)
    return lambda folder: written(folder / f"hg.{ending}", lines, {}, geometry_type="Unknown", driver=driver)


def table(folder: Path) -> Path:
    lines = ["ma,duong,x,y", *(",".join(map(str, row)) for row in ROWS)]
    (folder / "hg.csv").write_text("\n".join(lines))
    return folder / "hg.csv"


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for line in (("ma", "duong", "x", "y"), *ROWS):
        book.active.append(line)
    book.save(folder / "hg.xlsx")
    return folder / "hg.xlsx"


def parquet(folder: Path) -> Path:
    geo = {"version": "1.0.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    shapes = shapely.to_wkb(shapely.points([row[2:] for row in ROWS]))
    rows = pa.table({"ma": [row[0] for row in ROWS], "duong": [row[1] for row in ROWS], "g": shapes})
    pq.write_table(rows.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "hg.parquet")
    return folder / "hg.parquet"


def osm(ending: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        with osmium.SimpleWriter(str(folder / f"hg.{ending}")) as writer:
            for n in range(1, 40):
                place, tags = (106.7 + n / 1e4, 10.77 + n % 2 / 1e3), {"highway": "x", "name": "Đường"}
                writer.add_node(osmium.osm.mutable.Node(id=n, location=place, tags=tags if n % 2 else {}))
            writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2, 3, 1], tags={"building": "yes"}))
            members = [("w", 1, "outer")]
            writer.add_relation(
                osmium.osm.mutable.Relation(id=1, members=members, tags={"type": "multipolygon", "a": "b"})
            )
        return folder / f"hg.{ending}"

    return made


def listed(ending: str, before: str = "", after: str = "") -> Callable[[Path], Path]:
    """JSON that is no GeoJSON, or GeoJSON in JavaScript."""

    def made(folder: Path) -> Path:
        rows = [{"ma": f"HG{n}", "duong": "Đường", "lat": 10.77, "lon": 106.7 + n / 1e4} for n in range(20)]
        (folder / f"hg.{ending}").write_text(before + json.dumps(rows) + after)
        return folder / f"hg.{ending}"

    return made


def overpass(folder: Path) -> Path:
    nodes = [{"type": "node", "id": n, "lat": 10.77, "lon": 106.7 + n / 1e4, "tags": {"a": "b"}} for n in range(1, 9)]
    way = {"type": "way", "id": 1, "nodes": [1, 2, 3], "tags": {"highway": "x"}}
    said = {"version": 0.6, "generator": "Overpass API", "osm3s": {}, "elements": [*nodes, way]}
    (folder / "hg.json").write_text(json.dumps(said))
    return folder / "hg.json"


def packed(folder: Path) -> Path:
    inner = folder / "in"
    inner.mkdir()
    manholes(inner / "hg.shp", driver="ESRI Shapefile")
    path = Path(shutil.make_archive(str(folder / "hg"), "zip", inner))
    shutil.rmtree(inner)
    return path


FORMATS: dict[str, tuple[Callable[[Path], Path], dict[str, object]]] = {
    "shp": (gdal("shp", "ESRI Shapefile"), MANHOLES),
    "gpkg": (gdal("gpkg", "GPKG"), MANHOLES),
    "geojson": (gdal("geojson", "GeoJSON"), MANHOLES),
    "geojsonl": (gdal("geojsonl", "GeoJSONSeq"), MANHOLES),
    "fgb": (gdal("fgb", "FlatGeobuf"), MANHOLES),
    "gdb": (gdal("gdb", "OpenFileGDB"), MANHOLES),
    "tab": (gdal("tab", "MapInfo File"), MANHOLES),
    "mif": (gdal("mif", "MapInfo File"), MANHOLES),
    "kml": (gdal("kml", "KML"), NAMELESS),
    "gml": (gdal("gml", "GML"), MANHOLES),
    "dgn": (drawing("dgn", "DGN"), NAMELESS),
    "dxf": (drawing("dxf", "DXF"), NAMELESS),
    "csv": (table, TABLE),
    "xlsx": (workbook, TABLE),
    "parquet": (parquet, MANHOLES),
    "osm": (osm("osm"), NAMELESS),
    "pbf": (osm("osm.pbf"), NAMELESS),
    "json": (listed("json"), {**MANHOLES, "crs": None}),
    "js": (listed("js", "var hoGa = ", ";"), {**MANHOLES, "crs": None}),
    "overpass": (overpass, NAMELESS),
    "zip": (packed, MANHOLES),
}


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with reading_child() as child:
        yield child


def mutated(content: bytes, luck: random.Random) -> bytes:
    """Some bytes flipped or set to extremes, a piece cut off, doubled, moved or put in."""
    changed = bytearray(content)
    for _ in range(luck.choice((1, 1, 2, 4, 16))):
        at, size = luck.randrange(len(changed) + 1), luck.choice((1, 2, 4, 8, 64, 512))
        match luck.randrange(7):
            case 0 | 1:
                changed[at : at + 1] = luck.randbytes(1)
            case 2:
                changed[at : at + size] = luck.choice((b"\xff", b"\x00", b"\x7f")) * len(changed[at : at + size])
            case 3:
                changed = changed[: max(1, at)] if luck.random() < 0.3 else changed
            case 4:
                changed[at:at] = changed[at : at + size]
            case 5:
                other = luck.randrange(len(changed) + 1)
                changed[at : at + size], changed[other : other + size] = (
                    changed[other : other + size],
                    changed[at : at + size],
                )
            case _:
                changed[at:at] = luck.randbytes(size)
    return bytes(changed)


def mutate_one(path: Path, luck: random.Random) -> None:
    """One of the files that make up a delivery."""
    parts = sorted(path.iterdir()) if path.is_dir() else sorted(path.parent.glob(f"{path.stem}.*"))
    part = luck.choice([one for one in parts if one.is_file() and one.stat().st_size])
    part.write_bytes(mutated(part.read_bytes(), luck))


def read_and_map(path: Path, profile: Path, catalog: Catalog, child: Child) -> None:
    with open_delivery(path) as delivery:
        mapping, locator = Mapping(catalog, Account()), Locator(catalog, Places((), ()))
        for reading in make_plan(delivery, str(profile), catalog).readings:
            for stream in reading.streams(locator, child, set()):
                for _ in mapping.map(stream, reading.profile, reading.how):
                    continue
        locator.refuse()


def try_one(place: Place, child: Child, folder: Path, name: str, seed: int) -> str:
    """What became of one mutation: `read`, or the kind of the sentence."""
    make, profile = FORMATS[name]
    luck = random.Random(f"{name} {seed}")
    folder.mkdir()
    path = make(folder)
    mutate_one(path, luck)
    if seed % LOADED == 0:
        outcome = place.survives(path, dict(profile))
        return type(outcome).__name__
    file = folder.parent / "profile.yaml"
    file.write_text(yaml.safe_dump(profile, allow_unicode=True))
    try:
        read_and_map(path, file, place.desk.catalog, child)
    except MapError as error:
        assert_is_a_sentence(error)
        return type(error).__name__
    return "read"


def fuzz(place: Place, child: Child, folder: Path, name: str, seeds: range) -> None:
    for seed in seeds:
        spent, since = seconds_spent(), time.monotonic()
        try:
            try_one(place, child, folder / str(seed), name, seed)
        except BaseException as error:
            error.add_note(f"format {name}, seed {seed}")
            raise
        assert seconds_spent() - spent < MOST_SECONDS, f"format {name}, seed {seed}: {time.monotonic() - since:.0f} s"
        with suppress(OSError):
            shutil.rmtree(folder / str(seed))


@pytest.mark.parametrize("name", FORMATS)
def test_a_sound_file_is_read(place, child, tmp_path, name):
    make, profile = FORMATS[name]
    file = tmp_path / "profile.yaml"
    file.write_text(yaml.safe_dump(profile, allow_unicode=True))
    (tmp_path / "giao").mkdir()
    read_and_map(make(tmp_path / "giao"), file, place.desk.catalog, child)


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused(place, child, tmp_path, name):
    fuzz(place, child, tmp_path, name, range(SEED, SEED + FEW))


@pytest.mark.stress
@pytest.mark.parametrize("name", FORMATS)
def test_thousands_of_damaged_files_are_read_or_refused(place, child, tmp_path, name):
    fuzz(place, child, tmp_path, name, range(SEED, SEED + ROUNDS))
