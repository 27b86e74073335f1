"""GeoTIFF: one row whose geometry is the footprint, whose columns are what was measured, and a COG in the workspace."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from gis_server.catalog import CrsBook
from gis_server.catalog.rasters import FACTS
from loaders.profiles import FileRule
from loaders.rasters.cells import CellRules
from loaders.rasters.cog import CogWriter, make_room
from loaders.rasters.describe import described
from loaders.rasters.digest import sha256_of
from loaders.rasters.findings import UNUSABLE, Found, as_marks, of_cells, of_header
from loaders.rasters.gdal import only_geotiff
from loaders.rasters.order import RasterOrder
from loaders.rasters.scan import Scan, scan
from loaders.rasters.sheet import Sheet, open_sheet
from loaders.readers.stream import FAULT, GEOMETRY, Chunk, Stream

TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.string()}
SCHEMA = pa.schema(
    [*((name, TYPES[kind]) for name, kind in FACTS.items()), (GEOMETRY, pa.binary()), (FAULT, pa.string())]
)
MOST_DECIMALS = 6


def read_raster(path: Path, name: str, how: FileRule, order: RasterOrder) -> Iterator[Stream]:
    """The raster as a stream of one row; empty chunks before it only say that the work goes on."""
    only_geotiff()
    if order.rule is None:
        yield described(path, name)
        return
    rows = _rows(path, name, how, order)
    chunks = (Chunk(name, pa.Table.from_batches([_batch(row)], SCHEMA)) for row in rows)
    yield Stream(name, "", order.crs.stored, chunks, frozenset(FACTS))


def _batch(row: dict[str, Any] | None) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([] if row is None else [row], schema=SCHEMA)


def _rows(path: Path, name: str, how: FileRule, order: RasterOrder) -> Iterator[dict[str, Any] | None]:
    """None while cells are being read, then the row."""
    assert order.rule is not None
    with open_sheet(path, name, how, order.crs) as sheet:
        findings = list(of_header(sheet, order.rule))
        if any(one.code in UNUSABLE for one in findings):
            yield _row(sheet, order.crs, findings)
            return
        rules = CellRules(order.rule, order.codes, sheet.nodata, sheet.scale)
        found = Scan()
        copy = _copy(sheet, order)
        for _ in scan(sheet, rules, found, None if copy is None else copy.keep):
            yield None
        findings += of_cells(sheet, rules, found)
        if copy is not None:
            yield from copy.finish(order.rule, found)
        measured = _measured(found) if found.valid else {}
        yield _row(sheet, order.crs, findings) | measured | (_kept(copy) if copy is not None and found.valid else {})


def _copy(sheet: Sheet, order: RasterOrder) -> CogWriter | None:
    if order.workspace is None:
        return None
    make_room(sheet, order.workspace)
    return CogWriter(sheet, order.crs, order.workspace)


def _row(sheet: Sheet, crs: CrsBook, findings: list[Found]) -> dict[str, Any]:
    """What the header says."""
    source = sheet.source
    return {
        "ma": Path(sheet.name).stem,
        "luoi": sheet.srid,
        "do_phan_giai": sheet.cell_m(crs),
        "so_cot": source.width,
        "so_hang": source.height,
        "so_kenh": source.count,
        "kieu_so": source.dtypes[0],
        "ngay": _day(source.tags().get("TIFFTAG_DATETIME", "")),
        GEOMETRY: shapely.to_wkb(sheet.footprint(crs)),
        FAULT: as_marks(sheet, crs, findings),
    }


def _measured(found: Scan) -> dict[str, Any]:
    return {
        "nho_nhat": round(found.least, MOST_DECIMALS),
        "lon_nhat": round(found.greatest, MOST_DECIMALS),
        "trung_binh": round(found.mean, MOST_DECIMALS),
        "ty_le_co_so_lieu": round(100 * found.valid / found.cells, 3),
    }


def _kept(writer: CogWriter) -> dict[str, Any]:
    """Gives the COG the name of its content, in the workspace."""
    sha256, size = sha256_of(writer.cog), writer.cog.stat().st_size
    writer.cog.replace(writer.cog.with_name(f"{sha256}.tif"))
    nodata = None if writer.nodata is None else f"{writer.nodata:.9g}"
    return {"sha256": sha256, "dung_luong": size, "gia_tri_trong": nodata}


def _day(stamp: str) -> str | None:
    """TIFF writes `2025:09:30 08:00:00`."""
    try:
        return datetime.strptime(stamp[:10], "%Y:%m:%d").date().isoformat()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        return None
