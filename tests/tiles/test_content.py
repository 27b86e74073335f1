"""What tiles do to shapes, and to time: light at low zooms, valid, complete, and never of yesterday."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from shapely.geometry import shape

from gis_server.catalog import Catalog, Layer
from gis_server.db.database import Database
from gis_server.settings import Settings
from tests.serving import LAT, LON, MEASURED, City, X, Y, open_city, publish_rows, row_of, tile_at

AREA, LINE, PARCEL = "base_boundary.dia_phan_hanh_chinh_tren_dat_lien", "base_transport.duong_bo", "cadastre.thua_dat"
STEPS = 20_000


def wavy_ring() -> str:
    """A town of 3 km with a coast of 20,000 points."""
    angles = (2 * math.pi * step / STEPS for step in range(STEPS))
    points = [(X + r * math.cos(a), Y + r * math.sin(a)) for a in angles for r in (3000 + 3 * math.sin(900 * a),)]
    return shapely.Polygon(points).wkt


def wavy_line() -> str:
    return shapely.LineString((X - 4000 + step * 0.4, Y + 3 * math.sin(step / 7)) for step in range(STEPS)).wkt


def with_shape(row: tuple[Any, ...], wkt: str) -> tuple[Any, ...]:
    return (*row[:-1], wkt)


@pytest.fixture(scope="module")
def city(
    make_database: Callable[[], Database],
    settings: Settings,
    catalog: Catalog,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[City]:
    database = make_database()
    shapes = {AREA: wavy_ring(), LINE: wavy_line()}
    rows = [(catalog[name], [with_shape(row_of(catalog, catalog[name], 1), wkt)]) for name, wkt in shapes.items()]
    publish_rows(database, MEASURED, [*rows, (catalog[PARCEL], [row_of(catalog, catalog[PARCEL], 1)])])
    yield from open_city(settings, database, catalog, tmp_path_factory.mktemp("keys") / "keys.yaml")


def shape_in_tile(city: City, layer: Layer, zoom: int) -> Any:
    x, y = tile_at(LON, LAT, zoom)
    answer = city.get(f"/tiles/{layer.id}/{zoom}/{x}/{y}.mvt")
    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    (feature,) = decoded[layer.id]["features"]
    return shape(feature["geometry"])


def test_low_zooms_draw_few_points_and_lose_no_area(city: City, catalog: Catalog) -> None:
    for zoom in (10, 12):
        found = shape_in_tile(city, catalog[AREA], zoom)
        unit_m = 40075016.68 / 2**zoom / 4096 * math.cos(math.radians(LAT))
        assert shapely.get_num_coordinates(found) < STEPS / 20
        assert found.is_valid
        drawn = found.area * unit_m**2
        x, y = tile_at(LON, LAT, zoom)
        whole = shapely.Point(0, 0).buffer(3000 / unit_m, quad_segs=64)
        place = ((LON + 180) / 360 * 2**zoom - x) * 4096, (mercator_row(zoom) - y) * 4096
        clipped = shapely.intersection(
            shapely.affinity.translate(whole, *place), shapely.box(-128, -128, 4096 + 128, 4096 + 128)
        )
        assert drawn == pytest.approx(clipped.area * unit_m**2, rel=0.01)


def mercator_row(zoom: int) -> float:
    return (1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2 * 2**zoom


def test_lines_become_lighter_by_no_more_than_half_a_pixel(city: City, catalog: Catalog) -> None:
    low = catalog[LINE].file.tiles.zoom[0]
    light = shape_in_tile(city, catalog[LINE], low)
    assert shapely.get_num_coordinates(light) < STEPS / 20
    assert shapely.get_num_coordinates(shape_in_tile(city, catalog[LINE], 16)) > shapely.get_num_coordinates(light)


def test_a_publish_shows_in_the_next_tile_and_only_there(city: City, catalog: Catalog) -> None:
    layer = catalog[PARCEL]
    x, y = tile_at(LON, LAT, 16)
    here, elsewhere = f"/tiles/{PARCEL}/16/{x}/{y}.mvt", f"/tiles/{LINE}/16/{x}/{y}.mvt"
    before, untouched = city.get(here), city.get(elsewhere)
    for number in (2, 3):
        release = publish_rows(
            city.database, MEASURED, [(layer, [row_of(catalog, layer, one) for one in range(1, number + 1)])]
        )
        after = city.get(here, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.headers["Bando-Release"] == str(release)
        features = mapbox_vector_tile.decode(after.content)[PARCEL]["features"]
        assert {feature["properties"]["so_thua"] for feature in features} == {f"K{one}" for one in range(1, number + 1)}
        assert city.get(elsewhere, headers={"If-None-Match": untouched.headers["ETag"]}).status_code == 304
        before = after


def test_rows_in_another_order_make_the_same_tile(city: City, catalog: Catalog) -> None:
    layer = catalog[PARCEL]
    x, y = tile_at(LON, LAT, 16)
    path = f"/tiles/{PARCEL}/16/{x}/{y}.mvt"
    publish_rows(city.database, MEASURED, [(layer, [row_of(catalog, layer, one) for one in range(1, 5)])])
    first = city.get(path).headers["ETag"]
    changed = [row_of(catalog, layer, one) for one in range(1, 5)]
    changed[0] = with_shape(changed[0], changed[2][-1])
    publish_rows(city.database, MEASURED, [(layer, changed)])
    assert city.get(path).headers["ETag"] != first
    publish_rows(city.database, MEASURED, [(layer, [row_of(catalog, layer, one) for one in range(1, 5)])])
    assert city.get(path).headers["ETag"] == first
