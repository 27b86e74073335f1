"""Areas against shapely, parcel by parcel, in both meridians."""

from typing import Any

import numpy as np
import pytest
import shapely

from gis_server.catalog import Catalog
from tests.planning.conftest import BEN_NGHE, BLOCKS, FLOODED, PARCELS, PLANNED, VUNG_TAU, content
from tests.planning.test_dossier import rule, value
from tests.serving import City


@pytest.mark.parametrize(("commune", "srid"), [(BEN_NGHE, 9210), (VUNG_TAU, 5899)])
def test_areas_and_shares_are_those_of_shapely(
    neighbourhood: City, catalog: Catalog, south: Any, commune: str, srid: int
) -> None:
    given, count = content(south), {BEN_NGHE: 240, VUNG_TAU: 60}[commune]
    own = [(int(row["so_thua"]), shape) for row, shape in given[PARCELS] if row["ma_xa_cu"] == commune]
    lots = {number: shape for number, shape in own if number <= count}
    assert len(lots) == count

    def in_grid(shape: Any) -> Any:
        return shapely.transform(shape, lambda points: catalog.crs.transform(points, catalog.crs.stored, srid))

    told = 0
    for number, lot in lots.items():
        found = neighbourhood.get(f"/planning/parcels/{commune}/7/{number}/dossier").json()
        assert found["area"]["grid"]["srid"] == srid
        assert found["area"]["computed_m2"] == pytest.approx(in_grid(lot).area, abs=0.006)
        for layer in (BLOCKS, PLANNED, FLOODED):
            shapes = {row["ma"]: shape for row, shape in given[layer] if row["ma"].startswith(commune)}
            told += _compare(rule(found, layer), lot, shapes, in_grid)
    assert told > 2 * count


def _compare(found: dict[str, Any], lot: Any, shapes: dict[str, Any], in_grid: Any) -> int:
    parts = {ma: in_grid(shape.intersection(lot)).area for ma, shape in shapes.items()}
    expected = sorted(parts.values(), reverse=True)
    areas = [one["area_m2"] for one in found["statements"]]
    assert areas == pytest.approx(expected[: len(areas)], abs=0.02)
    assert sum(expected[len(areas) :]) < 0.02
    whole = in_grid(lot).area
    for one in found["statements"]:
        assert one["share"] == pytest.approx(100 * one["area_m2"] / whole, abs=0.02)
        if found["layer"] != FLOODED:
            assert one["date"] == "2022-06-15"
    covered = in_grid(shapely.union_all(list(shapes.values())).intersection(lot)).area
    assert found["covered_m2"] == pytest.approx(covered, abs=0.05)
    return len(areas)


def test_the_meridian_makes_a_difference_that_a_certificate_would_show(catalog: Catalog, south: Any) -> None:
    lot = shapely.box(*south, south[0] + 100, south[1] + 100)
    own = shapely.transform(lot, lambda points: catalog.crs.transform(points, catalog.crs.stored, 5899))
    assert abs(own.area - lot.area) > 1
    assert np.isclose(own.area, lot.area, rtol=2e-3)


def test_corners_in_the_other_meridian_ask_for_the_same_ground(
    neighbourhood: City, catalog: Catalog, south: Any
) -> None:
    lot = next(shape for row, shape in content(south)[PARCELS] if row["ma_xa_cu"] == VUNG_TAU)
    points = catalog.crs.transform(np.array(lot.exterior.coords[:-1]), catalog.crs.stored, 5899)
    corners = ";".join(f"{north:.3f} {east:.3f}" for east, north in points)
    found = neighbourhood.get("/planning/dossier", params={"corners": corners, "grid": "5899"}).json()
    unsaid = neighbourhood.get("/planning/dossier", params={"corners": corners}).json()
    assert unsaid["subject"].pop("grid") is None
    assert found["subject"].pop("grid") == 5899
    assert found == unsaid, "no other grid fits"
    assert found["area"]["grid"]["srid"] == 5899
    assert found["area"]["computed_m2"] == pytest.approx(shapely.Polygon(points).area, abs=0.05)
    (own,) = [one for one in rule(found, PARCELS, "overlap")["statements"] if one["share"] > 99]
    assert value(own, "so_thua") == "1"
