"""Differences between two states on the screen, as GeoJSON, and as a map in one file that opens anywhere."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import psycopg
from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from gis_server.catalog import Layer
from gis_server.catalog.model import Text
from gis_server.cli.naming_layers import add_layer_column, narrow
from gis_server.db.statements import statement
from gis_server.figures import vietnamese
from gis_server.paper.paper import paper
from gis_server.releases.diff import KINDS, Difference, LayerDiff, rows

EXAMPLES = 3
MOST_ON_MAP = 20_000
"""Features of a layer that a map or a GeoJSON shows; how many there are is said beside it."""
PAGES = Path(__file__).parent / "pages"
SQL = Path(__file__).parent / "sql"
BACKGROUND = ("base_boundary.dia_phan_hanh_chinh_tren_dat_lien", "base_transport.duong_bo")
"""Layers whose lines say where on the map one is."""
SIGN = {"added": "+", "changed": "~", "removed": "-"}
COLOUR = {"added": "green", "changed": "yellow", "removed": "red"}
Bounds = tuple[float, float, float, float]


def show_diff(conn: psycopg.Connection, found: Sequence[LayerDiff], console: Console) -> None:
    """Counts and changed fields of each layer, then examples."""
    if not found:
        console.print("[bold]Không có khác biệt nào · There are no differences.[/]")
        return
    table = Table(title="Thay đổi · Changes", title_justify="left")
    add_layer_column(table, "Lớp · Layer")
    for head in narrow("Thêm · Added", "Sửa · Changed", "Bớt · Removed"):
        table.add_column(head, justify="right")
    table.add_column("Trường đã sửa (số đối tượng) · Fields changed (features)")
    for one in found:
        counts = [vietnamese(number) for number in (one.counts.added, one.counts.changed, one.counts.removed)]
        fields = ", ".join(f"{_named(name)} {vietnamese(count)}" for name, count in one.fields.items())
        title = Words.assemble(one.layer.file.title.vi, (f"  {one.layer.id}", "dim"))
        table.add_row(title, *counts, Words(fields))
    console.print(table)
    for one in found:
        for kind in KINDS:
            for each in rows(conn, one.sides, EXAMPLES, kind=kind):
                console.print(_example(one.layer.id, each), highlight=False)


def write_changes(
    conn: psycopg.Connection, found: Sequence[LayerDiff], title: Text, files: tuple[Path | None, Path | None]
) -> None:
    """The map (HTML), the GeoJSON, each when a file was named."""
    page, geojson = files
    if page is None and geojson is None:
        return
    features = [feature for one in found for feature in _features(conn, one)]
    collection = {
        "type": "FeatureCollection",
        "title": f"{title.vi} · {title.en}",
        "layers": _summary(found),
        "features": features,
    }
    if geojson is not None:
        geojson.write_bytes(orjson.dumps(collection))
    if page is not None:
        page.write_bytes(_page(conn, found, title, collection))


def _features(conn: psycopg.Connection, one: LayerDiff) -> Iterator[dict[str, Any]]:
    for each in rows(conn, one.sides, MOST_ON_MAP, shapes=True):
        properties = {
            "layer": one.layer.id,
            "title": one.layer.file.title.vi,
            "change": each.kind,
            "key": each.key,
            "fields": each.changed,
            "moved_m": None if not each.moved_m else round(each.moved_m, 3),
        }
        shape = each.old_shape if each.new_shape is None else each.new_shape
        if each.moved_m and each.old_shape:
            properties["before"] = orjson.loads(each.old_shape)
        yield {"type": "Feature", "geometry": orjson.loads(shape or "null"), "properties": properties}


def _summary(found: Sequence[LayerDiff]) -> list[dict[str, Any]]:
    return [
        {
            "layer": one.layer.id,
            "title": one.layer.file.title.model_dump(),
            "added": one.counts.added,
            "changed": one.counts.changed,
            "removed": one.counts.removed,
            "fields": one.fields,
            "shown": min(one.counts.total, MOST_ON_MAP),
        }
        for one in found
    ]


def _page(conn: psycopg.Connection, found: Sequence[LayerDiff], title: Text, collection: dict[str, Any]) -> bytes:
    features, layers = collection["features"], collection["layers"]
    bounds = _bounds(features)
    around = background(conn, bounds) if bounds else []
    names = {one.layer.id: {name: _title(one.layer, name) for name in one.layer.fields} for one in found}
    content = {"title": title, "layers": layers, "names": names}
    return paper(PAGES, "changes", content, {"features": features, "names": names, "background": around})


def _title(layer: Layer, field: str) -> str:
    """A field as a person calls it."""
    told = layer.fields[field].help
    return told.vi if told else field


def background(conn: psycopg.Connection, bounds: Bounds) -> list[dict[str, Any]]:
    """Wards and roads around a box in degrees, as far as they are served, as bare GeoJSON geometries."""
    values = dict(zip(("west", "south", "east", "north"), bounds, strict=True))
    lines: list[dict[str, Any]] = []
    for layer in BACKGROUND:
        group, _, name = layer.partition(".")
        if conn.execute("SELECT FROM meta.layer WHERE layer = %s", [layer]).fetchone() is not None:
            query = statement(SQL, "background", table=f'"{group}"."{name}"')
            lines += [orjson.loads(shape) for (shape,) in conn.execute(query, values) if shape]
    return lines


def _bounds(features: list[dict[str, Any]]) -> Bounds | None:
    points = [point for one in features if one["geometry"] for point in _points(one["geometry"]["coordinates"])]
    if not points:
        return None
    easts, norths = [point[0] for point in points], [point[1] for point in points]
    return min(easts), min(norths), max(easts), max(norths)


def _points(coordinates: Any) -> Iterator[list[float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates
    else:
        for inner in coordinates:
            yield from _points(inner)


def _example(layer: str, one: Difference) -> Words:
    changes = [f"{name}: {before} → {after}" for name, (before, after) in one.changed.items()]
    if one.moved_m:
        changes.append(f"hình học · geometry {one.moved_m:.3f} m")
    words = "; ".join(changes) if one.kind == "changed" else ""
    return Words.assemble((f"  {SIGN[one.kind]} ", COLOUR[one.kind]), f"{layer} {one.key}", (f"  {words}", "dim"))


def _named(field: str) -> str:
    return "hình học · geometry" if field == "geom" else field
