"""What one view may find: the fields that names are read from, and the statements over its rows, written once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.places import Places
from gis_server.catalog.search import SearchKind, SearchRule
from gis_server.db.statements import literal, quoted, text

SQL = Path(__file__).parent / "sql"
RANK = {kind: place for place, kind in enumerate(get_args(SearchKind))}
"""Which kind comes first among equals."""
NOTHING = "SELECT NULL::bigint AS fid, NULL::geometry AS geom WHERE false"


@dataclass(frozen=True)
class Fields:
    """Layers, fields and their places in the ranking, side by side, as statements take them."""

    layers: list[str]
    fields: list[str]
    places: list[int]


@dataclass(frozen=True)
class Sight:
    """Search as one view sees it. Every statement reads the view's rows, so nothing hidden can be found."""

    catalog: Catalog
    places: Places
    view: View

    @cached_property
    def names(self) -> Fields:
        """The fields of names."""
        return self._fields([(layer, name) for layer, rule in self._searched for name in rule.names])

    @cached_property
    def streets(self) -> Fields:
        """The fields of addresses, whose names are streets."""
        return self._fields([(layer, rule.address) for layer, rule in self._searched if rule.address])

    @cached_property
    def bearers(self) -> str:
        pieces = [self._piece("bearer", layer) for layer in self._layers(self.names)]
        return text(SQL, "bearers", pieces=" UNION ALL ".join(pieces or [NOTHING]))

    @cached_property
    def described(self) -> str:
        pieces = " UNION ALL ".join(self._piece("description", layer) for layer in self._visible)
        return text(SQL, "described", pieces=pieces, unit_at=self.unit_at)

    @cached_property
    def unit_at(self) -> str:
        """The present unit at `hit.point`."""
        pieces = [self._piece("unit_at", layer) for layer in self.units]
        return pieces[0] if pieces else text(SQL, "no_unit")

    @cached_property
    def unit_boxes(self) -> str | None:
        pieces = [self._piece("unit_boxes", layer) for layer in self.units]
        return " UNION ALL ".join(pieces) or None

    @cached_property
    def around(self) -> str | None:
        """The nearest named or numbered thing of each field."""
        pieces = " UNION ALL ".join(self._around_pieces())
        return text(SQL, "around", pieces=pieces) if pieces else None

    @cached_property
    def units_here(self) -> str | None:
        return " UNION ALL ".join(f"({self._piece('units_here', layer)})" for layer in self.units) or None

    @cached_property
    def parcels(self) -> str | None:
        """Parcels by their number, in every layer of parcels whose number the view sees."""
        return " UNION ALL ".join(self._parcel_pieces("parcel")) or None

    @cached_property
    def communes(self) -> str:
        """Codes of communes by which parcels are numbered."""
        return " UNION ".join(self._parcel_pieces("communes"))

    @cached_property
    def codes(self) -> str | None:
        """Features of any layer by a key of one field."""
        pieces = [
            text(SQL, "code", id=literal(layer.id), rows=self.view.rows(layer), key=quoted(layer.key[0]))
            for layer in self._visible
            if len(layer.key) == 1 and self._sees(layer, layer.key[0]) and layer.fields[layer.key[0]].type == "text"
        ]
        return " UNION ALL ".join(pieces) or None

    @cached_property
    def units(self) -> list[Layer]:
        """Layers of administrative units."""
        return [layer for layer, rule in self._searched if rule.unit and self._sees(layer, rule.unit)]

    def _fields(self, found: Sequence[tuple[Layer, str]]) -> Fields:
        seen = [(layer, field) for layer, field in found if self._sees(layer, field)]
        return Fields(
            [layer.id for layer, _ in seen],
            [field for _, field in seen],
            [RANK[layer.file.search.kind] for layer, _ in seen if layer.file.search],
        )

    def _layers(self, fields: Fields) -> list[Layer]:
        return [self.catalog[layer] for layer in dict.fromkeys(fields.layers)]

    def _sees(self, layer: Layer, field: str) -> bool:
        return field in self.view.fields[layer.id]

    def _piece(self, name: str, layer: Layer) -> str:
        names = {"id": literal(layer.id), "rows": self.view.rows(layer), "srid": str(self.catalog.crs.stored)}
        names["born"] = self.view.since(layer)
        rule, time = layer.file.search, layer.file.time
        if rule and rule.unit and time:
            names |= {
                "code": quoted(rule.unit),
                "until": quoted(time.until),
                "label": quoted(layer.file.label or rule.unit),
            }
        return text(SQL, name, **names)

    def _parcel_pieces(self, name: str) -> Iterator[str]:
        for layer, rule in self._searched:
            parcel = rule.parcel
            if parcel and all(self._sees(layer, one) for one in layer.key):
                hidden = parcel.present is None or not self._sees(layer, parcel.present)
                present = "NULL::text" if hidden else quoted(str(parcel.present))
                columns = {one: quoted(getattr(parcel, one)) for one in ("commune", "sheet", "number")}
                names = {"id": literal(layer.id), "rows": self.view.rows(layer), "present": present, **columns}
                yield f"({text(SQL, name, **names)})"

    def _around_pieces(self) -> Iterator[str]:
        for seen in (self.names, self.streets):
            for layer_id, field in zip(seen.layers, seen.fields, strict=True):
                rule = self.catalog[layer_id].file.search
                is_address = rule is not None and rule.address == field
                kind = "address" if is_address else rule.kind if rule else ""
                filled = f"{quoted(field)} ~ '[0-9]'" if is_address else f"{quoted(field)} <> ''"
                yield self._nearest(layer_id, kind, (quoted(field), filled, "1"))
        for layer, rule in self._searched:
            if rule.parcel and all(self._sees(layer, name) for name in layer.key):
                words = " || '/' || ".join(quoted(name) for name in layer.key)
                yield self._nearest(layer.id, rule.kind, (words, "true", "0"))

    def _nearest(self, layer_id: str, kind: str, how: tuple[str, str, str]) -> str:
        """`how`: the words that name a feature, when it has them, and its share of the radius."""
        words, filled, reach = how
        names = {"id": literal(layer_id), "kind": literal(kind), "rows": self.view.rows(self.catalog[layer_id])}
        srid = str(self.catalog.crs.stored)
        return text(SQL, "nearest", words=words, filled=filled, reach=reach, srid=srid, **names)

    @cached_property
    def _visible(self) -> list[Layer]:
        return [self.catalog[layer] for layer in self.view.layers]

    @cached_property
    def _searched(self) -> list[tuple[Layer, SearchRule]]:
        return [(layer, layer.file.search) for layer in self._visible if layer.file.search is not None]
