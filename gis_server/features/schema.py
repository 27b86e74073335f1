"""JSON Schema of a layer's features and of what they may be filtered by, with code lists as named constants."""

from collections.abc import Iterable, Mapping
from typing import Any

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import FieldRule, GeometryKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHAPES: Mapping[GeometryKind, str] = {
    "Point": "geometry-point-or-multipoint",
    "LineString": "geometry-linestring-or-multilinestring",
    "Polygon": "geometry-polygon-or-multipolygon",
}
TYPES: Mapping[str, dict[str, str]] = {
    "text": {"type": "string"},
    "code": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
OURS: Mapping[str, dict[str, Any]] = {
    "source": {"type": "string", "title": "Nguồn dữ liệu", "description": "Nguồn dữ liệu · Source of the data"},
    "synthetic": {
        "type": "boolean",
        "title": "Dữ liệu giả lập",
        "description": "Dữ liệu giả lập, không đo ngoài thực địa · Synthetic data, not measured",
    },
}


ID = {
    "fid": {
        "type": "integer",
        "title": "Số hiệu đối tượng",
        "description": "Số hiệu, giữ nguyên qua các bản công bố · Feature number, the same in every release",
        "x-ogc-role": "id",
    }
}


def feature_schema(catalog: Catalog, layer: Layer, fields: Iterable[str], address: str) -> dict[str, Any]:
    """Everything a feature of this layer may carry for the caller."""
    names = list(fields)
    properties = {name: _property(catalog, layer, name) for name in names}
    return {
        **_head(layer, address),
        "required": [name for name in names if layer.fields[name].required],
        "properties": _in_order({**ID, **properties, **OURS, "geometry": _geometry(layer)}),
    }


def geojson_schema(catalog: Catalog, layer: Layer, fields: Iterable[str], address: str) -> dict[str, Any]:
    """A feature as GeoJSON writes it: where programs look for the types of its fields (GDAL does)."""
    properties = {name: _property(catalog, layer, name) for name in fields}
    geometry = {"type": ["object", "null"], "required": ["type"], "properties": {"type": {"type": "string"}}}
    return {
        **_head(layer, address),
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": geometry,
            "properties": {"type": "object", "properties": {**properties, **OURS}},
        },
    }


def queryables(catalog: Catalog, layer: Layer, fields: Iterable[str], address: str) -> dict[str, Any]:
    """Exactly what items can be filtered by: fields as parameters and in `filter`, the geometry in `filter`."""
    properties = {name: ID[name] if name in ID else _property(catalog, layer, name) for name in fields}
    properties["geometry"] = _geometry(layer)
    return {**_head(layer, address), "properties": _in_order(properties), "additionalProperties": False}


def sortables(catalog: Catalog, layer: Layer, fields: Iterable[str], address: str) -> dict[str, Any]:
    """Exactly what items can be sorted by."""
    properties = {name: _property(catalog, layer, name) for name in fields}
    return {**_head(layer, address), "properties": _in_order(properties), "additionalProperties": False}


def _in_order(properties: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """With the place of each, which JSON objects do not keep."""
    return {name: {**one, "x-ogc-propertySeq": place} for place, (name, one) in enumerate(properties.items(), 1)}


def _head(layer: Layer, address: str) -> dict[str, Any]:
    note = layer.file.note or layer.file.title
    return {
        "$schema": DIALECT,
        "$id": address,
        "type": "object",
        "title": layer.file.title.vi,
        "description": f"{note.vi} · {note.en}",
    }


def _geometry(layer: Layer) -> dict[str, str]:
    kinds = layer.file.geometry
    shape = SHAPES[kinds[0]] if len(kinds) == 1 else "geometry-any"
    return {"x-ogc-role": "primary-geometry", "format": shape}


def _property(catalog: Catalog, layer: Layer, name: str) -> dict[str, Any]:
    rule = layer.fields[name]
    found: dict[str, Any] = {"title": rule.help.vi if rule.help else name, **TYPES[rule.type], **_limits(rule)}
    if rule.help:
        found["description"] = f"{rule.help.vi} · {rule.help.en}"
    if rule.unit:
        found["x-ogc-unit"] = rule.unit
    if layer.file.time and name in (layer.file.time.since, layer.file.time.until):
        end = "start" if name == layer.file.time.since else "end"
        found["x-ogc-role"] = f"primary-interval-{end}"
    if rule.domain is not None:
        values = catalog.domains[rule.domain].values
        found["oneOf"] = [{"const": code, "title": f"{value.vi} · {value.en}"} for code, value in values.items()]
    return found


def _limits(rule: FieldRule) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if rule.length is not None:
        limits["maxLength"] = rule.length
    if rule.range is not None:
        limits["minimum"], limits["maximum"] = rule.range
    return limits
