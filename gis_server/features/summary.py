"""How much of a layer lies in a drawn shape: counts, areas and lengths of what is inside, by class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.model import FieldType
from gis_server.db.statements import quoted, text
from gis_server.errors import BadRequest
from gis_server.features.cost import refuse_dear, worded_failures
from gis_server.features.drawn import Drawn
from gis_server.features.here import Here
from gis_server.features.question import SQL, Conditions
from gis_server.releases.snapshot import Snapshot

MOST_CLASSES = 1_000
CLASSES: frozenset[FieldType] = frozenset({"code", "text", "integer", "boolean"})
MEASURES: Mapping[str, tuple[str, ...]] = {"Polygon": ("area_m2",), "LineString": ("length_m",), "Point": ()}


@dataclass(frozen=True)
class Summary:
    """What is asked: of which layer, in which shape, by which field, under which conditions."""

    here: Here
    drawn: Drawn
    by: str | None
    conditions: Conditions


def read_class(name: Any, here: Here) -> str | None:
    """A field that tells classes; hidden and unknown ones are refused in the same words."""
    known = [one for one in here.view.layers[here.layer.id] if here.layer.fields[one].type in CLASSES]
    if name is None or name in known:
        return None if name is None else str(name)
    raise BadRequest(
        f"by: không phân loại được theo trường “{str(name)[:60]}”; có: {', '.join(known)}.",
        f"by: features cannot be grouped by “{str(name)[:60]}”; there are: {', '.join(known)}.",
    )


async def summarise(snap: Snapshot, asked: Summary, most_cost: float) -> dict[str, Any]:
    here, layer = asked.here, asked.here.layer
    statement = text(
        SQL,
        "summary",
        by=f"served.{quoted(asked.by)}" if asked.by else "NULL::text",
        srid=str(here.stored),
        rows=here.view.rows(layer),
        conditions=str(asked.conditions),
    )
    values = (shapely.to_wkb(asked.drawn.area), MOST_CLASSES, *asked.conditions.values)
    await snap.conn.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
    await refuse_dear(snap.conn, statement, values, most_cost)
    with worded_failures():
        rows = await snap.conn.fetch(statement, *values)
    measures = [one for kind in layer.file.geometry for one in MEASURES[kind]]
    classes = [_class(here.catalog, layer, asked.by, row, measures) for row in rows]
    return {
        "layer": layer.id,
        "title": layer.file.title.model_dump(),
        "release": snap.release,
        "grid": f"EPSG:{here.stored}",
        "by": asked.by,
        "total": {name: _sum(classes, name) for name in ("count", "synthetic", *measures)},
        "classes": classes if asked.by else [],
        "complete": len(classes) < MOST_CLASSES,
    }


def _class(
    catalog: Catalog, layer: Layer, by: str | None, row: Mapping[str, Any], measures: list[str]
) -> dict[str, Any]:
    domain = layer.fields[by].domain if by else None
    known = catalog.domains[domain].values.get(row["class"]) if domain and row["class"] is not None else None
    word = {"word": {"vi": known.vi, "en": known.en}} if known else {}
    sizes = {name: round(row[name], 3) for name in measures}
    return {"class": row["class"], **word, "count": row["count"], "synthetic": row["synthetic"], **sizes}


def _sum(classes: list[dict[str, Any]], name: str) -> float:
    total: float = sum(one[name] for one in classes)
    return round(total, 3)
