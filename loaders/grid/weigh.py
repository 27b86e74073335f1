"""Weighs candidates: place, official grid of the province, fit to control, and rows inside their own communes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_server.catalog.model import Text
from gis_server.figures import vietnamese
from loaders.grid.control import Control, ControlLayer
from loaders.grid.fit import CELLS_NEEDED, cells, fit, holds, strays
from loaders.grid.hints import Hints, areas
from loaders.grid.national import Country
from loaders.grid.reading import Reading
from loaders.grid.readings import NEARLY_ALL, Placed
from loaders.grid.spread import Coded
from loaders.grid.verdict import Candidate, Evidence, Residual

Points = NDArray[np.float64]
Weighed = tuple[Placed, Candidate]

ROWS_NEEDED = 30
FEW = 0.02
CLEARLY = 8
"""Rows that must stray under every other reading before communes alone decide."""
FEATURES_NEEDED = 8
"""Outlines of a few big things may run along a few streets by chance."""
APART = 2.0
"""How many times worse every other reading must fit a control layer."""


@dataclass(frozen=True)
class Scales:
    """What the candidates of one file are weighed on."""

    points: Points
    """Those that are held against lines."""
    coded: Coded
    """Those that are held against their communes."""
    hints: Hints
    country: Country
    control: Control | None

    @property
    def are_enough(self) -> bool:
        """Whether there are features enough for a decision."""
        return self.hints.features is None or self.hints.features >= FEATURES_NEEDED

    @cached_property
    def homes(self) -> frozenset[str]:
        """Provinces the file belongs in: those of its commune codes, else the city's."""
        return self.hints.provinces() or self.country.city

    @cached_property
    def named(self) -> frozenset[str]:
        """Provinces that the path names, where no codes say more."""
        return frozenset() if self.hints.provinces() else self.country.named_in(self.hints.path)

    @cached_property
    def areas(self) -> Mapping[str, shapely.Geometry]:
        """The served area in which each commune code's rows may lie."""
        if self.control is None or not self.hints.communes:
            return {}
        wanted = {code: areas(code, self.hints.places) for code in self.hints.codes()}
        served = self.control.communes(sorted(set().union(*wanted.values())))
        found = {code: [served[one] for one in sorted(names) if one in served] for code, names in wanted.items()}
        return {code: shapely.union_all(shapes) for code, shapes in found.items() if shapes}

    def strays(self, reading: Reading) -> tuple[int, int]:
        """How many rows lie outside of their commune in a reading, and of how many that is known."""
        if not self.areas:
            return 0, 0
        if reading not in self._strays:
            points = reading.stored(self.coded.points, self.country.book)
            self._strays[reading] = strays(points, self.coded.codes, self.areas)
        return self._strays[reading]

    @cached_property
    def _strays(self) -> dict[Reading, tuple[int, int]]:
        return {}

    def control_near(self, around: Points, *, general: bool = False) -> Iterator[ControlLayer]:
        """The control around points; `general`: only what serves every file, not the layers that this one goes to."""
        known = around[np.isfinite(around).all(axis=1)]
        if self.control is None or not len(known):
            return iter(())
        return (self.control.towards(()) if general else self.control).layers(known)

    def residual(self, points: Points, control: str | None) -> Residual | None:
        """The fit of points to the named control layer, or to the best."""
        layers = self._used.get("layers", [])
        fits = [one for layer in layers if control in (None, layer.name) and (one := fit(points, layer)) is not None]
        return min(fits, key=lambda one: one.median_m, default=None)

    @cached_property
    def _used(self) -> dict[str, list[ControlLayer]]:
        return {}

    def fits(self, possible: list[Placed], layer: ControlLayer) -> dict[int, Residual]:
        """Residuals by place in the list; held against chance where they may be the best, once for all questions."""
        key = f"fits {layer.name}"
        if key not in self._fits:
            quick = {n: one for n, p in enumerate(possible) if (one := fit(p.points, layer, chance=False)) is not None}
            limit = APART * min((one.median_m for one in quick.values()), default=0.0) + 1
            near = {n: fit(possible[n].points, layer) for n, one in quick.items() if one.median_m < limit}
            self._fits[key] = quick | {n: one for n, one in near.items() if one is not None}
        return self._fits[key]

    @cached_property
    def _fits(self) -> dict[str, dict[int, Residual]]:
        return {}

    def use(self, layers: list[ControlLayer]) -> None:
        """Remembers the control layers that were weighed on, for residuals asked later."""
        self._used["layers"] = layers


def weigh(possible: list[Placed], scales: Scales) -> list[Weighed]:
    """All candidates with their evidence, and the decision of the control marked."""
    if not possible:
        return []
    near = [one for one in possible if _share(one, scales) > 0]
    layers = list(scales.control_near(np.concatenate([one.points for one in near]))) if near else []
    scales.use(layers)
    found = [scales.fits(possible, layer) for layer in layers]
    weighed = [
        (one, _candidate(one, scales, [each[place] for each in found if place in each]))
        for place, one in enumerate(possible)
    ]
    chosen = _decided(possible, scales, layers)
    return [(one, replace(each, decided=True, score=1.0) if one in chosen else each) for one, each in weighed]


