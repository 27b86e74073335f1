"""The statements that a dossier is read with, written from the manifest for a view and a release."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.places import Places
from gis_server.db.statements import literal, quoted, text
from gis_server.planning.manifest import Manifest, Numbered, Rule
from gis_server.web.columns import column
from gis_server.web.when import rows_as_of

SQL = Path(__file__).parent / "sql"
CELLS_OF, GRID_OF = "cells of", "grid of cells"
"""Beside the fields of a raster's row: the name of its file and the grid of its cells. No field is called so."""


@dataclass(frozen=True)
class Reading:
    """What a dossier is read from: the rules, and the rows that one view saw in one release."""

    catalog: Catalog
    manifest: Manifest
    places: Places
    view: View
    release: int | None
    """An earlier release; None for the newest."""
    rasters: Path
    """Where the cells of raster layers are kept."""

    @property
    def parcels(self) -> Layer:
        return self.view.layer(self.catalog, self.manifest.file.parcels.layer)

    def rows(self, layer: Layer) -> str:
        """What a FROM takes as the layer's rows."""
        return self.view.rows(layer) if self.release is None else rows_as_of(layer, self.view, self.release)

    def fields(self, layer: Layer, names: Sequence[str]) -> list[str]:
        """Those of the fields that the view holds."""
        return [name for name in names if name in self.view.fields[layer.id]]

    def columns(self, layer: Layer, names: Sequence[str]) -> str:
        return ", ".join(column(layer, name) for name in self.fields(layer, names))


def hits(reading: Reading, rules: Sequence[Numbered]) -> str:
    """One statement for all rules: planned once, and shapes by the thousand go through it as one does."""
    return text(SQL, "hits", pieces=" UNION ALL ".join(_piece(reading, one) for one in rules))


def delivered(reading: Reading, rules: Sequence[Numbered]) -> str:
    layers = [reading.catalog[one.rule.layer] for one in rules]
    return text(
        SQL, "delivered", pieces=", ".join(f"EXISTS (SELECT FROM {reading.rows(one)} AS any_row)" for one in layers)
    )


def parcels(reading: Reading) -> str:
    """Parcels by the keys they are asked for."""
    names = reading.manifest.file.parcels
    keys = {"commune": names.commune, "sheet": names.sheet, "number": names.number}
    compared = {key: f"served.{quoted(name)}" for key, name in keys.items()}
    return text(SQL, "parcels", **_parcel(reading), **compared)


def parcels_at(reading: Reading) -> str:
    """For each of some shapes the parcel that holds most of it."""
    return text(SQL, "parcels_at", **_parcel(reading))


def maps(reading: Reading) -> str:
    """What the maps show; of each feature the fields that its looks or its label may need."""
    pieces = [
        _map_piece(reading, number, place, reading.catalog[one.layer])
        for number, drawn in enumerate(reading.manifest.file.maps)
        for place, one in enumerate(drawn.layers)
        if one.layer in reading.view.layers
    ]
    return text(SQL, "maps", pieces=" UNION ALL ".join(pieces))


def _map_piece(reading: Reading, number: int, place: int, layer: Layer) -> str:
    return text(
        SQL,
        "map_layer",
        map=str(number),
        place=str(place),
        columns=reading.columns(layer, list(layer.fields)),
        rows=reading.rows(layer),
        srid=str(reading.catalog.crs.stored),
        conditions=" AND ".join(_in_force(layer, "$6")) or "true",
    )


def _parcel(reading: Reading) -> dict[str, str]:
    layer = reading.parcels
    commune = f"served.{quoted(reading.manifest.file.parcels.commune)}"
    return {
        "rows": reading.rows(layer),
        "born": reading.view.since(layer),
        "columns": reading.columns(layer, list(layer.fields)),
        "commune_numbered": commune,
    }


def _piece(reading: Reading, one: Numbered) -> str:
    layer, rule = reading.catalog[one.rule.layer], one.rule
    names = {
        "rule": str(one.number),
        "columns": reading.columns(layer, rule.fields) or "NULL AS nothing",
        "rows": reading.rows(layer),
        "born": reading.view.since(layer),
        "conditions": _conditions(layer, rule),
        "most": str(rule.most),
    }
    if rule.relation == "overlap":
        names |= _surface(rule)
    if rule.relation in ("near", "strip"):
        names["reach"] = str(rule.reach_m)
    if rule.relation == "cells":
        names |= {"cells_of": quoted(CELLS_OF), "grid_of": quoted(GRID_OF)}
    if rule.toward is not None:
        names["toward"] = _axes(reading, rule.toward)
    return text(SQL, rule.relation, **names)


def _axes(reading: Reading, toward: str) -> str:
    """Axes that the view may not see tell no side."""
    layer = reading.catalog[toward]
    return reading.rows(layer) if toward in reading.view.layers else f"(SELECT * FROM {layer.table} WHERE false)"


def _surface(rule: Rule) -> dict[str, str]:
    """The surface that a row takes, and where to look for rows."""
    if rule.width is None:
        return {"surface": "served.geom", "around": "asked.geom"}
    half = f"served.{quoted(rule.width.field)}{' / 2' if rule.width.is_ == 'total' else ''}"
    return {
        "surface": f"CASE ST_Dimension(served.geom) WHEN 1 THEN ST_Buffer(served.geom, {half}, 'endcap=flat')"
        " ELSE served.geom END",
        "around": f"ST_Expand(asked.geom, {rule.reach_m}) AND ST_DWithin(served.geom, asked.geom, coalesce({half}, 0))",
    }


def _conditions(layer: Layer, rule: Rule) -> str:
    """In force on the day of the release, and of the codes that are asked for."""
    found = [f"served.{quoted(name)} IN ({', '.join(map(literal, codes))})" for name, codes in rule.only.items()]
    return " AND ".join([*found, *([] if rule.lapsed else _in_force(layer, "$4"))]) or "true"


def _in_force(layer: Layer, day: str) -> list[str]:
    """On a day that is bound in the statement; layers without dates are always in force."""
    if layer.file.time is None:
        return []
    since, until = (_day(layer, name) for name in (layer.file.time.since, layer.file.time.until))
    return [f"({since} IS NULL OR {since} <= {day}::date)", f"({until} IS NULL OR {until} >= {day}::date)"]


def _day(layer: Layer, name: str) -> str:
    """Moments are days of the city's calendar here."""
    found = f"served.{quoted(name)}"
    return f"({found} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date" if layer.fields[name].type == "datetime" else found
