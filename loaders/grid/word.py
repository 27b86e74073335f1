"""A quick look at what is said of a file: does it fit where it is said to lie, and does nothing else fit far better?"""

import numpy as np
from numpy.typing import NDArray

from loaders.grid.control import ControlLayer
from loaders.grid.fit import CELLS_NEEDED, NEARLY, cells, fit, holds
from loaders.grid.reading import Reading
from loaders.grid.readings import Placed, placed, usual
from loaders.grid.verdict import Residual
from loaders.grid.weigh import FEW, Scales

Points = NDArray[np.float64]

POINTS = 48
HARDLY_ANY = 0.2
CLEARLY = 1.5
"""When the few points are so much nearer than in what is said, the whole sample is looked at."""


def lies_in_place(said: Placed, scales: Scales) -> bool:
    """Whether more than hardly any of the sample lies where the file belongs; without a sample nothing says no."""
    return not len(said.points) or float(scales.country.within(said.degrees, scales.homes).mean()) > HARDLY_ANY


def fits_its_word(said: Reading, scales: Scales) -> tuple[bool, Residual | None] | None:
    """Whether the control confirms what is said, and the best fit; None where every reading has to be weighed.

    What a person gives holds anyway: it is only looked whether another reading is far nearer to roads or borders.
    """
    outside, known = scales.strays(said)
    if scales.are_enough and outside > FEW * known:
        return None
    few = placed(said, _few(scales.points), scales.country)
    if not scales.are_enough or cells(few.points) < CELLS_NEEDED:
        return False, None
    given = scales.hints.given is not None
    fits: list[Residual] = []
    for layer in scales.control_near(few.points, general=given):
        found = fit(few.points, layer, chance=not given)
        if found is None:
            continue
        confirmed = None if given else _confirmed(few, found, layer, scales)
        if confirmed is not None:
            return True, confirmed
        fits.append(found)
    if fits and _is_beaten(few, {one.control: one.median_m for one in fits}, scales):
        return None
    return False, min(fits, key=lambda one: one.median_m, default=None)


def _confirmed(few: Placed, found: Residual, layer: ControlLayer, scales: Scales) -> Residual | None:
    """The fit, where it holds; of the whole sample, where the few points nearly fitted."""
    if holds(few.points, found, layer):
        return found
    return _whole(few.reading, layer.name, scales) if found.median_m < NEARLY * found.elsewhere_m else None


def _is_beaten(said: Placed, medians: dict[str, float], scales: Scales) -> bool:
    """Whether some usual reading fits roads or borders, and brings the sample far nearer to them than what is said."""
    for reading in usual(scales.points, scales.hints):
        rival = placed(reading, _few(scales.points), scales.country)
        if rival.same(said) or not lies_in_place(rival, scales):
            continue
        for layer in scales.control_near(rival.points, general=True):
            nearer = float(np.median(layer.distances(rival.points))) * CLEARLY < medians.get(layer.name, 0.0)
            if nearer and _whole(reading, layer.name, scales) is not None:
                return True
    return False


def _whole(reading: Reading, name: str, scales: Scales) -> Residual | None:
    """The residual of a reading that fits a control layer with the whole sample."""
    points = placed(reading, scales.points, scales.country).points
    layer = next((one for one in scales.control_near(points) if one.name == name), None)
    found = None if layer is None else fit(points, layer)
    return found if layer is not None and found is not None and holds(points, found, layer) else None


def _few(points: Points) -> Points:
    return points[np.unique(np.linspace(0, len(points) - 1, POINTS).astype(int))] if len(points) else points
