"""JSON that GDAL does not read: lists of records with coordinates, and GeoJSON wrapped into JavaScript."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import shapely
import yaml

from gis_server.errors import DeliveryUnreadable
from loaders.readers.pairs import pair, pairs
from loaders.readers.pieces import joined
from loaders.readers.stream import GEOMETRY, ROWS_AT_ONCE, Chunk, Stream

WRAPPING = re.compile(rb"^\s*(?:export\s+default|(?:var|let|const)\s+[\w$]+\s*=|[\w$.]+\s*=)\s*")
WGS84 = 4326
Row = dict[str, Any]
Recipes = Mapping[str, Any]


def read_json(path: Path, file: str) -> Iterator[Stream]:
    """A stream for each list of records in the document."""
    document = read_document(path, file)
    recipes = yaml.safe_load(Path(__file__).with_name("json_shapes.yaml").read_text())
    for name, rows in _lists(document, path.stem):
        if name is _GEOJSON:
            yield _stream(file, path.stem, [_feature(one) for one in rows], [_geometry(one) for one in rows])
            continue
        shapes = [_shape(row, recipes) for row in rows]
        used = {column for column in _shape_columns(recipes) if any(column in row for row in rows)}
        plain = [{key: value for key, value in row.items() if key not in used} for row in rows]
        yield _stream(file, name, plain, shapes)
        for track in (key for key in recipes["tracks"] if any(row.get(key) for row in rows)):
            yield _stream(file, f"{track}.{name}", *joined(rows, track, recipes["tracks"][track]))


def read_document(path: Path, file: str) -> Any:
    """The JSON value in a file, with or without a JavaScript assignment around it."""
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    content = WRAPPING.sub(b"", content, count=1).rstrip().rstrip(b";")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if "memory" in str(error):
            raise MemoryError from error
        raise DeliveryUnreadable(
            f"Không đọc được {file}: không phải JSON hợp lệ ({error}).",
            f"{file} cannot be read: it is not valid JSON ({error}).",
        ) from error


_GEOJSON = "\x00geojson"


def _lists(document: Any, stem: str) -> Iterator[tuple[str, list[Row]]]:
    """Lists of records by the place they stand at; a document without any is one record."""
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        yield _GEOJSON, document.get("features") or []
        return
    found = list(_walk(document, ""))
    if not found and isinstance(document, dict):
        found = [("", [document])]
    for place, rows in found:
        yield place or stem, rows


def _walk(value: Any, place: str) -> Iterator[tuple[str, list[Row]]]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield place, [row for row in value if isinstance(row, dict)]
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _walk(member, f"{place}.{key}" if place else key)


def _stream(file: str, name: str, rows: list[Row], shapes: list[Any]) -> Stream:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    placed = any(shape is not None for shape in shapes)
    stream = Stream(file, name, WGS84 if placed else None, iter(()), frozenset(columns), expected=len(rows))
    stream.placed = placed
    stream.chunks = _chunks(stream, columns, rows, shapes)
    return stream


def _chunks(stream: Stream, columns: list[str], rows: list[Row], shapes: list[Any]) -> Iterator[Chunk]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        made = {name: pa.array([_text(row.get(name)) for row in part], pa.string()) for name in columns}
        made[GEOMETRY] = pa.array(shapely.to_wkb(shapes[start : start + ROWS_AT_ONCE]), pa.binary())
        yield Chunk(stream.name, pa.table(made))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return orjson.dumps(value).decode()


def _feature(feature: Any) -> Row:
    return dict(feature.get("properties") or {}) if isinstance(feature, dict) else {}


def _geometry(feature: Any) -> Any:
    said = feature.get("geometry") if isinstance(feature, dict) else None
    return None if said is None else shapely.from_geojson(orjson.dumps(said), on_invalid="ignore")


def _shape_columns(recipes: Recipes) -> set[str]:
    return {name for kind in ("Polygon", "LineString", "Point") for name in recipes[kind]} | set(recipes["tracks"])


def _shape(row: Row, recipes: Recipes) -> Any:
    for kind in ("Polygon", "LineString", "Point"):
        for name in recipes[kind]:
            if (shape := _drawn(row.get(name), kind)) is not None:
                return shape
    for east, north in recipes["columns"]:
        if (point := _point([row.get(east), row.get(north)])) is not None:
            return point
    return None


def _drawn(value: Any, kind: str) -> Any:
    if isinstance(value, dict):
        value = [value.get("lon", value.get("lng")), value.get("lat")]
    if not isinstance(value, list) or not value:
        return None
    if kind == "Point":
        return _point(value)
    parts = value if isinstance(value[0], list) and value[0] and isinstance(value[0][0], list) else [value]
    lines = [line for line in (pairs(part) for part in parts) if line is not None]
    if kind == "LineString":
        return shapely.MultiLineString(lines) if lines else None
    rings = [ring for ring in lines if len(set(ring)) >= 3]
    return shapely.MultiPolygon([(ring, []) for ring in rings]) if rings else None


def _point(value: Any) -> Any:
    place = pair(value)
    return None if place is None else shapely.Point(place)
