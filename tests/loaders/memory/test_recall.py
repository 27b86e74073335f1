"""What a load remembers, and how much at most."""

from concurrent.futures import Future

import numpy as np
import pyarrow as pa
import pytest
import shapely

from loaders import held
from loaders.checks.suspects import Suspects
from loaders.held import Held, Known
from loaders.mapped import staging_schema
from loaders.memory import recall as room
from loaders.memory.past import KEY, ROW, place_of, read_past
from loaders.memory.recall import Recall
from loaders.prepare import DRAWING, PRINT, Batch

ROWS = 40


@pytest.fixture
def layer(catalog):
    return catalog["cadastre.thua_dat"]


@pytest.fixture
def recall(catalog, layer, fresh, tmp_path, monkeypatch):
    """Of a source that serves nothing yet."""
    monkeypatch.setattr(held, "FEWEST", 1)
    holding = Held(fresh, "dia_chinh")
    yield Recall(catalog, holding, tmp_path, lambda _: None)
    holding.close()


def batch_of(layer):
    shapes = [shapely.box(x, 0, x + 10, 10) for x in range(0, 10 * ROWS, 10)]
    wkb = pa.array(shapely.to_wkb(shapely.set_srid(np.array(shapes), 9210), include_srid=True), pa.binary())
    given = {
        "_row": pa.array(range(ROWS)),
        "_feature": pa.array(range(ROWS)),
        "so_thua": pa.array(map(str, range(ROWS))),
    }
    columns = [given.get(field.name, pa.nulls(ROWS, field.type)) for field in staging_schema(layer)][:-1]
    rows = pa.table([*columns, wkb], schema=staging_schema(layer))
    for name in (PRINT, DRAWING):
        rows = rows.append_column(name, pa.array(np.random.default_rng(3).permutation(ROWS).astype(np.uint64)))
    return Batch(layer, rows)


def test_rows_without_a_suspicion_are_remembered_and_known_while_they_are_served(recall, catalog, layer, tmp_path):
    batch, suspect = batch_of(layer), np.arange(ROWS) < 3
    recall.note(batch, suspect)
    recall.keep(Suspects(catalog))
    past = read_past(place_of(tmp_path, "dia_chinh", layer.id))
    assert sorted(past[ROW].tolist()) == sorted(batch.row_hashes[3:].tolist())
    order = np.argsort(batch.row_hashes[10:])
    known = (column[10:][order] for column in (batch.row_hashes, batch.hash_of(layer.key), np.arange(ROWS)))
    recall.held.asked[layer.id] = Future()
    recall.held.asked[layer.id].set_result(Known(1, None, *known))
    served = recall.held.served(layer, past)
    assert sorted(served[KEY].tolist()) == sorted(batch.hash_of(layer.key)[10:].tolist())


def test_of_too_large_a_layer_nothing_is_remembered(recall, catalog, layer, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "MOST", 2 * ROWS)
    for _ in range(5):
        recall.note(batch_of(layer), np.zeros(ROWS, bool))
    assert recall.new.rows(f"{layer.id} print") == 3 * ROWS
    recall.keep(Suspects(catalog))
    assert list(tmp_path.iterdir()) == []
