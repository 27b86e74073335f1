"""Which grid is a file in? Generated deliveries, none of which may be placed wrongly; and what finding out costs.

`python -m benchmarks.grid [corpus|cost]`.
"""

import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import patch

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import HOME, Bench, fresh_installation
from gis_server.catalog import CrsBook, read_catalog
from gis_server.catalog.places import Places, read_places
from loaders.crs import Locator
from loaders.grid import GridVerdict, Hints, Known, Reading, find_grid, parse_reading
from loaders.grid.control import control_layer
from loaders.grid.declared import Declared, declared
from loaders.grid.national import country_of
from loaders.pipeline import Desk, Order, load
from loaders.profiles import FileRule, Profile
from loaders.progress import Steps
from loaders.readers.stream import Stream

Points = NDArray[np.float64]

PLACES = {
    "Củ Chi": (106.50, 11.00, "783"),
    "Cần Giờ": (106.86, 10.52, "787"),
    "Vũng Tàu": (107.10, 10.38, "747"),
    "Bình Dương": (106.66, 11.05, "718"),
    "Côn Đảo": (106.61, 8.69, "755"),
}
"""WGS 84 place and old district, whose communes' codes the rows carry."""
KINDS = (
    *((reading, None) for reading in ("9210", "5899", "5897", "9209", "3405", "32648", "4326", "4756", "3857")),
    *((reading, None) for reading in ("9210-yx", "5899-yx", "4326-yx", "9210-mm", "9210-yx-mm", "9210-km", "3406")),
    *((reading, None) for reading in ("9210-unshifted", "5899-unshifted", "3857-unshifted")),
    *(("9210", "9210"), ("9210", "3405"), ("3405", "9210"), ("5897", "3405"), ("3405", "5897"), ("5899", "9210")),
    *(("4326-was-9210-as-3405", "4326"), ("4326-was-3405-as-9210", "4326"), ("4756", "4326")),
)
"""What the numbers are, and what the file says (None: it has no .prj)."""
LAYERS = ("roads", "manholes", "coded buildings", "scattered points")
OUTCOMES = (
    "right",
    "a wrong .prj found out",
    "refused, first suggestion right",
    "refused",
    "a wrong .prj believed, nothing to check it",
    "wrong",
)
TIMES = 3
SLOWER = 1.2
"""How much longer a load may take for finding the grids of its files."""
HALF_M = 3_000.0
RIGHT_M = 5.0


@dataclass(frozen=True)
class District:
    """A made-up piece of city at a real place: crooked streets, communes around them."""

    name: str
    streets: NDArray[np.object_]
    communes: dict[str, shapely.Geometry]
    middle: Points


@dataclass(frozen=True)
class Case:
    """One small delivery."""

    layer: str
    reading: Reading
    said: str | None
    truth: Points
    communes: tuple[str | None, ...]


def bench(_: Bench) -> None:
    """The corpus, then what looking costs, in an installation of its own: loads meet what they find served."""
    deliveries, wrong = corpus()
    CONSOLE.print(f"grid: {wrong} of {deliveries:,} generated deliveries placed wrongly")
    with fresh_installation() as empty:
        cost(empty)


def cost(place: Bench) -> None:
    """The sample city loaded over itself with and without looking for its grids, turn by turn."""
    with tempfile.TemporaryDirectory(prefix="bando-grid-") as folder:
        city = Path(folder) / "city"
        place.bando("sample", "--wards", "3", "--seed", "7", "--out", str(city))
        places = read_places(HOME / "layers")
        kept = place.settings.state_folder, place.settings.rasters_folder
        desk = Desk(place.catalog, place.database, Steps(quiet=True), places, *kept)
        load(Order(city), desk)
        seconds: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(TIMES):
            for looking in seconds:
                seconds[looking].append(_load_s(city, desk, looking))
    ours, other = (statistics.median(seconds[looking]) for looking in (True, False))
    claim(
        "grid: load of the served sample city, grids found",
        ours,
        SLOWER * other,
        "s",
        "s limit, 1.2 x taken at its word",
    )


def corpus() -> tuple[int, int]:
    """How many deliveries were generated, and how many of them were placed wrongly."""
    catalog = read_catalog(HOME / "layers", HOME / "styles")
    book, places, chance = country_of(catalog.crs).book, read_places(HOME / "layers"), np.random.default_rng(2025)
    districts = [_district(name, book, places, chance) for name in PLACES]
    total = wrong = 0
    for control in (True, False):
        counts: dict[str, Counter[str]] = {layer: Counter() for layer in LAYERS}
        seconds: list[float] = []
        for district in districts:
            known = Known((control_layer("streets", district.streets),), district.communes) if control else None
            for case in _cases(district, book, chance):
                started = time.perf_counter()
                verdict = find_grid(case.reading.numbers(case.truth, book), _hints(case, catalog.crs, places), known)
                seconds.append(time.perf_counter() - started)
                outcome = _outcome(verdict, case, book)
                counts[case.layer][outcome] += 1
                if outcome == "wrong":
                    CONSOLE.print(f"  wrong: {district.name} {case.reading} said {case.said} → {verdict.reading}")
        total, wrong = total + len(seconds), wrong + sum(one["wrong"] for one in counts.values())
        _print(control, counts, seconds)
    return total, wrong


