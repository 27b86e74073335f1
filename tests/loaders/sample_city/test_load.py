"""The whole delivery through the loader and PostGIS: what was drawn is what is served."""

from collections.abc import Callable
from typing import Any

import pytest

from gis_server.catalog import Catalog, Layer
from tests.loaders.conftest import LoadIt
from tests.loaders.sample_city.conftest import Sample

LOST_IN_OLD_MODEL = {"phienBan", "nguyenNhanThayDoi", "giaTriDoChinhXacMatPhang"}
"""The pre-2019 classes have no columns for these."""
TCVN3_GROUPS = {"drainage", "wastewater", "lighting", "greenery"}
"""Words that begin with a toned capital come back small (“ấp”): the old letters have no such capital."""
OLD_GROUPS = {"base_hydrography", "base_transport", "base_relief", "base_landcover"}
COMPARED = {"text", "code", "integer", "number", "boolean"}


@pytest.mark.slow
def test_every_value_of_every_layer_comes_back_from_the_database(
    sample: Sample, catalog: Catalog, load_it: LoadIt, ask: Callable[..., list[tuple[Any, ...]]]
) -> None:
    report = load_it(sample.folder, None)
    assert report.findings == []
    wrong = [mistake for layer in catalog if layer.file.raster is None for mistake in _differences(sample, layer, ask)]
    assert wrong == []


def _differences(sample: Sample, layer: Layer, ask: Callable[..., list[tuple[Any, ...]]]) -> list[str]:
    table = sample.city.tables[layer.id]
    columns = ", ".join(f'"{name}"' for name in layer.fields)
    served = ask(f"SELECT {columns} FROM {layer.table} WHERE source = 'mau'")
    if len(served) != len(table):
        return [f"{layer.id}: {len(served)} of {len(table)} rows"]
    if layer.id == "base_relief.duong_binh_do":
        return _contours(table.columns["doCao"], [row[list(layer.fields).index("doCao")] for row in served])
    place = [list(layer.fields).index(name) for name in layer.key]
    drawn = {tuple(row[at] for at in place): row for row in zip(*table.columns.values(), strict=True)}
    lost = LOST_IN_OLD_MODEL if layer.group in OLD_GROUPS else set()
    names = [name for name, rule in layer.fields.items() if rule.type in COMPARED and name not in lost]
    at = {name: list(layer.fields).index(name) for name in names}
    return [
        f"{layer.id}.{name}: {row[at[name]]!r} for {drawn[key][at[name]]!r}"
        for row in served
        for key in [tuple(row[index] for index in place)]
        for name in names
        if not _same(row[at[name]], drawn[key][at[name]], layer.group in TCVN3_GROUPS)
    ][:3]


def _contours(drawn: list[float], served: list[float]) -> list[str]:
    """DGN has no identifiers; heights are compared as a whole."""
    return [] if sorted(drawn) == sorted(served) else ["contour heights differ"]


def _same(served: Any, drawn: Any, old_letters: bool) -> bool:
    if isinstance(drawn, float) and served is not None:
        return bool(served == pytest.approx(drawn, rel=1e-5, abs=1e-5))
    if old_letters and isinstance(drawn, str) and isinstance(served, str):
        return served == drawn or (
            served.casefold() == drawn.casefold() and served not in (drawn.upper(), drawn.lower())
        )
    return bool(served == drawn)
