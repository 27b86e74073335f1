"""Composed styles: drawing order, what a view hides, code lists in colour, synthetic data named."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gis_server.access.views import View, compile_views
from gis_server.catalog import Catalog
from gis_server.catalog.catalog import CLOSE_UP
from gis_server.catalog.compose import compose_style, layer_style, visible_maps
from gis_server.catalog.expressions import UNKNOWN, expanded, fields_read, without
from gis_server.catalog.model import Domain
from gis_server.catalog.raster_styles import LOOKS
from gis_server.errors import UnknownLayer

LAND = Domain.model_validate(
    {
        "title": {"vi": "Loại đất", "en": "Land"},
        "evidence": "proposal",
        "values": {
            "ODT": {"vi": "Đất ở đô thị", "en": "Urban", "color": "#ffa0ff"},
            "ONT": {"vi": "Đất ở nông thôn", "en": "Rural", "parent": "ODT"},
            "KDT": {"vi": "Đất đô thị", "en": "Area type"},
        },
    }
)


@pytest.fixture(scope="session")
def views(catalog: Catalog) -> Mapping[str, View]:
    return compile_views(catalog)


def test_codes_without_a_colour_take_their_parents_and_the_rest_the_default() -> None:
    rule = {"domain": "loai_dat", "field": "loai", "default": "#eeeeee"}
    assert expanded({"fill-color": rule}, {"loai_dat": LAND}) == {
        "fill-color": ["match", ["to-string", ["get", "loai"]], ["ODT", "ONT"], "#ffa0ff", "#eeeeee"]
    }


@pytest.mark.parametrize(
    ("expression", "left"),
    [
        (["get", "ten"], ["get", "ten"]),
        (["get", "kin"], UNKNOWN),
        (["match", ["get", "kin"], "1", "#111111", "#222222"], "#222222"),
        (["match", ["get", "ten"], "1", ["get", "kin"], "a"], "a"),
        (["case", ["==", ["get", "kin"], 1], "a", ["has", "ten"], "b", "c"], ["case", ["has", "ten"], "b", "c"]),
        (["step", ["coalesce", ["get", "kin"], 0], 1, 600, 2], 1),
        (["interpolate", ["linear"], ["get", "kin"], 0, "#000000", 9, "#ffffff"], "#000000"),
        (
            ["interpolate", ["linear"], ["zoom"], 10, ["match", ["get", "kin"], "1", 3, 2], 18, 9],
            ["interpolate", ["linear"], ["zoom"], 10, 2, 18, 9],
        ),
        (["coalesce", ["get", "kin"], ["get", "ten"]], ["get", "ten"]),
        (["concat", ["get", "ten"], "/", ["get", "kin"]], UNKNOWN),
        (["format", ["get", "ten"], {}, ["get", "kin"], {"font-scale": 0.8}], ["format", ["get", "ten"], {}]),
        (["all", ["has", "kin"], ["has", "ten"]], ["all", ["has", "ten"]]),
        (["any", ["has", "kin"], ["has", "ten"]], UNKNOWN),
        (["literal", ["get", "kin"]], ["literal", ["get", "kin"]]),
    ],
)
def test_an_expression_without_a_hidden_field_says_what_it_still_can(expression: Any, left: Any) -> None:
    found = without(expression, {"kin"})
    assert found is UNKNOWN if left is UNKNOWN else found == left


def test_areas_and_lines_lie_below_symbols_and_follow_the_maps_order(
    catalog: Catalog, views: Mapping[str, View]
) -> None:
    for name, portal in catalog.maps.items():
        style = compose_style(catalog, name, views["full"].layers)
        kinds = [one["type"] == "symbol" for one in style["layers"]]
        assert kinds == sorted(kinds), name
        pictures = [one["source"].rpartition("/")[0] for one in style["layers"] if one["type"] in LOOKS]
        assert list(dict.fromkeys(pictures)) == [layer for layer in portal.layers if layer in pictures], name
        areas = [one["source-layer"] for one in style["layers"] if one["type"] not in ("symbol", "background", *LOOKS)]
        assert list(dict.fromkeys(areas)) == [layer for layer in portal.layers if layer in set(areas)], name
        ids = [one["id"] for one in style["layers"]]
        assert len(ids) == len(set(ids)), name


def test_layers_that_start_switched_off_are_drawn_but_not_shown(catalog: Catalog, views: Mapping[str, View]) -> None:
    style = compose_style(catalog, "nen", views["full"].layers)
    assert style["metadata"]["bando:hidden"]
    for one in style["layers"][1:]:
        off = one.get("layout", {}).get("visibility") == "none"
        assert off == (one["metadata"]["bando:layer"] in style["metadata"]["bando:hidden"]), one["id"]


def test_a_style_says_nothing_of_layers_and_fields_outside_the_view(
    catalog: Catalog, views: Mapping[str, View]
) -> None:
    public = views["public"].layers
    hidden_layers = set(catalog.layers) - set(public)
    assert hidden_layers
    for name in visible_maps(catalog, public):
        text = json.dumps(compose_style(catalog, name, public), ensure_ascii=False)
        assert not [layer for layer in hidden_layers if f'"{layer}' in text], name


def test_every_layer_still_draws_when_only_its_key_is_visible(catalog: Catalog) -> None:
    for layer in catalog:
        style = layer_style(catalog, layer.id, {layer.id: tuple(layer.key)})
        read = frozenset[str]().union(*(fields_read(one) for one in style["layers"]))
        assert read <= {*layer.key, "synthetic"}, layer.id
        assert len(style["layers"]) > 1 or all(
            one["type"] == "symbol" and "icon-image" not in one["layout"]
            for one in catalog.styles[layer.file.style].layers
        ), layer.id


def test_hidden_codes_leave_the_legend(catalog: Catalog) -> None:
    parcels = catalog["cadastre.thua_dat"]
    told = layer_style(catalog, parcels.id, {parcels.id: tuple(parcels.fields)})
    kept = layer_style(catalog, parcels.id, {parcels.id: tuple(set(parcels.fields) - {"loai_dat"})})
    assert len(told["metadata"]["bando:legend"][parcels.id]) > 20
    assert [one["title"] for one in kept["metadata"]["bando:legend"][parcels.id]] == [parcels.file.title.model_dump()]


def test_the_legend_shows_what_the_map_draws(catalog: Catalog) -> None:
    flood = catalog["drainage.vung_ngap"]
    style = layer_style(catalog, flood.id, {flood.id: tuple(flood.fields)})
    by_code = {one["codes"][0]: one for one in style["metadata"]["bando:legend"][flood.id] if "codes" in one}
    domain = catalog.domains["muc_do_ngap"]
    assert {code: one["color"] for code, one in by_code.items()} == {
        code: value.color for code, value in domain.values.items()
    }
    assert by_code["1"]["title"] == {"vi": domain.values["1"].vi, "en": domain.values["1"].en}
    assert all(one["shape"] == "fill" for one in by_code.values())


def test_ranges_in_a_legend_come_from_the_steps_of_the_style(catalog: Catalog) -> None:
    lines = catalog["base_settlement.duong_day_tai_dien"]
    style = layer_style(catalog, lines.id, {lines.id: tuple(lines.fields)})
    titles = [one["title"]["vi"] for one in style["metadata"]["bando:legend"][lines.id]]
    assert titles == ["< 110 kV", "110 – 220 kV", "220 – 500 kV", "≥ 500 kV"]


def test_every_layer_has_a_legend_unless_it_is_words_only(catalog: Catalog) -> None:
    for layer in catalog:
        entries = layer_style(catalog, layer.id, {layer.id: tuple(layer.fields)})["metadata"]["bando:legend"][layer.id]
        icons = [one.get("layout", {}).get("icon-image") for one in catalog.styles[layer.file.style].layers]
        kinds = {one["type"] for one in catalog.styles[layer.file.style].layers}
        assert entries or (kinds == {"symbol"} and not any(icons)), layer.id
        assert all({"title", "shape"} <= set(one) for one in entries), layer.id


def test_synthetic_data_is_named_on_every_map_and_every_layer(catalog: Catalog, views: Mapping[str, View]) -> None:
    full = views["full"].layers
    styles = [compose_style(catalog, name, full) for name in catalog.maps]
    styles += [layer_style(catalog, layer, full) for layer in full]
    for style in styles:
        marks = [one for one in style["layers"] if one.get("metadata", {}).get("bando:synthetic")]
        assert marks, style["name"]
        assert all(one["filter"] == ["==", ["get", "synthetic"], True] for one in marks)
        assert all("SYNTHETIC" in one["layout"]["text-field"] for one in marks)


def test_without_the_extent_layer_the_data_itself_says_it_is_synthetic(catalog: Catalog) -> None:
    style = compose_style(catalog, "nen", {"base_transport.duong_bo": ("ten",)})
    assert [one["id"] for one in style["layers"] if one.get("metadata", {}).get("bando:synthetic")] == [
        "base_transport.duong_bo/synthetic"
    ]


def test_unknown_and_hidden_layers_and_maps_are_refused_alike(catalog: Catalog) -> None:
    def words(name: str) -> str:
        with pytest.raises(UnknownLayer) as refused:
            layer_style(catalog, name, {})
        return refused.value.vi.replace(name, "…")

    assert words("drainage.ho_ga") == words("drainage.khong_co")
    with pytest.raises(UnknownLayer):
        compose_style(catalog, "khong_co", {})


def test_a_map_of_which_nothing_is_visible_is_not_listed(catalog: Catalog) -> None:
    assert list(visible_maps(catalog, {"drainage.diem_ngap": ("ma",)})) == ["thoat_nuoc"]


def test_names_along_lines_stand_in_the_labels_layer_and_close_up_in_the_layers_own(
    catalog: Catalog, views: Mapping[str, View]
) -> None:
    style = layer_style(catalog, "traffic.doan_duong", views["public"].layers)
    far, near = [one for one in style["layers"] if one.get("layout", {}).get("text-field") == ["get", "ten"]]
    assert (far["source-layer"], far["maxzoom"]) == ("traffic.doan_duong:nhan", 17)
    assert (near["source-layer"], near["minzoom"]) == ("traffic.doan_duong", 17)
    assert [one["layout"]["symbol-placement"] for one in (far, near)] == ["line-center", "line"]
    assert far["metadata"] == near["metadata"]


def test_a_style_says_labels_where_tiles_have_them(catalog: Catalog) -> None:
    for layer in catalog:
        style = layer_style(catalog, layer.id, {layer.id: tuple(layer.fields)})
        named = [one for one in style["layers"] if one.get("source-layer") == layer.labels]
        assert bool(named) == (layer.file.tiles.label is not None), layer.id


def test_close_up_an_area_says_its_name_where_its_label_is(catalog: Catalog) -> None:
    """From its own shape each tile that it lies in would say it; points and what has no name stay as they are."""
    for layer_id in ("base_settlement.nha", "base_settlement.cong_trinh_y_te", "base_transport.ben_bai"):
        layer = catalog[layer_id]
        style = layer_style(catalog, layer.id, {layer.id: tuple(layer.fields)})
        named = [one for one in style["layers"] if "text-field" in one.get("layout", {})]
        labels = [one for one in named if one["source-layer"] == layer.labels]
        shapes = [one for one in named if one["source-layer"] == layer.id and not one["id"].endswith("synthetic")]
        assert [one["minzoom"] for one in labels] == [CLOSE_UP]
        close = [one for one in shapes if one.get("maxzoom", 24) > CLOSE_UP]
        assert [str(["==", ["geometry-type"], "Point"]) in str(one["filter"]) for one in close] == [True]
        assert all("maxzoom" in one for one in shapes if one["minzoom"] < CLOSE_UP and one not in close)
