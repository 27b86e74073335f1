"""Does the sample city hold together, on the ground and with the catalog?"""

import numpy as np
import pytest
import shapely

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.reader import read_catalog
from gis_server.settings import HOME
from loaders.sample_city.build import build
from loaders.sample_city.frame import Frame
from tests.loaders.sample_city.conftest import Sample

LAYERS = sorted(layer.id for layer in read_catalog(HOME / "layers", HOME / "styles") if layer.file.raster is None)


@pytest.mark.parametrize("layer_id", LAYERS)
def test_every_layer_has_features_that_its_own_file_accepts(sample: Sample, catalog: Catalog, layer_id: str) -> None:
    layer, table = catalog[layer_id], sample.city.tables[layer_id]
    assert len(table) > 0
    assert list(table.columns) == list(layer.fields)
    assert {shape.geom_type.removeprefix("Multi") for shape in table.geometry} <= set(layer.file.geometry)
    assert shapely.is_valid(table.geometry).all()
    assert not _wrong_values(sample, catalog, layer)


def _wrong_values(sample: Sample, catalog: Catalog, layer: Layer) -> list[str]:
    table = sample.city.tables[layer.id]
    wrong = []
    for name, rule in layer.fields.items():
        values = [value for value in table.columns[name] if value is not None]
        if rule.required and len(values) < len(table):
            wrong.append(f"{name} is required")
        if rule.domain and not set(values) <= set(catalog.domains[rule.domain].values):
            wrong.append(f"{name} has codes outside {rule.domain}")
        if rule.range and values and not rule.range[0] <= min(values) <= max(values) <= rule.range[1]:
            wrong.append(f"{name} is out of range")
        if rule.length and any(len(value) > rule.length for value in values):
            wrong.append(f"{name} is too long")
    keys = list(zip(*[table.columns[name] for name in layer.key], strict=True))
    return wrong + (["key is not unique"] if len(set(keys)) < len(keys) else [])


def test_the_same_seed_draws_the_same_city_and_another_seed_another(catalog: Catalog) -> None:
    first, again, other = (build(Frame(1, seed), catalog) for seed in (5, 5, 8))
    for layer in LAYERS:
        assert first.tables[layer].columns == again.tables[layer].columns
        assert shapely.equals_exact(first.tables[layer].geometry, again.tables[layer].geometry, 0).all()
    assert np.array_equal(first.ground.heights, again.ground.heights)
    assert first.series["muc_nuoc.csv"].equals(again.series["muc_nuoc.csv"])
    assert first.tables["cadastre.thua_dat"].columns != other.tables["cadastre.thua_dat"].columns


def test_everything_lies_in_the_city_s_extent(sample: Sample, catalog: Catalog) -> None:
    west, south, east, north = catalog.crs.file.extent
    for table in sample.city.tables.values():
        bounds = shapely.total_bounds(table.geometry)
        assert west < bounds[0]
        assert south < bounds[1]
        assert bounds[2] < east
        assert bounds[3] < north


def test_three_wards_have_a_few_thousand_parcels_of_two_or_three_communes_each(sample: Sample) -> None:
    assert 3_000 <= len(sample.plan.fabric.parcels) <= 6_500
    _, communes = np.unique(sample.plan.units.ward_of, return_counts=True)
    assert sorted({*communes.tolist()} - {2, 3}) == []


def test_parcels_tile_their_cells_without_gap_or_overlap(sample: Sample) -> None:
    fabric = sample.plan.fabric
    assert shapely.coverage_is_valid(fabric.parcels)
    for index in np.unique(fabric.cell):
        mine = fabric.parcels[fabric.cell == index]
        whole = shapely.coverage_union_all(mine)
        gap = shapely.difference(fabric.cells[index], whole)
        assert shapely.area(gap) < 0.05
        assert abs(shapely.area(mine).sum() - whole.area) < 1e-6


def test_houses_stand_inside_one_parcel(sample: Sample) -> None:
    houses = sample.city.tables["base_settlement.nha"].geometry
    house, _ = shapely.STRtree(sample.plan.fabric.parcels).query(houses, predicate="within")
    assert len(np.unique(house)) == len(houses)
    assert len(house) == len(houses)


def test_sheet_and_parcel_numbers_start_again_in_every_old_commune(sample: Sample) -> None:
    columns = sample.city.tables["cadastre.thua_dat"].columns
    for commune in set(columns["ma_xa_cu"]):
        rows = [
            row
            for row in zip(columns["ma_xa_cu"], columns["so_to"], columns["so_thua"], strict=True)
            if row[0] == commune
        ]
        sheets = {int(sheet) for _, sheet, _ in rows}
        assert sheets == set(range(1, len(sheets) + 1))
        first = sorted(int(number) for _, sheet, number in rows if sheet == "1")
        assert first == list(range(1, len(first) + 1))


def test_alley_addresses_begin_with_the_number_of_their_mouth(sample: Sample) -> None:
    texts = [text for text in sample.plan.addresses.text if text]
    assert len(set(texts)) > 0.99 * len(texts)
    numbers = [text.split(" ")[0] for text in texts]
    assert sum("/" in number for number in numbers) > 500
    assert any(number.count("/") >= 2 for number in numbers)


def test_land_cover_is_one_gap_free_coverage_of_the_frame(sample: Sample) -> None:
    names = [name for name in sample.city.tables if name.startswith("base_landcover.")]
    surfaces = [sample.city.tables[name].geometry for name in names]
    pieces = np.concatenate([shapes for shapes in surfaces if shapely.get_dimensions(shapes[0]) == 2])
    assert shapely.coverage_is_valid(pieces)
    assert shapely.area(pieces).sum() == pytest.approx(sample.plan.frame.box.area, abs=0.01)
    assert shapely.union_all(pieces).area == pytest.approx(sample.plan.frame.box.area, abs=0.01)


def test_spot_heights_and_contours_agree_with_the_height_model(sample: Sample) -> None:
    ground = sample.city.ground
    spots = sample.city.tables["base_relief.diem_do_cao"]
    assert np.abs(ground.of(spots.geometry) - np.array(spots.columns["doCao"])).max() < 0.006
    lines = sample.city.tables["base_relief.duong_binh_do"]
    for line, height in zip(lines.geometry, lines.columns["doCao"], strict=True):
        assert np.abs(ground.at(shapely.get_coordinates(line)) - height).max() < 0.02


def test_lamps_stand_in_the_road_reserve_at_walking_distances(sample: Sample) -> None:
    lamps = sample.city.tables["lighting.cot_den"].geometry
    assert shapely.covers(shapely.buffer(sample.plan.fabric.corridor, 0.01), lamps).mean() > 0.995
    cables = sample.city.tables["lighting.tuyen_cap"].geometry
    assert shapely.distance(lamps, shapely.union_all(cables)).max() < 0.01
    _, gap = shapely.STRtree(lamps).query_nearest(lamps, exclusive=True, return_distance=True, all_matches=False)
    assert 8 < np.median(gap) <= 35


def test_planning_disagrees_with_today_s_use_in_known_places(sample: Sample) -> None:
    planned = sample.city.tables["planning.o_pho"].columns["chuc_nang"]
    assert planned.count("DAT_CX_DO_THI") >= 5
    assert planned.count("TM_DA_CHUC_NANG") >= 5


def test_nobody_is_named_as_an_owner(catalog: Catalog) -> None:
    names = {name.lower() for layer in catalog for name in layer.fields}
    assert not {name for name in names if "chu_su_dung" in name or "chusudung" in name or "so_cccd" in name}
