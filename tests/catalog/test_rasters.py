"""Raster layers of the folder: every measured field is there, classes are whole numbers, colours rise."""

import pytest
from pydantic import ValidationError

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.consistency import contradictions
from gis_server.catalog.rasters import FACTS, RasterRule


def rasters(catalog: Catalog) -> list[Layer]:
    return [layer for layer in catalog if layer.file.raster is not None]


def test_the_city_has_rasters_of_every_kind_outside_of_the_87(catalog: Catalog) -> None:
    kinds = {layer.file.raster.kind for layer in rasters(catalog) if layer.file.raster}
    assert kinds == {"continuous", "classes", "imagery"}
    assert not [layer.id for layer in rasters(catalog) if layer.file.standard and layer.file.standard.number]


def test_raster_layers_are_proposals_and_have_every_measured_field(catalog: Catalog) -> None:
    for layer in rasters(catalog):
        assert layer.file.evidence == "proposal"
        assert {name: rule.type for name, rule in layer.fields.items() if name in FACTS} == FACTS


def test_a_raster_layer_without_its_fields_is_told_by_name(catalog: Catalog) -> None:
    layer = catalog["raster.anh_vien_tham"]
    fields = {name: rule for name, rule in layer.fields.items() if name != "sha256"}
    wrong = Layer(layer.id, layer.file.model_copy(update={"fields": fields, "geometry": ("Point",)}))
    told = contradictions(Catalog(**{**vars(catalog), "layers": {**catalog.layers, layer.id: wrong}}))
    assert any("sha256: {type: text}" in one for one in told)
    assert any("footprints, Polygon" in one for one in told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "continuous"},
        {"kind": "classes"},
        {"kind": "imagery", "domain": "lop_phu_mat_dat"},
        {"kind": "classes", "domain": "lop_phu_mat_dat", "range": [0, 1]},
        {"kind": "continuous", "unit": "m", "range": [0, 1], "colors": [[1, "#ffffff"], [0, "#000000"]]},
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RasterRule.model_validate(wrong)
