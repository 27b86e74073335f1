"""The data of a bundle: a GeoPackage of one release, a table a layer, with the titles and code lists of its fields."""

from collections.abc import Callable
from contextlib import closing
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyogrio

from gis_server.bundle.desktop import write_styles
from gis_server.bundle.labels import Written, table_of, write_labels
from gis_server.bundle.order import House, Order
from gis_server.catalog import Layer
from gis_server.features.crs import read_crs
from gis_server.features.exports.columns import columns_of
from gis_server.features.exports.reading import Reader, Reading
from gis_server.features.question import Conditions, Question, Shown, within

LONG_MS = 60_000
Tell = Callable[[str], None]


def write_geopackage(house: House, order: Order, release: int, path: Path, tell: Tell) -> list[Written]:
    """Whole features that touch the area, in WGS 84 moved by the pinned shift; what was written of each layer."""
    done: list[Written] = []
    with closing(Reader(house.database.dsn("read"), LONG_MS)) as reader:
        for name in order.data:
            layer = house.catalog[name]
            tell(f"GeoPackage · {layer.file.title.vi}")
            done.append(_write_layer(reader, _reading(house, order, layer, release), path))
    filled = [one for one in done if one.rows]
    if filled:
        write_labels(path, house.catalog, order.shelf.view, filled)
        write_styles(house, order, filled, path)
    return filled


def _reading(house: House, order: Order, layer: Layer, release: int) -> Reading:
    book, view = house.catalog.crs, order.shelf.view
    crs = read_crs("crs", None, book.stored)
    conditions = Conditions()
    within(conditions, book, [order.area.box] if order.area.box else [], crs)
    question = Question(layer, view, Shown(crs, view.layers[layer.id]), conditions)
    return Reading(question, columns_of(question, book.stored, "wkb"), release, -1, None)


def _write_layer(reader: Reader, reading: Reading, path: Path) -> Written:
    written = Written(reading.question.layer)
    batches = reader.batches(reading)
    first = next(batches)
    if first.num_rows:
        schema = pa.schema([field.remove_metadata() for field in first.schema])
        plain = (
            written.noted(pa.RecordBatch.from_arrays(one.columns, schema=schema)) for one in chain([first], batches)
        )
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(schema, plain),
            path,
            layer=table_of(written.layer),
            driver="GPKG",
            append=path.exists(),
            geometry_name="geometry",
            geometry_type="Unknown",
            crs="EPSG:4326",
        )
    return written