def _load_s(city: Path, desk: Desk, looking: bool) -> float:
    trusting = cast(AbstractContextManager[object], patch.object(Locator, "locate", _take_at_its_word))
    started = time.perf_counter()
    with nullcontext() if looking else trusting:
        load(Order(city), desk)
    return time.perf_counter() - started


def _take_at_its_word(locator: Locator, stream: Stream, how: FileRule, profile: Profile) -> bool:
    """What a loader without evidence does: the profile's grid, or the file's."""
    if stream.placed and stream.srid is None:
        said = declared(stream.said, locator.catalog.crs)
        stream.srid = int(how.crs) if how.crs is not None else cast(Declared, said).readings[0].srid
    return True


def _district(name: str, book: CrsBook, places: Places, chance: np.random.Generator) -> District:
    lon, lat, code = PLACES[name]
    middle = book.transform(np.array([[lon, lat]]), 4326, book.stored)
    codes = [one.code for one in places.units if one.parent_code == code and one.valid_to][:4] or [code]
    corners = np.array([[-1.0, -1], [-1, 0], [0, -1], [0, 0]]) * HALF_M + middle
    areas = [shapely.box(x, y, x + HALF_M, y + HALF_M) for x, y in corners]
    communes = {one: areas[place] for place, one in enumerate(codes)}
    return District(name, _streets(middle[0], chance), communes, middle)


def _streets(middle: Points, chance: np.random.Generator) -> NDArray[np.object_]:
    """Streets between junctions that lie on no regular net."""
    spacing, turn = chance.uniform(90, 220), chance.uniform(0, np.pi / 2)
    count = int(2 * HALF_M / spacing)
    net = (np.stack(np.meshgrid(np.arange(count), np.arange(count), indexing="ij"), axis=-1) - count / 2) * spacing
    net = net + chance.normal(0, spacing / 4, net.shape)
    net = net @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) + middle
    pairs = [(net[:-1], net[1:]), (net[:, :-1], net[:, 1:])]
    lines = [np.stack([a.reshape(-1, 2), b.reshape(-1, 2)], axis=1) for a, b in pairs]
    streets: NDArray[np.object_] = shapely.linestrings(np.concatenate(lines))
    return streets[chance.random(len(streets)) < 0.8]


def _cases(district: District, book: CrsBook, chance: np.random.Generator) -> Iterator[Case]:
    for written, said in KINDS:
        for layer in LAYERS:
            truth = _truth(layer, district, chance)
            codes = _codes(truth, district) if layer == "coded buildings" else ()
            yield Case(layer, parse_reading(written, book.known), said, truth, codes)


def _truth(layer: str, district: District, chance: np.random.Generator) -> Points:
    """Where a small delivery's features are, in the stored grid: another survey's streets, manholes along them…"""
    count = int(chance.integers(60, 400))
    if layer in ("coded buildings", "scattered points"):
        return district.middle + chance.uniform(-HALF_M, HALF_M, (count, 2)) * 0.98
    streets = district.streets[chance.choice(len(district.streets), count)]
    along = shapely.line_interpolate_point(streets, chance.random(count), normalized=True)
    return shapely.get_coordinates(along) + chance.normal(0, 2.0 if layer == "roads" else 3.5, (count, 2))


def _codes(truth: Points, district: District) -> tuple[str | None, ...]:
    spots = shapely.points(truth)
    return tuple(next((c for c, area in district.communes.items() if area.contains(spot)), None) for spot in spots)


def _hints(case: Case, book: CrsBook, places: Places) -> Hints:
    declared = Declared((Reading(int(case.said)),), f"EPSG:{case.said}") if case.said else None
    return Hints(book, places, name="a.shp", declared=declared, communes=case.communes)


def _outcome(verdict: GridVerdict, case: Case, book: CrsBook) -> str:
    if verdict.reading is None:
        best = verdict.best
        if best is None or _off_m(best.reading, case, book) >= RIGHT_M:
            return "refused"
        return "a wrong .prj found out" if verdict.state == "contradicted" else "refused, first suggestion right"
    if _off_m(verdict.reading, case, book) < RIGHT_M:
        return "right"
    return "a wrong .prj believed, nothing to check it" if verdict.state == "declared" else "wrong"


def _off_m(reading: Reading, case: Case, book: CrsBook) -> float:
    apart = np.hypot(*(reading.stored(case.reading.numbers(case.truth, book), book) - case.truth).T)
    return float(np.median(np.where(np.isfinite(apart), apart, np.inf)))


def _print(control: bool, layers: dict[str, Counter[str]], seconds: list[float]) -> None:
    counts = sum(layers.values(), Counter[str]())
    total, words = counts.total(), "with control" if control else "without control"
    CONSOLE.print(f"grid of a file, {words}: {total} deliveries, {len(KINDS)} kinds × {len(PLACES)} places")
    for outcome in OUTCOMES:
        by_layer = ", ".join(f"{layer} {layers[layer][outcome]}" for layer in LAYERS if layers[layer][outcome])
        CONSOLE.print(f"  {outcome:<43} {counts[outcome]:>4}  {counts[outcome] / total:6.1%}  {by_layer}")
    median, p95 = (1000 * float(one) for one in np.percentile(seconds, [50, 95]))
    CONSOLE.print(f"  time per file: median {median:.0f} ms, 95 % {p95:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:] == ["corpus"]:
        sys.exit(1 if corpus()[1] else 0)
    with fresh_installation() as installation:
        (cost if sys.argv[1:] == ["cost"] else bench)(installation)
