"""Makes the drawn tables agree with the catalog: identifiers, common attributes; nothing unknown passes."""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from gis_server.catalog import Catalog, Layer
from gis_server.errors import CatalogInvalid
from loaders.sample_city.city import City, Table, Values

DATABASE = "MAU"
VERSION_TIME = "2025-09-30T08:00:00+07:00"
REASON = "Thành lập mới (dữ liệu giả lập)"


def fit(city: City, catalog: Catalog, seed: int) -> City:
    """Every table with exactly the fields of its layer, in their order; rasters are written from the ground."""
    drawn = [layer for layer in catalog if layer.file.raster is None]
    missing = sorted({layer.id for layer in drawn} - set(city.tables))
    unknown = [f"{name}.{column}" for name,
               table in city.tables.items() if name in catalog.layers for column in table.columns
               if column not in catalog[name].fields] + sorted(set(city.tables) - set(catalog.layers))  # fmt: skip
    if missing or unknown:
        raise CatalogInvalid(
            f"Thành phố mẫu không khớp danh mục: thiếu lớp {missing}, trường lạ {unknown}.",
            f"The sample city disagrees with the catalog: layers missing {missing}, fields unknown {unknown}.",
        )
    tables = {layer.id: _fitted(city.tables[layer.id], layer, catalog, seed) for layer in drawn}
    return City(city.ground, tables, city.series)


def _fitted(table: Table, layer: Layer, catalog: Catalog, seed: int) -> Table:
    count = len(table)
    random = np.random.default_rng([seed, zlib.crc32(layer.id.encode())])
    columns: dict[str, Values] = {}
    for name, rule in layer.fields.items():
        given = table.columns.get(name)
        if given is None:
            given = _common(name, layer, count, random)
        if given is None and name == "maDoiTuong" and rule.domain:
            given = [next(iter(catalog.domains[rule.domain].values))] * count
        columns[name] = [_plain(value, rule.type) for value in given] if given is not None else [None] * count
    if "maNhanDang" in layer.key:
        columns["maNhanDang"] = _identifiers(layer, columns["maDoiTuong"], count)
    return Table(table.geometry, columns)


def _identifiers(layer: Layer, code: Values, count: int) -> Values:
    """Database, feature type code (or the number of the class where it has none), running number."""
    number = layer.file.standard.number if layer.file.standard else 0
    return [f"{DATABASE}{code[index] or f'L{number:03d}'}{number:02d}{index + 1:06d}" for index in range(count)]


def _common(name: str, layer: Layer, count: int, random: np.random.Generator) -> Values | None:
    """Fields that registers share; None for all others."""
    fill = _FILL.get(name)
    return fill(layer, count, random) if fill else None


def _year(low: int, high: int) -> Callable[[Layer, int, np.random.Generator], Values]:
    return lambda layer, count, random: random.integers(low, high, count).tolist()


def _same(value: Any) -> Callable[[Layer, int, np.random.Generator], Values]:
    return lambda layer, count, random: [value] * count


def _condition(layer: Layer, count: int, random: np.random.Generator) -> Values:
    return [
        str(value)
        for value in random.choice(["TOT", "TRUNG_BINH", "XUONG_CAP", "HU_HONG"], count, p=[0.72, 0.2, 0.06, 0.02])
    ]


_FILL: dict[str, Callable[[Layer, int, np.random.Generator], Values]] = {
    "phienBan": _same(1),
    "ngayPhienBan": _same(VERSION_TIME),
    "giaTriDoChinhXacMatPhang": _same(0.3),
    "nguyenNhanThayDoi": _same(REASON),
    "don_vi_quan_ly": lambda layer, count, random: [layer.file.steward] * count,
    "ngay_cap_nhat": _same("2025-09-30"),
    "nam_xay_dung": _year(1996, 2025),
    "nam_lap_dat": _year(2008, 2025),
    "tinh_trang": _condition,
    "hien_trang": _same("1"),
}


def _plain(value: Any, kind: str) -> Any:
    """A Python value of the field's type."""
    if value is None:
        return None
    if kind == "integer":
        return int(value)
    if kind == "number":
        return round(float(value), 6)
    if kind == "boolean":
        return bool(value)
    return str(value)
