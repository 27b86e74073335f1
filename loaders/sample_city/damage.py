"""Plants known errors in a finished city, and writes down what a gate must find: the answer key.

Every error is one that deliveries have. An entry names the code, the layer, and the keys under which it may be found
(an overlap has two sides); `also` are findings that follow from an error and are therefore no false alarms.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
import shapely.ops
from shapely import Point, Polygon
from shapely.affinity import translate

from gis_server.catalog import Catalog
from loaders.sample_city.city import City
from loaders.sample_city.planting import TIMES, Answer, Damage
from loaders.sample_city.shapes import GRID_M
from loaders.sample_city.spoilt import OUTLINES, away_from, borders, has_neighbours

ANSWERS = "dap_an.json"
TREES, PARCELS, BLOCKS = "greenery.cay_xanh_duong_pho", "cadastre.thua_dat", "base_settlement.khoi_nha"
HOUSES, PIPES, MANHOLES = "base_settlement.nha", "drainage.tuyen_cong", "drainage.ho_ga"
LAMPS, ROADS, WIDTHS = "lighting.cot_den", "base_transport.duong_bo", "planning.lo_gioi"


def damage(city: City, catalog: Catalog, seed: int) -> list[Answer]:
    """Spoils a city in place; the answer key."""
    work = Damage(city, catalog, np.random.default_rng([seed, 911]))
    for spoil in _SPOILERS:
        spoil(work)
    return work.answers


def write_answers(answers: list[Answer], folder: Path) -> Path:
    """`dap_an.json` beside the delivery; no profile reads it."""
    path = folder / ANSWERS
    rows = [{"code": one.code, "layer": one.layer, "keys": one.keys, "also": one.also} for one in answers]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _attributes(work: Damage) -> None:
    trees, parcels = work.table(TREES).columns, work.table(PARCELS).columns
    coded = next(name for name, rule in work.catalog[TREES].fields.items() if rule.domain)
    for row in work.pick(TREES, times=1):
        trees["ma_cay"][row] = None
        work.plant("ATT-01", TREES, row)
    for code, column, value in (("ATT-02", "ngay_cap_nhat", "31/02/2024"), ("ATT-03", coded, "KHONG_CO")):
        for row in work.pick(TREES):
            trees[column][row] = value
            work.plant(code, TREES, row)
    for code, column, wrong in (("ATT-04", "ky_hieu_doi_tuong", "x" * 21), ("ATT-05", "dien_tich", -5.0)):
        for row in work.pick(PARCELS):
            parcels[column][row] = wrong
            work.plant(code, PARCELS, row)
    for row in work.pick(TREES):
        again = work.again(TREES, row, translate(work.table(TREES).geometry[row], 3, 0), None)
        work.plant("ATT-06", TREES, again)
    for row in work.pick(TREES):
        work.plant("ATT-07", TREES, work.again(TREES, row, work.table(TREES).geometry[row], None))


def _wrong_shapes(work: Damage) -> None:
    parcels, trees = work.table(PARCELS), work.table(TREES)
    for row in work.pick(PARCELS):
        west, south, east, north = parcels.geometry[row].bounds
        parcels.geometry[row] = Polygon([(west, south), (east, north), (east, south), (west, north)])
        work.plant("GEO-01", PARCELS, row)
    for row in work.pick(PARCELS):
        parcels.geometry[row] = Polygon()
        work.plant("GEO-02", PARCELS, row)
    for row in work.pick(TREES):
        trees.geometry[row] = translate(trees.geometry[row], -300_000, 0)
        work.plant("GEO-04", TREES, row)


def _odd_outlines(work: Damage) -> None:
    table = work.table(BLOCKS)
    single = shapely.get_type_id(table.geometry) == 3
    for code, spoil in OUTLINES.items():
        for row in work.pick(BLOCKS, single, 1 if code == "GEO-15" else TIMES):
            table.geometry[row] = shapely.set_precision(spoil(table.geometry[row]), GRID_M, mode="pointwise")
            work.plant(code, BLOCKS, row)
    houses = work.table(HOUSES)
    for place, row in enumerate(work.pick(HOUSES, shapely.get_dimensions(houses.geometry) == 2)):
        work.plant("GEO-14", HOUSES, work.again(HOUSES, row, houses.geometry[row], f"MAUTRUNG{place:03d}"))


def _coverage(work: Damage) -> None:
    """Parcels drawn half a metre too large, and some ten centimetres too small; the recorded area follows."""
    table = work.table(PARCELS)
    tree = shapely.STRtree(table.geometry)
    lot = (shapely.area(table.geometry) > 60) & (shapely.area(table.geometry) < 2_000)
    for code, by in (("COV-01", 0.5), ("COV-02", -0.1)):
        for row in work.pick(PARCELS, lot & has_neighbours(table.geometry, tree)):
            near = [int(one) for one in tree.query(table.geometry[row], predicate="dwithin", distance=1.2)]
            work.taken[PARCELS].update(near)
            shape = shapely.buffer(table.geometry[row], by, join_style="mitre", mitre_limit=2)
            table.geometry[row] = shapely.set_precision(shape, GRID_M)
            table.columns["dien_tich"][row] = round(float(table.geometry[row].area), 1)
            keys = [work.key(PARCELS, one) for one in near]
            also = [(other, PARCELS, key) for other in ("COV-01", "COV-02") for key in keys]
            work.answers.append(Answer(code, PARCELS, keys, also))
    for row in work.pick(PARCELS, lot):
        table.columns["dien_tich"][row] = round(table.columns["dien_tich"][row] * 1.5 + 5, 1)
        work.plant("REL-06", PARCELS, row)


def _network(work: Damage) -> None:
    pipes = work.table(PIPES)
    long = shapely.length(pipes.geometry) > 15
    for row in work.pick(PIPES, long):
        end = str(pipes.columns["nut_cuoi"][row])
        pipes.geometry[row] = shapely.ops.substring(pipes.geometry[row], 0, 0.8, normalized=True)
        work.plant("NET-01", PIPES, row, [("REL-02", MANHOLES, end)])
    for row in work.pick(PIPES):
        pipes.columns["cao_do_day_cuoi"][row] = round(pipes.columns["cao_do_day_dau"][row] + 0.4, 3)
        work.plant("NET-03", PIPES, row)
    for place, row in enumerate(work.pick(MANHOLES)):
        spot = away_from(pipes.geometry, work.table(MANHOLES).geometry[row], 4.0)
        work.plant("REL-02", MANHOLES, work.again(MANHOLES, row, spot, f"HG-LAC{place:03d}"))
    _short_roads(work)


def _short_roads(work: Damage) -> None:
    """Roads that stop five centimetres before the junction they lead to."""
    table = work.table(ROADS)
    tree = shapely.STRtree(table.geometry)
    ends = shapely.get_point(table.geometry, -1)
    line = (
        (shapely.get_type_id(table.geometry) == 1)
        & (shapely.length(table.geometry) > 20)
        & ~shapely.is_closed(table.geometry)
    )
    meet = np.bincount(tree.query(ends, predicate="dwithin", distance=0.0005)[0], minlength=len(ends)) >= 3
    for row in work.pick(ROADS, line & meet):
        near = [int(one) for one in tree.query(ends[row], predicate="dwithin", distance=0.2)]
        work.taken[ROADS].update(near)
        table.geometry[row] = shapely.ops.substring(table.geometry[row], 0, table.geometry[row].length - 0.05)
        table.geometry[row] = shapely.set_precision(table.geometry[row], GRID_M, mode="pointwise")
        keys = [work.key(ROADS, one) for one in near]
        work.answers.append(Answer("NET-02", ROADS, keys, [("NET-02", ROADS, key) for key in keys]))


def _astray(work: Damage) -> None:
    """Things that are not where they belong."""
    trees = work.table(TREES)
    for row in work.pick(TREES):
        trees.geometry[row] = translate(trees.geometry[row], -6_000, 0)
        work.plant("REL-01", TREES, row)
    spots = _far_from_roads(work)
    for place, row in enumerate(work.pick(LAMPS, times=len(spots))):
        work.plant("REL-05", LAMPS, work.again(LAMPS, row, spots[place], f"CD-LAC{place:03d}"))
    _straddling_houses(work)


def _far_from_roads(work: Damage) -> list[Point]:
    centres = shapely.point_on_surface(work.table(PARCELS).geometry)
    centres = centres[~shapely.is_empty(centres)]
    roads = [(WIDTHS, 45.0), (ROADS, 15.0)]
    for layer, metres in roads:
        tree = shapely.STRtree(work.table(layer).geometry)
        close = np.unique(tree.query(centres, predicate="dwithin", distance=metres)[0])
        centres = np.delete(centres, close)
    inner = shapely.distance(centres, shapely.union_all(centres).convex_hull.boundary) > 100
    return [Point(one.x, one.y) for one in work.random.permutation(centres[inner])[:TIMES]]


def _straddling_houses(work: Damage) -> None:
    """Houses moved onto the middle of the line between two lots."""
    parcels, houses = work.table(PARCELS).geometry, work.table(HOUSES).geometry
    tree = shapely.STRtree(parcels)
    small = (shapely.get_type_id(houses) == 3) & (shapely.area(houses) > 30) & (shapely.area(houses) < 120)
    planted = 0
    for row in work.pick(HOUSES, small, 60):
        for spot in borders(parcels, tree, houses[row]):
            moved = translate(houses[row], spot.x - houses[row].centroid.x, spot.y - houses[row].centroid.y)
            met = parcels[tree.query(moved, predicate="intersects")]
            shares = shapely.area(shapely.intersection(met, moved)) / moved.area
            if 0.3 < shares.max() < 0.8 and planted < TIMES:
                houses[row] = shapely.set_precision(moved, GRID_M, mode="pointwise")
                work.plant("REL-04", HOUSES, row)
                planted += 1
                break


def _against_the_last_release(work: Damage) -> None:
    """Seen only where the sound city was published before: half of a layer missing, a column and a code gone."""
    for layer, times in (("traffic.bien_bao", 0.4),):
        table = work.table(layer)
        keep = int(len(table) * times)
        table.geometry = table.geometry[:keep]
        table.columns = {name: values[:keep] for name, values in table.columns.items()}
        work.answers.append(Answer("REV-01", layer, [""]))
    blocks = work.table(LAMPS).columns
    blocks["chieu_cao"] = [None] * len(blocks["chieu_cao"])
    work.answers.append(Answer("REV-03", LAMPS, [""]))
    kinds = blocks["loai_tru"]
    blocks["loai_tru"] = ["STK" if value == "HTLT" else value for value in kinds]
    work.answers.append(Answer("REV-02", LAMPS, [""]))
    empty = work.table("environment.tram_khong_khi")
    empty.geometry = empty.geometry[:0]
    empty.columns = {name: [] for name in empty.columns}
    work.answers.append(Answer("REL-03", "environment.tram_khong_khi", [""]))


_SPOILERS: list[Callable[[Damage], None]] = [
    _coverage, _astray, _attributes, _wrong_shapes, _odd_outlines, _network, _against_the_last_release,
]  # fmt: skip
