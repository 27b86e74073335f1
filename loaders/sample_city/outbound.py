"""A profile read backwards: from the fields of our layers to the columns of a supplier's files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gis_server.catalog import Catalog, Layer
from loaders.profiles import FieldRule, LayerRule, Profile
from loaders.sample_city.city import City, Table
from loaders.sample_city.shapes import Shapes

KINDS = {"Point": (0, 4), "LineString": (1, 5), "Polygon": (3, 6)}
"""GEOS type numbers, single and multi, by kind."""


@dataclass
class Output:
    """One layer of one file to be written."""

    file: str
    layer: str
    columns: pa.Table
    geometry: Shapes
    kinds: tuple[str, ...]


def outputs(city: City, profile: Profile, catalog: Catalog, file: str | None) -> list[Output]:
    """Every layer of every file of a delivery; rules for the same layer of a file follow one another in it."""
    found: dict[tuple[str, str], Output] = {}
    for rule in profile.layers:
        one = _output(city, rule, profile, catalog[rule.to])
        name = file if file is not None and "*" in rule.source.file else rule.source.file
        layer = rule.source.layer[0] if rule.source.layer[0] != "*" else name.rpartition(".")[0]
        key = (name, layer)
        if len(one.geometry) == 0:
            continue
        one.file, one.layer = key
        found[key] = _joined(found[key], one) if key in found else one
    return list(found.values())


def _output(city: City, rule: LayerRule, profile: Profile, layer: Layer) -> Output:
    table = city.tables[rule.to]
    kinds = tuple(kind for kind in layer.file.geometry if kind in rule.source.kind)
    keep = np.isin(shapely.get_type_id(table.geometry), [number for kind in kinds for number in KINDS[kind]])
    rows = dict(_columns(table, rule, profile, layer))
    columns = pa.table(rows if rows else {"@": pa.nulls(len(table))}).filter(pa.array(keep))
    return Output("", "", columns, table.geometry[keep], kinds)


def _columns(table: Table, rule: LayerRule, profile: Profile, layer: Layer) -> Iterator[tuple[str, pa.Array]]:
    count = len(table)
    for conditions in rule.source.where:
        for column, value in conditions.items():
            yield column, pa.array([value] * count, pa.int32() if isinstance(value, int) else None)
    for name, field in profile.fields_of(rule, set(layer.fields)).items():
        if field.column is not None and not field.column.startswith("@"):
            yield (
                field.column,
                _array(_coded(table.columns[name], profile.codes_of(field)), layer.fields[name].type, field),
            )


def _coded(values: list[Any], codes: Mapping[str, str] | None) -> list[Any]:
    """Our codes as the supplier's; a code that the supplier does not have stays as it is."""
    if codes is None:
        return values
    theirs = {ours: code for code, ours in codes.items()}
    return [None if value is None else theirs.get(str(value), _trimmed(value, theirs)) for value in values]


def _trimmed(value: Any, theirs: dict[str, str]) -> Any:
    """Numbers are written in code tables without needless decimals."""
    return theirs.get(f"{value:g}", value) if isinstance(value, float) else value


def _array(values: list[Any], kind: str, field: FieldRule) -> pa.Array:
    if field.codes is not None or kind not in ("integer", "number", "boolean", "date"):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if kind == "integer":
        return pa.array(values, pa.int32())
    if kind == "number":
        return pa.array(values, pa.float64())
    if kind == "boolean":
        return pa.array([None if value is None else int(value) for value in values], pa.int32())
    return pa.array(values, pa.string())


def _joined(first: Output, second: Output) -> Output:
    columns = pa.concat_tables([first.columns, second.columns], promote_options="default")
    return Output(first.file, first.layer, columns, np.concatenate([first.geometry, second.geometry]),
                  tuple(dict.fromkeys([*first.kinds, *second.kinds])))  # fmt: skip
