"""The ground of a tile: laying a small change into it gives what laying everything anew gives, whatever changed."""

import random

import numpy as np
import pytest
import shapely

from gis_server.drawing.change import Change
from gis_server.drawing.frames import REACH, Frame
from gis_server.drawing.ground import Ground, ground_of, unpacked
from gis_server.drawing.lots import Lots, lots_of
from gis_server.drawing.pieces import pieces

FRAME = Frame(14, 13_040, 7_698)
USES = ['{"loai_dat": "ODT"}', '{"loai_dat": "CLN"}', '{"loai_dat": "TMD"}']


class Quarter:
    """Crooked lots in and around a tile, some of them over others, some across its edge."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.lots: dict[int, tuple[shapely.Geometry, str]] = {}
        for fid in range(1, 400):
            self.lots[fid] = self.lot(USES[:2])

    def lot(self, uses: list[str]) -> tuple[shapely.Geometry, str]:
        west, south, east, north = FRAME.box(2 * REACH)
        x, y = self.chance.uniform(west, east), self.chance.uniform(south, north)
        around = [self.chance.uniform(1, 60) for _ in range(9)]
        angles = np.linspace(0, 2 * np.pi, 9, endpoint=False)
        ring = [(x + far * np.cos(at), y + far * np.sin(at)) for far, at in zip(around, angles, strict=True)]
        hole = [[(x + 0.3 * np.cos(at), y + 0.3 * np.sin(at)) for at in angles]] if self.chance.random() < 0.2 else []
        return shapely.Polygon(ring, hole), self.chance.choice(uses)

    def change(self, count: int) -> Change:
        """Some lots go, some come, some move or get another use, perhaps one that none had."""
        sides: list[tuple[int, shapely.Geometry]] = []
        for fid in self.chance.sample(range(1, 420), count):
            if fid in self.lots:
                sides.append((fid, self.lots.pop(fid)[0]))
            if self.chance.random() < 0.8:
                self.lots[fid] = self.lot(USES)
                sides.append((fid, self.lots[fid][0]))
        return Change(np.array([fid for fid, _ in sides]), shapely.bounds([shape for _, shape in sides]))

    def near(self, boxes: list[shapely.Geometry] | None = None) -> Lots:
        """What is near the tile, in the order of fids; only what touches a box, if boxes are given."""
        tile = shapely.box(*FRAME.box(REACH))
        found = [
            (fid, shape, use)
            for fid, (shape, use) in sorted(self.lots.items())
            if shapely.box(*shape.bounds).intersects(tile)
            and (boxes is None or any(shapely.box(*shape.bounds).intersects(box) for box in boxes))
        ]
        fid, shape, use = ([one[column] for one in found] for column in range(3))
        said = (
            np.ones(len(found), dtype=np.int64),
            np.array(["mau"] * len(found), dtype=object),
            np.array(use, object),
        )
        return lots_of(pieces(np.array(shape, dtype=object), np.array(fid, dtype=np.int64), said))


def same(one: Ground, other: Ground) -> bool:
    return one.packed() == other.packed()


@pytest.mark.parametrize("seed", range(8))
def test_a_change_laid_into_the_ground_gives_what_laying_all_anew_gives(seed: int) -> None:
    lots = Quarter(seed)
    ground = ground_of(lots.near(), FRAME)
    for count in (1, 5, 40):
        change = lots.change(count).near(FRAME, REACH)
        around = [shapely.box(*box) for box in change.wider(FRAME.pixel_m)]
        ground = ground.renewed(lots.near(around), change, FRAME)
        assert same(ground, ground_of(lots.near(), FRAME))
        assert ground.grid.any()


def test_a_ground_comes_back_from_its_bytes_as_it_was() -> None:
    ground = ground_of(Quarter(3).near(), FRAME)
    again = unpacked(ground.packed())
    assert same(ground, again)
    assert (again.grid == ground.grid).all()
    assert len(ground.packed()) < 4 * ground.grid.size / 50


def test_a_change_that_misses_the_tile_changes_nothing() -> None:
    lots = Quarter(5)
    ground = ground_of(lots.near(), FRAME)
    nothing = Change(np.zeros(0, dtype=np.int64), np.zeros((0, 4)))
    assert same(ground, ground.renewed(lots.near([]), nothing, FRAME))
