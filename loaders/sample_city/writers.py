"""Writes layers in the formats agencies use, with their faults: old letters, cut names, a private .prj."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.raw import write_arrow

from gis_server.catalog import CrsBook
from loaders.profiles import FileRule
from loaders.sample_city.dgn import write_dgn
from loaders.sample_city.outbound import Output
from loaders.sample_city.shapes import Shapes
from loaders.text import to_tcvn3

SINGLE = {"Point": "Point", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
ESRI_PRJ = (
    'PROJCS["VN_2000_TPHCM_3deg_105d45",GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,'
    '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.75],'
    'PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
"""A .prj as drawn up in ArcGIS by hand: the numbers are right, the names are its author's."""
STAMP = "2025-09-30T08:00:00Z"
"""Files carry this moment instead of now, so that the same seed writes the same bytes."""


def write(folder: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    """One layer into its file, in the format its name says."""
    path = folder / output.file
    with _still():
        _WRITERS[path.suffix](path, output, how, crs)


@contextmanager
def _still() -> Iterator[None]:
    """GDAL with a stopped clock."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_shapefile(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    """DBF bytes in TCVN3; the .cpg that GDAL writes is dealt with afterwards."""
    old = how.encoding == "tcvn3"
    columns = _letters(output.columns, to_tcvn3) if old else output.columns
    _write(path, Output(output.file, output.layer, columns, output.geometry, output.kinds), crs,
           driver="ESRI Shapefile",
           encoding="ISO-8859-1" if old else "UTF-8", layer_options={"DBF_DATE_LAST_UPDATE": STAMP[:10]})  # fmt: skip


def _letters(columns: pa.Table, convert: Callable[[str], str]) -> pa.Table:
    """Text columns through a converter, word by distinct word."""
    for place, field in enumerate(columns.schema):
        if pa.types.is_string(field.type):
            encoded = columns.column(place).combine_chunks().dictionary_encode()
            words = pa.array([convert(word) for word in encoded.dictionary.to_pylist()], pa.string())
            columns = columns.set_column(place, field.name, words.take(encoded.indices))
    return columns


def _write_tab(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    """MapInfo has no empty numbers: columns with gaps are text."""
    columns = output.columns
    for place, field in enumerate(columns.schema):
        if columns.column(place).null_count and not pa.types.is_string(field.type):
            words = [None if value is None else f"{value:.10g}" for value in columns.column(place).to_pylist()]
            columns = columns.set_column(place, field.name, pa.array(words, pa.string()))
    bounds = ",".join(str(value) for value in (500_000, 1_100_000, 700_000, 1_300_000))
    _write(path, Output(output.file, output.layer, columns, output.geometry, output.kinds), crs, driver="MapInfo File",
           layer_options={"BOUNDS": bounds, "ENCODING": "UTF-8"}, geometry_type="Unknown")  # fmt: skip


def _write_gdb(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    _write(path, output, crs, driver="OpenFileGDB")


def _write_gpkg(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    _write(path, output, crs, driver="GPKG", layer_options={"GEOMETRY_NAME": "SHAPE"})


def _write_geojson(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    """Longitude and latitude by the pinned shift, 8 decimals (a millimetre)."""
    moved = shapely.transform(output.geometry, lambda points: crs.transform(points, crs.stored, 4326))
    wgs84 = Output(output.file, output.layer, output.columns, moved, output.kinds)
    _write(
        path,
        wgs84,
        crs,
        driver="GeoJSON",
        layer_options={"COORDINATE_PRECISION": "9"},
        geometry_type="Unknown",
        srs="EPSG:4326",
    )


def _write(path: Path, output: Output, crs: CrsBook, **options: Any) -> None:
    kind = options.pop("geometry_type", None) or (SINGLE[output.kinds[0]] if len(output.kinds) == 1 else "Unknown")
    shapes = (
        _as_multi(output.geometry)
        if kind.startswith("Multi") and options["driver"] != "ESRI Shapefile"
        else output.geometry
    )
    table = output.columns.append_column("geometry", pa.array(shapely.to_wkb(shapes), pa.binary()))
    write_arrow(table, str(path), layer=output.layer, geometry_name="geometry", geometry_type=kind,
                crs=options.pop("srs", None) or crs.srtext(crs.stored), **options)  # fmt: skip


def _as_multi(shapes: Shapes) -> Shapes:
    """Geodatabases hold multi-part geometries only."""
    kind = shapely.get_type_id(shapes)
    made = shapes.copy()
    made[kind == 1] = [shapely.MultiLineString([shape]) for shape in shapes[kind == 1]]
    made[kind == 3] = [shapely.MultiPolygon([shape]) for shape in shapes[kind == 3]]
    return made


def _write_csv(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    """Survey order: point, X (north), Y (east), then the rest."""
    points = shapely.get_coordinates(output.geometry)
    comma = how.decimal == ","
    place = {how.north: points[:, 1], how.east: points[:, 0]}
    columns = {name: [_number(value, comma, 3) for value in values] for name, values in place.items()}
    columns |= {
        name: [_number(value, comma, None) for value in output.columns.column(name).to_pylist()]
        for name in output.columns.column_names
    }
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file, delimiter=how.separator or ",", lineterminator="\r\n")
        lines.writerow([*columns])
        lines.writerows(zip(*columns.values(), strict=True))


def _number(value: Any, comma: bool, decimals: int | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, float | np.floating):
        return str(value)
    text = f"{value:.{decimals}f}" if decimals is not None else f"{value:.6g}"
    return text.replace(".", ",") if comma else text


def stream(path: Path, batches: Iterator[pa.RecordBatch], kind: str, crs: CrsBook) -> int:
    """Batches into one file as they are made, never all at once; how many rows."""
    first = next(batches)
    counted = [0]

    def counting() -> Iterator[pa.RecordBatch]:
        for batch in chain([first], batches):
            counted[0] += batch.num_rows
            yield batch

    reader = pa.RecordBatchReader.from_batches(first.schema, counting())
    driver = "FlatGeobuf" if path.suffix == ".fgb" else "GPKG"
    with _still():
        write_arrow(
            reader,
            str(path),
            layer=path.stem,
            driver=driver,
            geometry_name="geometry",
            geometry_type=kind,
            crs=crs.srtext(crs.stored),
        )
    return counted[0]


def spoil_shapefiles(folder: Path, prj: bool, cpg: str | None) -> None:
    """The .prj as an agency's GIS wrote it, and no .cpg or a wrong one."""
    for path in sorted(folder.glob("*.shp")):
        if prj:
            path.with_suffix(".prj").write_text(ESRI_PRJ, encoding="ascii")
        page = path.with_suffix(".cpg")
        if cpg == "none":
            page.unlink(missing_ok=True)
        elif cpg is not None:
            page.write_text(cpg, encoding="ascii")


def _dgn(path: Path, output: Output, how: FileRule, crs: CrsBook) -> None:
    write_dgn(path, output.geometry, [int(level) for level in output.columns.column("Level").to_pylist()],
              [int(weight) for weight in output.columns.column("Weight").to_pylist()])  # fmt: skip


_WRITERS: dict[str, Callable[[Path, Output, FileRule, CrsBook], None]] = {
    ".shp": _write_shapefile, ".tab": _write_tab, ".gdb": _write_gdb, ".gpkg": _write_gpkg, ".geojson": _write_geojson,
    ".csv": _write_csv, ".dgn": _dgn,
}  # fmt: skip
