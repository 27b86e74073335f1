"""Surfaces that came before are sewn together again only where one is new or gone; what is named is the same."""

import weakref

import numpy as np
import pyarrow as pa
import pytest
import shapely

from loaders.checks import drawings as room
from loaders.checks.drawings import Drawings
from loaders.checks.edges import Edges
from loaders.checks.seams import Seams
from loaders.memory.again import Again, Drawn
from loaders.memory.past import DRAWING, GROUP, KIND, Past
from loaders.memory.prints import prints
from loaders.prepare import DRAWING as DRAWN
from loaders.prepare import Batch

SOUND = [shapely.box(x, y, x + 10, y + 10) for x in range(0, 60, 10) for y in range(0, 60, 10)]
GAP = [shapely.box(200, 0, 210, 10), shapely.box(210.1, 0, 220, 10)]


@pytest.fixture
def layer(catalog):
    return catalog["cadastre.thua_dat"]


def batch_of(layer, shapes, first=0):
    wkb = pa.array(shapely.to_wkb(shapely.set_srid(np.array(shapes), 9210), include_srid=True), pa.binary())
    rows = {"_row": np.arange(first, first + len(shapes)), "geom": wkb, DRAWN: prints({"": wkb}, "")}
    return Batch(layer, pa.table(rows))


def added(drawings, batch):
    drawings.add(batch, Edges.of(batch.plain, None), batch.groups([]))


def remembered(layer, shapes):
    """What is told of a delivery of these."""
    drawings, batch = Drawings(Seams(0.2)), batch_of(layer, shapes)
    added(drawings, batch)
    drawings.suspects()
    columns = {DRAWING: batch.drawings, KIND: batch.kinds, GROUP: batch.groups([])}
    return Past({**columns, **drawings.told()})


def again_of(layer, past, shapes, order, first=0):
    batch = batch_of(layer, [shapes[place] for place in order], first)
    drawn = Drawn(batch.ewkb.nbytes, lambda: batch.ewkb)
    return Again(layer, past, np.array(order), batch.numbers, batch.numbers, lambda: drawn)


@pytest.mark.parametrize("shapes", [SOUND, SOUND + GAP])
def test_the_same_surfaces_in_any_order_have_the_same_misfits_without_an_edge(layer, shapes, monkeypatch):
    past = remembered(layer, shapes)
    order = np.random.default_rng(1).permutation(len(shapes)).tolist()
    drawings = Drawings(Seams(0.2))
    drawings.take(again_of(layer, past, shapes, order))
    monkeypatch.setattr(Seams, "add", None)
    misfits = [order.index(place) for place in range(len(SOUND), len(shapes))]
    assert sorted(drawings.suspects().tolist()) == sorted(misfits)


@pytest.mark.parametrize("most", [0, 1_000, 1 << 20])
def test_no_more_geometries_wait_than_may_and_the_same_misfit(layer, monkeypatch, most):
    """What was read is let go at once: of a row that waits only its geometry is kept."""
    monkeypatch.setattr(room, "MOST_BYTES", most)
    past, drawings = remembered(layer, SOUND + GAP), Drawings(Seams(0.2))
    for first in range(0, len(SOUND + GAP), 4):
        again = again_of(layer, past, SOUND + GAP, list(range(first, min(first + 4, len(SOUND + GAP)))), first)
        rows, held = weakref.ref(again), again.apart().bytes
        drawings.take(again)
        del again
        assert rows() is None
        assert sum(one.drawn.bytes for one in drawings.waiting) <= most
        assert held > 0
    assert drawings.suspects().tolist() == [len(SOUND), len(SOUND) + 1]
    assert drawings.waiting == []


def test_a_surface_that_is_gone_or_new_has_all_sewn_together(layer):
    """The neighbour came before and fitted; now the row beside it has moved."""
    past = remembered(layer, SOUND)
    moved = shapely.affinity.translate(SOUND[-1], 0.1)
    drawings = Drawings(Seams(0.2))
    drawings.take(again_of(layer, past, SOUND, list(range(len(SOUND) - 1))))
    new = batch_of(layer, [moved], first=len(SOUND) - 1)
    added(drawings, new)
    alone = Drawings(Seams(0.2))
    added(alone, batch_of(layer, [*SOUND[:-1], moved]))
    assert drawings.suspects().tolist() == alone.suspects().tolist() != []


def test_one_surface_that_comes_twice_is_another_coverage(layer):
    past = remembered(layer, SOUND)
    drawings = Drawings(Seams(0.2))
    drawings.take(again_of(layer, past, SOUND, [*range(len(SOUND)), 7]))
    assert drawings.suspects().tolist() != []


def test_surfaces_without_prints_are_looked_at_and_not_remembered(layer):
    batch = batch_of(layer, SOUND + GAP)
    drawings = Drawings(Seams(0.2))
    added(drawings, Batch(layer, batch.rows.drop_columns([DRAWN])))
    assert drawings.suspects().tolist() == [len(SOUND), len(SOUND) + 1]
    assert drawings.told() == {}
