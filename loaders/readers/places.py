"""Columns of a table → places: numbers with points or commas, degrees with minutes and seconds, straight lines, WKT."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.conditions import as_number, with_points
from loaders.profiles import FileRule
from loaders.readers.columns import listed
from loaders.readers.stream import GEOMETRY

COMMA = r"^\s*[-+]?[0-9]+,[0-9]+\s*$"
SURELY_COMMA = r"^\s*[-+]?(?:[0-9]{4,},[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,}))\s*$"
"""A comma that cannot group thousands: more than three digits before it, or not three behind it."""
DEGREES = (
    r"^\s*(?P<degrees>[0-9]{1,3})\s*[°ºo:\s]\s*(?P<minutes>[0-9]{1,2})\s*['′’:\s]\s*"
    r"(?P<seconds>[0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:[\"″”]|''|′′|’’)?\s*(?P<side>[NSEWnsewBĐbđ]?)\s*$"
)


def placed(rows: pa.Table, how: FileRule, file: str) -> pa.Table:
    """The table with its points, from the columns for east and north, or with the geometries of a WKT column."""
    if how.east is not None and how.north is not None and how.to_east is not None and how.to_north is not None:
        names = (how.east, how.north, how.to_east, how.to_north)
        wkb = _segments(*(_numbers(rows, name, how, file) for name in names))
    elif how.east is not None and how.north is not None:
        wkb = _points(_numbers(rows, how.east, how, file), _numbers(rows, how.north, how, file))
    elif how.wkt is not None:
        wkb = _from_wkt(_column(rows, how.wkt, file))
    else:
        wkb = pa.nulls(rows.num_rows, pa.binary())
    return rows.append_column(GEOMETRY, wkb)


def _points(east: np.ndarray, north: np.ndarray) -> pa.Array:
    known = np.isfinite(east) & np.isfinite(north)
    points = np.full(len(east), None, dtype=object)
    points[known] = shapely.points(east[known], north[known])
    return pa.array(shapely.to_wkb(points), pa.binary())


def _segments(east: np.ndarray, north: np.ndarray, to_east: np.ndarray, to_north: np.ndarray) -> pa.Array:
    ends = np.stack([np.column_stack([east, north]), np.column_stack([to_east, to_north])], axis=1)
    known = np.isfinite(ends).all(axis=(1, 2))
    lines = np.full(len(east), None, dtype=object)
    lines[known] = shapely.linestrings(ends[known])
    return pa.array(shapely.to_wkb(lines), pa.binary())


def _from_wkt(texts: pa.ChunkedArray) -> pa.Array:
    shapes = shapely.from_wkt(texts.to_numpy(), on_invalid="ignore")
    return pa.array(shapely.to_wkb(shapes), pa.binary())


def _numbers(rows: pa.Table, name: str, how: FileRule, file: str) -> np.ndarray:
    column = _column(rows, name, file).combine_chunks()
    if pa.types.is_string(column.type):
        column = _from_degrees(_with_points(column, how))
    numbers: np.ndarray = as_number(column).to_numpy(zero_copy_only=False)
    return numbers


def _with_points(column: pa.Array, how: FileRule) -> pa.Array:
    """Decimal commas as points: where the profile says so, or where some of them can be nothing else."""
    if how.decimal == ",":
        return with_points(column)
    if how.decimal is None and pc.any(pc.match_substring_regex(column, SURELY_COMMA)).as_py():
        return pc.if_else(pc.match_substring_regex(column, COMMA), pc.replace_substring(column, ",", "."), column)
    return column


def _from_degrees(column: pa.Array) -> pa.Array:
    """106°29'10.5"E as 106.48625; all else as it stands."""
    parts = pc.extract_regex(column, DEGREES)
    known = pc.is_valid(parts)
    if not pc.any(known).as_py():
        return column
    degrees, minutes, seconds = (
        pc.cast(pc.replace_substring(pc.struct_field(parts, [name]), ",", "."), pa.float64())
        for name in ("degrees", "minutes", "seconds")
    )
    whole = pc.add(degrees, pc.add(pc.divide(minutes, 60.0), pc.divide(seconds, 3600.0)))
    behind = pc.is_in(pc.utf8_upper(pc.struct_field(parts, ["side"])), value_set=pa.array(["S", "W"]))
    signed = pc.if_else(behind, pc.negate(whole), whole)
    return pc.if_else(known, pc.cast(signed, pa.string()), column)


def _column(rows: pa.Table, name: str, file: str) -> pa.ChunkedArray:
    if name not in rows.column_names:
        raise DeliveryUnreadable(
            f"{file} không có cột “{name}”; có: {listed(rows.column_names)}.",
            f"{file} has no column “{name}”; it has: {listed(rows.column_names)}.",
        )
    column = rows.column(name)
    if not pa.types.is_binary(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:  # a cell with old letters where a number or WKT is due: it is neither in any letters
        texts = [None if value is None else value.decode("latin-1") for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
