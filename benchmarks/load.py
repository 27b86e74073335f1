"""City-sized parcels: `bando load` beside `ogr2ogr` COPY with GiST (`python -m benchmarks.load [rows] [part …]`).

First into an empty layer, with every check, both geometries, history and indexes; again; with 1 % and with all rows
changed; from a GeoPackage and from a Shapefile. Each load stands between two of `ogr2ogr`, so that both meet the same
machine. Then what each mechanism is worth, by doing its step the plain way. Parts: gpkg, shp, factors.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from benchmarks.measure import CONSOLE, claim, run, seconds_of
from benchmarks.place import Bench, fresh_installation
from gis_server.catalog import Catalog
from gis_server.catalog.places import read_places
from gis_server.cli.context import Ready
from gis_server.cli.desk import desk_of
from loaders import held
from loaders.mercator import in_mercator
from loaders.pipeline import Order, load
from loaders.progress import Steps

PARCELS = 1_200_000
PARTS = ("gpkg", "shp", "factors")
LIMIT_MIB = 1536.0
SHAPE_COLUMN = {"ky_hieu_muc_dich": "ky_hieu_mu"}
"""How a Shapefile cuts the one name that is too long for it."""


def bench(place: Bench, parcels: int = PARCELS, parts: Sequence[str] = PARTS) -> None:
    """Prints ratios for both formats, each in an installation of its own, and what each mechanism is worth.

    All rows are changed, too, where every part is asked for.
    """
    whole = len(parts) == len(PARTS)
    with tempfile.TemporaryDirectory(prefix="bando-load-") as folder:
        place.asked("sample", "--out", str(Path(folder) / "lon"), "--parcels", str(parcels))
        parcel_file = Path(folder) / "lon" / "ThuaDat.gpkg"
        for part in parts:
            with fresh_installation() as empty:
                if part == "gpkg":
                    _measure(empty, parcel_file, "mau_lon", whole=whole)
                elif part == "shp":
                    shape_file = _as_shapefile(parcel_file)
                    _measure(empty, shape_file, _profile_for_shapes(shape_file), whole=whole)
                else:
                    _factors(empty, parcel_file)


def _measure(place: Bench, file: Path, profile: str, *, whole: bool) -> None:
    kind, peers = file.suffix.removeprefix(".").upper(), [_ogr2ogr(place, file)]
    deliveries = {"first load": file, "the same again, no release": file, "1 % changed": _changed(file, 100)}
    for words, delivery in {**deliveries, **({"all changed": _changed(file, 1)} if whole else {})}.items():
        seconds, report = _load(place, delivery, profile)
        peers.append(_ogr2ogr(place, file))
        beside = sum(peers[-2:]) / 2
        claim(f"{kind}: {words}, {_rows(report):,} parcels", seconds, beside, "s", "s ogr2ogr COPY with GiST, mean")
        drawing = report["seconds"].get("vẽ sẵn · draw ahead", 0.0)
        claim(f"{kind}: {words}, without drawing tiles ahead", seconds - drawing, beside, "s", "s the same")
        claim(f"{kind}: peak memory", report["peak_mib"], LIMIT_MIB, "MiB", "MiB limit")
        _show_shares(report, seconds)
    if whole and kind == "GPKG":
        _without_holding_back(place, file, profile)


def _show_shares(report: dict[str, Any], whole: float) -> None:
    """Of each step, and of what is around them: program start, catalog, plan, books."""
    steps = {**report["seconds"], "khởi động, sổ · start": whole - sum(report["seconds"].values())}
    for step, seconds in steps.items():
        CONSOLE.print(f"    {step:<24} {seconds:>6.2f} s, {seconds / whole:.0%}", style="dim")


def _without_holding_back(place: Bench, file: Path, profile: str) -> None:
    """The same file once more as it is, in one process, with what is served held back and with every row sent."""
    ready = Ready(place.settings, place.catalog, place.database, read_places(place.settings.layers_folder))
    took = []
    for fewest in (held.FEWEST, held.MOST + 1):
        with patch.object(held, "FEWEST", fewest):
            took.append(seconds_of(lambda: load(Order(file, profile, dry_run=True), desk_of(ready, Steps(quiet=True)))))
    claim("factor: served rows held back", took[0], took[1], "s", "s all rows sent (no publish)")


def _load(place: Bench, file: Path, profile: str) -> tuple[float, dict[str, Any]]:
    started = time.perf_counter()
    report: dict[str, Any] = json.loads(place.asked("load", str(file), "--profile", profile, "--json"))
    return time.perf_counter() - started, report


def _rows(report: dict[str, Any]) -> int:
    return sum(int(layer["rows"]) for layer in report["layers"].values())


def _ogr2ogr(place: Bench, file: Path) -> float:
    with place.database.connect("owner") as conn:
        conn.execute("CREATE SCHEMA peer")
    options = ["-lco", "SPATIAL_INDEX=GIST", "-lco", "SCHEMA=peer", "--config", "PG_USE_COPY", "YES"]
    measured = run(["ogr2ogr", "-f", "PostgreSQL", f"PG:{place.database.dsn('owner')}", str(file), *options])
    with place.database.connect("owner") as conn:
        conn.execute("DROP SCHEMA peer CASCADE")
    return measured.seconds


def _as_shapefile(file: Path) -> Path:
    target = file.with_name("shp") / "ThuaDat.shp"
    target.parent.mkdir()
    run(["ogr2ogr", "-f", "ESRI Shapefile", str(target), str(file), "-lco", "ENCODING=UTF-8"])
    return target


def _profile_for_shapes(file: Path) -> str:
    """The profile of the sample, for the names that a Shapefile cuts."""
    text = (Path(__file__).parents[1] / "loaders" / "profiles" / "mau_lon.yaml").read_text(encoding="utf-8")
    text = text.replace("ThuaDat.gpkg", "ThuaDat.shp")
    for name, cut in SHAPE_COLUMN.items():
        text = text.replace(f"{name}: {name}", f"{name}: {cut}")
    target = file.with_name("tep_shape.yaml")
    target.write_text(text, encoding="utf-8")
    return str(target)


def _changed(file: Path, every: int) -> Path:
    """The same parcels, every so many of them a tenth of a square metre larger on paper."""
    meta, rows = pyogrio.read_arrow(file)
    area = rows.column("dien_tich").to_numpy().copy()
    area[::every] += 0.1
    rows = rows.set_column(rows.schema.get_field_index("dien_tich"), "dien_tich", pa.array(np.round(area, 1)))
    target = file.with_name(f"doi_{every}") / file.name
    target.parent.mkdir(exist_ok=True)
    geometry = meta["geometry_name"] or "wkb_geometry"
    pyogrio.write_arrow(rows, target, geometry_name=geometry, geometry_type="Polygon", crs=meta["crs"])
    return target


def _factors(place: Bench, file: Path) -> None:
    """Seconds of a step as the loader does it, against the plain way."""
    meta, rows = pyogrio.read_arrow(file)
    shapes = shapely.from_wkb(rows.column(meta["geometry_name"]).to_numpy())
    arrow, plain = seconds_of(lambda: pyogrio.read_arrow(file)), seconds_of(lambda: pyogrio.raw.read(file))
    claim("factor: reading as Arrow", arrow, plain, "s", "s feature by feature")
    points = shapely.get_coordinates(shapes)
    fitted, proj = (
        seconds_of(lambda: _in_batches(points, place.catalog)),
        seconds_of(lambda: _by_proj(points, place.catalog)),
    )
    claim("factor: Web Mercator by fitted polynomials", fitted, proj, "s", "s PROJ")
    with _table(place, rows, shapes) as table:
        _copies_and_indexes(place, table)


def _copies_and_indexes(place: Bench, table: pa.Table) -> None:
    import adbc_driver_postgresql.dbapi
    import psycopg

    dsn = place.database.dsn("owner")
    with adbc_driver_postgresql.dbapi.connect(dsn, autocommit=True) as conn, conn.cursor() as cursor:
        binary = seconds_of(lambda: cursor.adbc_ingest("parcel", table, mode="append", db_schema_name="peer"))
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("TRUNCATE peer.parcel")
        text = seconds_of(lambda: _copy_text(owner, table))
        claim("factor: binary COPY", binary, text, "s", "s COPY of text")
        plain = "CREATE INDEX plain ON peer.parcel USING gist (geom) WITH (buffering = on)"
        slow = seconds_of(lambda: owner.execute(plain))
        quick = seconds_of(lambda: owner.execute("CREATE INDEX quick ON peer.parcel USING gist (geom)"))
        claim("factor: GiST built from sorted boxes", quick, slow, "s", "s built by insertion")
        again = seconds_of(lambda: owner.execute("CREATE TABLE peer.twice AS SELECT * FROM peer.parcel ORDER BY geom"))
        claim("factor: rows written once (twin taken over)", binary, binary + again, "s", "s staged, then written anew")


def _copy_text(conn: Any, table: pa.Table) -> None:
    with conn.cursor().copy("COPY peer.parcel FROM STDIN") as copy:
        for batch in table.to_batches(65_536):
            shapes = [value.hex() for value in batch.column("geom").to_pylist()]
            for row in zip(*(batch.column(name).to_pylist() for name in batch.schema.names[:-1]), shapes, strict=True):
                copy.write_row(row)


@contextmanager
def _table(place: Bench, rows: pa.Table, shapes: np.ndarray) -> Iterator[pa.Table]:
    """The parcels with EWKB, and an empty table for them."""
    wkb = shapely.to_wkb(shapely.set_srid(shapes, place.catalog.crs.stored), include_srid=True)
    table = pa.table({
        "so_thua": rows.column("so_thua"),
        "dien_tich": pc.cast(rows.column("dien_tich"), pa.float64()),
        "dia_chi": rows.column("dia_chi"),
        "geom": pa.array(wkb, pa.binary()),
    })  # fmt: skip
    with place.database.connect("owner") as conn:
        conn.execute("CREATE SCHEMA peer")
        conn.execute("CREATE TABLE peer.parcel (so_thua text, dien_tich float8, dia_chi text, geom geometry)")
    yield table
    with place.database.connect("owner") as conn:
        conn.execute("DROP SCHEMA peer CASCADE")


def _in_batches(points: np.ndarray, catalog: Catalog) -> None:
    for start in range(0, len(points), 330_000):
        in_mercator(points[start : start + 330_000], catalog.crs)


def _by_proj(points: np.ndarray, catalog: Catalog) -> None:
    catalog.crs.transform(points, catalog.crs.stored, 3857)


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS, sys.argv[2:] or PARTS)
