"""Parcels as no lattice has them: of several parts, with holes, star-shaped, at the edge of what is planned."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.planning.conftest import BEN_NGHE, BLOCKS, DA_KAO, DECIDED, PARCELS, PLANNED, parcel, rows_of
from tests.planning.test_dossier import rule
from tests.serving import MEASURED, City, Serve, X, Y, publish_rows

STARS = 120
STEP = 60.0
BESIDE, AROUND, TWO, NONE, NAMESAKE = 901, 902, 903, 904, 905


def star(random: np.random.Generator, east: float, north: float, size: float = 1) -> shapely.Polygon:
    """Up to forty corners to the millimetre, in every second one a hole."""
    angles = np.sort(random.uniform(0, 2 * np.pi, random.integers(7, 40)))
    reach = size * random.uniform(9, 25, len(angles))
    ring = np.round(np.column_stack([east + reach * np.cos(angles), north + reach * np.sin(angles)]), 3)
    hole = np.round([(east - 1, north - 1), (east + 1, north - 1), (east, north + 1.5)], 3)
    whole, pierced = shapely.Polygon(ring), shapely.Polygon(ring, [hole])
    found = pierced if pierced.is_valid and random.random() < 0.5 else whole
    return found if found.is_valid else star(random, east, north, size)


def stars() -> list[Any]:
    random = np.random.default_rng(5)
    return [star(random, X + n % 20 * STEP, Y + n // 20 * STEP) for n in range(STARS)]


def blocks() -> list[Any]:
    """Stars of their own, over each other and over the parcels."""
    random = np.random.default_rng(6)
    places = random.uniform((X, Y), (X + 20 * STEP, Y + STARS / 20 * STEP), (150, 2))
    return [star(random, *place, size=3) for place in places]


def odd() -> dict[int, Any]:
    east, north = X - 500, Y - 500

    def box(west: float, south: float, right: float, top: float) -> Any:
        return shapely.box(east + west, north + south, east + right, north + top)

    return {
        BESIDE: box(-10, 0, 0, 10),
        AROUND: box(30, -10, 60, 20).difference(box(40, 0, 50, 10)),
        TWO: shapely.union(box(0, 30, 10, 40), box(80, 30, 90, 40)),
        NONE: box(200, 200, 210, 210),
        NAMESAKE: box(100, 0, 110, 10),
    }


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    database, own, east, north = make_database(), odd(), X - 500, Y - 500
    given = [parcel(BEN_NGHE, number + 1, shape) for number, shape in enumerate(stars())]
    given += [parcel(BEN_NGHE, number, shape) for number, shape in own.items()]
    given.append(parcel(DA_KAO, NAMESAKE, shapely.box(east + 105, north, east + 115, north + 10)))
    planned = [({"ma": f"S{n}", "chuc_nang": "HON_HOP", **DECIDED}, shape) for n, shape in enumerate(blocks())]
    planned.append(({"ma": "O1", "chuc_nang": "HON_HOP", **DECIDED}, shapely.box(east, north, east + 10, north + 10)))
    planned.append(
        ({"ma": "O2", "chuc_nang": "HON_HOP", **DECIDED}, shapely.box(east + 40, north, east + 50, north + 10))
    )
    planned.append(
        ({"ma": "O3", "chuc_nang": "HON_HOP", **DECIDED}, shapely.box(east + 85, north + 30, east + 99, north + 99))
    )
    rows = {
        PARCELS: given,
        BLOCKS: planned,
        PLANNED: [({"ma": "xa", "chuc_nang": "CONG_VIEN"}, shapely.box(X, Y, X + 1, Y + 1))],
    }
    publish_rows(database, MEASURED, [rows_of(catalog, layer, some) for layer, some in rows.items()])
    with serve(database) as found:
        yield found


def dossier(city: City, number: int, commune: str = BEN_NGHE) -> Any:
    answer = city.get(f"/planning/parcels/{commune}/7/{number}/dossier")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_areas_of_a_hundred_stars_with_holes_under_others_are_those_of_shapely(
    city: City,
) -> None:
    planned, told = blocks(), 0
    for number, lot in enumerate(stars(), 1):
        found = dossier(city, number)
        assert found["area"]["computed_m2"] == pytest.approx(lot.area, abs=0.006)
        parts = sorted((area for one in planned if (area := one.intersection(lot).area) > 0.02), reverse=True)
        areas = [one["area_m2"] for one in rule(found, BLOCKS)["statements"]]
        assert areas[: len(parts)] == pytest.approx(parts, abs=0.02)
        assert sum(areas[len(parts) :]) < 0.05
        covered = shapely.union_all(planned).intersection(lot).area
        assert rule(found, BLOCKS)["covered_m2"] == pytest.approx(covered, abs=0.05)
        told += len(parts)
    assert told > STARS


def test_what_only_touches_a_parcel_or_lies_in_its_hole_is_not_on_it(city: City) -> None:
    for number in (BESIDE, AROUND):
        found = rule(dossier(city, number), BLOCKS)
        assert found["statements"] == []
        assert found["covered_m2"] == 0
        assert found["delivered"]


def test_a_parcel_of_two_parts_is_one_ground(city: City) -> None:
    found = dossier(city, TWO)
    assert found["area"]["computed_m2"] == 200
    (part,) = rule(found, BLOCKS)["statements"]
    assert (part["area_m2"], part["share"]) == (50, 25)
    assert city.get(f"/planning/parcels/{BEN_NGHE}/7/{TWO}/dossier", params={"f": "html"}).text.count("<svg") >= 2
    assert city.get(f"/planning/parcels/{BEN_NGHE}/7/{TWO}/dossier", params={"f": "pdf"}).content.startswith(b"%PDF")


def test_parcels_of_one_number_in_two_old_communes_keep_apart_though_they_overlap(city: City) -> None:
    ours, theirs = dossier(city, NAMESAKE), dossier(city, NAMESAKE, DA_KAO)
    assert [one["commune"] for one in ours["subject"]["also"]] == [DA_KAO]
    assert ours["area"]["computed_m2"] == theirs["area"]["computed_m2"] == 100


def test_ground_where_nothing_is_planned_says_so(city: City) -> None:
    found = rule(dossier(city, NONE), BLOCKS)
    assert (found["statements"], found["delivered"]) == ([], True)


def test_a_table_of_odd_parcels_says_what_their_dossiers_say(city: City) -> None:
    asked = [[BEN_NGHE, "7", str(number)] for number in (*odd(), *range(1, 40))]
    rows = city.client.post("/planning/dossiers?f=json", json={"parcels": asked}).json()["rows"]
    for (commune, _, number), row in zip(asked, rows, strict=True):
        found = rule(dossier(city, int(number), commune), BLOCKS)
        parts = [one for one in found["statements"] if not one["sliver"]]
        assert row["planning.o_pho.overlap.n"] == len(parts)
        assert row["planning.o_pho.overlap.m2"] == pytest.approx(found["covered_m2"], abs=0.05)
