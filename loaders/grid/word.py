"""A quick look at what is said of a file: does it fit where it is said to lie, and does nothing else fit far better?"""

import numpy as np
from numpy.typing import NDArray

from loaders.grid.fit import CELLS_NEEDED, cells, fit, holds
from loaders.grid.reading import Reading
from loaders.grid.readings import Placed, placed, usual
from loaders.grid.verdict import Residual
from loaders.grid.weigh import APART, FEW, Scales

Points = NDArray[np.float64]

POINTS = 48
HARDLY_ANY = 0.2


def lies_in_place(said: Placed, scales: Scales) -> bool:
    """Whether more than hardly any of the sample lies where the file belongs; without a sample nothing says no."""
    return not len(said.points) or float(scales.country.within(said.degrees, scales.homes).mean()) > HARDLY_ANY


def fits_its_word(said: Reading, scales: Scales) -> tuple[bool, Residual | None] | None:
    """Whether the control confirms what is said, and the best fit; None where every reading has to be weighed.

    What a person gives is only held against roads and borders, what a file says also against the layers it goes to.
    """
    outside, known = scales.strays(said)
    if outside > FEW * known:
        return None
    few = placed(said, _few(scales.points), scales.country)
    if cells(few.points) < CELLS_NEEDED:
        return False, None
    fits: list[Residual] = []
    for layer in scales.control_near(few.points, general=scales.hints.given is not None):
        found = fit(few.points, layer)
        if found is not None and holds(few.points, found, layer):
            return True, found
        fits += [] if found is None else [found]
    if fits and _is_beaten(few, {one.control: one.median_m for one in fits}, scales):
        return None
    return False, min(fits, key=lambda one: one.median_m, default=None)


def _is_beaten(said: Placed, medians: dict[str, float], scales: Scales) -> bool:
    """Whether some usual reading brings the sample far nearer to roads or borders than what is said."""
    for reading in usual(scales.points, scales.hints):
        rival = placed(reading, _few(scales.points), scales.country)
        if rival.same(said) or not lies_in_place(rival, scales):
            continue
        for layer in scales.control_near(rival.points, general=True):
            found = fit(rival.points, layer)
            if found is None or found.median_m * APART >= medians.get(layer.name, 0.0):
                continue
            if holds(rival.points, found, layer):
                return True
    return False


def _few(points: Points) -> Points:
    return points[np.unique(np.linspace(0, len(points) - 1, POINTS).astype(int))] if len(points) else points