def _decided(possible: list[Placed], scales: Scales, layers: list[ControlLayer]) -> list[Placed]:
    """Candidates that a control layer decides for; several when controls disagree, so that nobody is guessed right."""
    if not scales.are_enough:
        return []
    chosen = [one for layer in layers for one in _by_lines(possible, scales, layer)]
    by_rows = {place: scales.strays(one.reading) for place, one in enumerate(possible)}
    if not chosen:
        return _by_communes(possible, by_rows)
    kept = [place for place, one in enumerate(possible) if one in chosen]
    return [possible[place] for place in kept if not _belied(by_rows[place], by_rows)]


def _by_lines(possible: list[Placed], scales: Scales, layer: ControlLayer) -> list[Placed]:
    fits = [(possible[n], found) for n, found in scales.fits(possible, layer).items()]
    good = [one for one, found in fits if holds(one.points, found, layer)]
    if len(good) != 1:
        return good
    best = next(found.median_m for one, found in fits if one is good[0])
    rivals = [found for one, found in fits if one is not good[0] and found.median_m < APART * best + 1]
    return [] if rivals else good


def _by_communes(possible: list[Placed], by_rows: Mapping[int, tuple[int, int]]) -> list[Placed]:
    """The one candidate under which the rows lie in their communes, when under every other clearly more do not."""
    best = min(by_rows, key=lambda place: by_rows[place])
    outside, known = by_rows[best]
    if known < ROWS_NEEDED or outside > FEW * known or cells(possible[best].points) < CELLS_NEEDED:
        return []
    others = [rows for place, (rows, _) in by_rows.items() if place != best]
    return [possible[best]] if all(rows >= 3 * outside + CLEARLY for rows in others) else []


def _belied(mine: tuple[int, int], by_rows: Mapping[int, tuple[int, int]]) -> bool:
    """Whether the communes speak for another candidate."""
    outside, known = mine
    return known > 0 and outside > 0.2 * known and any(rows < outside / 4 for rows, _ in by_rows.values())


def _candidate(one: Placed, scales: Scales, fits: list[Residual]) -> Candidate:
    share = _share(one, scales)
    best = min(fits, key=lambda found: found.median_m, default=None)
    official = _official(one, scales)
    evidence = tuple(_evidence(one, scales, best, official))
    near = 0.0 if best is None else max(0.0, 1 - best.median_m / max(best.elsewhere_m, 1e-9))
    odd = 0.8 if one.reading.unshifted or one.reading.mistaken is not None else 1.0
    return Candidate(one.reading, evidence, best, round(odd * (0.4 * share + 0.2 * bool(official) + 0.39 * near), 4))


def _share(one: Placed, scales: Scales) -> float:
    """How much of the sample lies where the file belongs."""
    return float(scales.country.within(one.degrees, scales.homes | scales.named).mean())


def _official(one: Placed, scales: Scales) -> Text | None:
    """The province the sample lies in, when the reading is in that province's own grid."""
    for code in sorted(scales.homes | scales.named):
        province = scales.country.provinces[code]
        mine = province.srid == one.reading.srid
        if mine and scales.country.within(one.degrees, [code]).mean() >= NEARLY_ALL:
            return province.name
    return None


def _evidence(one: Placed, scales: Scales, best: Residual | None, official: Text | None) -> Iterator[Evidence]:
    hints = scales.hints
    if one.reading == hints.given:
        yield Evidence("given", True, Text(vi="người nạp hoặc hồ sơ nạp ghi", en="a person or the profile says so"))
    if hints.declared is not None and one.reading in hints.declared.readings:
        name = hints.declared.name
        yield Evidence("declared", True, Text(vi=f"tệp ghi “{name}”", en=f"the file says “{name}”"))
    yield _of_place(one, scales)
    if official is not None:
        text = Text(vi=f"là lưới chính thức của {official.vi}", en=f"the official grid of {official.en}")
        yield Evidence("place", True, text)
    if scales.areas:
        yield _of_communes(one, scales)
    if best is not None:
        text = Text(
            vi=f"cách {best.control} {best.vi} (trung vị / 95 %); ngẫu nhiên thì {vietnamese(best.elsewhere_m)} m",
            en=f"{best} (median / 95 %) from {best.control}; by chance {best.elsewhere_m:,.0f} m",
        )
        yield Evidence("control", best.median_m <= best.elsewhere_m / 2, text)


def _of_place(one: Placed, scales: Scales) -> Evidence:
    """Where the sample lies: in the provinces that the path names, those of the codes, or else the city."""
    provinces = scales.named or scales.homes
    share = float(scales.country.within(one.degrees, provinces).mean())
    names = [scales.country.provinces[code].name for code in sorted(provinces)]
    vi, en = ", ".join(name.vi for name in names), ", ".join(name.en for name in names)
    text = Text(vi=f"{share:.0%} điểm nằm trong {vi}", en=f"{share:.0%} of the points lie in {en}")
    if scales.named:
        said = Text(vi=f"{text.vi} (tên có trong đường dẫn tệp)", en=f"{text.en} (named in the path)")
        return Evidence("name", share >= NEARLY_ALL, said)
    return Evidence("communes" if scales.hints.provinces() else "place", share >= NEARLY_ALL, text)


def _of_communes(one: Placed, scales: Scales) -> Evidence:
    outside, known = scales.strays(one.reading)
    text = Text(
        vi=f"{outside}/{known} điểm nằm ngoài xã ghi trong dòng",
        en=f"{outside} of {known} points lie outside of their row's commune",
    )
    return Evidence("communes", outside <= FEW * known, text)
