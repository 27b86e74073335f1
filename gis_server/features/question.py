"""A question for features: which layer, which fields, which conditions; and the SQL that asks it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.catalog.crs import WEB_MERCATOR, WGS84, CrsBook
from gis_server.db.statements import quoted, text
from gis_server.features.cql.shapes import in_grid
from gis_server.features.crs import Crs
from gis_server.features.mercator import to_mercator
from gis_server.features.parameters import Box, Interval
from gis_server.features.sorting import Order, order_sql, values_sql
from gis_server.web.columns import json_column
from gis_server.web.parameters import CITY_TIME
from gis_server.web.when import rows_as_of

SQL = Path(__file__).parent / "sql"
BEYOND = "served.fid > $1"
MOST_NEAR = 20_000
"""Features of a box that are gathered before a page of them is written."""


@dataclass
class Conditions:
    """SQL conditions and the values bound in them; `$1` and `$2` are taken."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    near: str | None = None
    """What the index of shapes can tell of a box: no feature within is missed."""

    def bind(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values) + 2}"

    def add(self, text: str) -> None:
        self.texts.append(text)

    def copy(self) -> "Conditions":
        """To which more can be bound."""
        return Conditions(list(self.texts), list(self.values), self.near)

    @property
    def are_a_box(self) -> bool:
        return self.near is not None and len(self.texts) == 1

    def __str__(self) -> str:
        return " AND ".join(self.texts) or "true"


def within(conditions: Conditions, book: CrsBook, boxes: Sequence[Box], crs: Crs) -> None:
    """Features that touch one of the boxes. Degrees become Web Mercator, where a box stays a box."""
    if not boxes:
        return
    if crs.srid not in (WGS84, WEB_MERCATOR, book.stored):
        return _within_another_grid(conditions, book, boxes, crs)
    srid, shape = (WEB_MERCATOR, "geom_3857") if crs.srid in (WGS84, WEB_MERCATOR) else (crs.srid, "geom")
    moved = [to_mercator(box) if crs.srid == WGS84 else box for box in boxes]
    given = [f"ST_MakeEnvelope({', '.join(conditions.bind(one) for one in box)}, {srid})" for box in moved]
    _touch(conditions, f"served.{shape}", given)


def _within_another_grid(conditions: Conditions, book: CrsBook, boxes: Sequence[Box], crs: Crs) -> None:
    (box,) = boxes
    moved = shapely.to_wkb(in_grid(book, shapely.box(*box), crs, True))
    _touch(conditions, "served.geom", [f"ST_GeomFromWKB({conditions.bind(moved)}::bytea, {book.stored})"])


def _touch(conditions: Conditions, shape: str, boxes: Sequence[str]) -> None:
    conditions.add(f"({' OR '.join(f'ST_Intersects({shape}, {box})' for box in boxes)})")
    conditions.near = f"({' OR '.join(f'{shape} && {box}' for box in boxes)})"


def during(conditions: Conditions, interval: Interval, layer: Layer) -> None:
    """Features in force at some moment of the interval; where a date is missing that side is open."""
    assert layer.file.time is not None
    since, until = layer.file.time.since, layer.file.time.until
    if interval.end is not None:
        start = f"served.{quoted(since)}"
        conditions.add(f"({start} IS NULL OR {start} <= {conditions.bind(_moment(layer, since, interval.end))})")
    if interval.start is not None:
        end = f"served.{quoted(until)}"
        conditions.add(f"({end} IS NULL OR {end} >= {conditions.bind(_moment(layer, until, interval.start))})")


def _moment(layer: Layer, name: str, moment: Any) -> Any:
    """Dates are the city's calendar days."""
    return moment if layer.fields[name].type == "datetime" else moment.astimezone(CITY_TIME).date()


@dataclass(frozen=True)
class Shown:
    """What of each feature is shown, and in which system."""

    crs: Crs
    fields: tuple[str, ...]
    with_geometry: bool = True


@dataclass(frozen=True)
class Question:
    """What is asked of one layer, within what the caller may see."""

    layer: Layer
    view: View
    shown: Shown
    conditions: Conditions
    order: Order = ()

    @property
    def crs(self) -> Crs:
        return self.shown.crs

    @property
    def fields(self) -> tuple[str, ...]:
        return self.shown.fields

    def rows(self, release: int | None = None) -> str:
        """The rows to look through; `release` when it is an earlier one."""
        return self.view.rows(self.layer) if release is None else rows_as_of(self.layer, self.view, release)

    @property
    def is_a_box(self) -> bool:
        """What is in a box, and nothing else is asked."""
        return self.conditions.are_a_box and not self.order

    def near_sql(self, stored: int) -> str:
        """The statement of a page of what is served in a box."""
        near = {"near": str(self.conditions.near), "most": str(MOST_NEAR)}
        rows = text(SQL, "rows_near", table=self.layer.table, rows=self.rows(), **near)
        return self._sql(stored, rows, BEYOND, order_sql(self.order))

    def sql(self, stored: int, release: int | None = None, after: str = BEYOND) -> str:
        """The statement of a page, which begins where `after` says."""
        return self._sql(stored, self.rows(release), after, order_sql(self.order))

    def gathering_sql(self, stored: int, release: int | None, after: str) -> str:
        """The same by gathering all that fits, and not by walking along the numbers until enough of it was met."""
        return self._sql(stored, self.rows(release), after, "served.fid + 0")

    def _sql(self, stored: int, rows: str, after: str, order: str) -> str:
        geometry = f"ST_AsGeoJSON({shape(self.crs, stored)}, {self.crs.decimals}, 0)"
        return text(
            SQL,
            "items",
            geometry=f"coalesce({geometry}, 'null')" if self.shown.with_geometry else "'null'",
            columns="".join(f"{json_column(self.layer, name)}, " for name in self.fields),
            rows=rows,
            conditions=str(self.conditions),
            after=after,
            sorted=values_sql(self.order),
            order=order,
        )


def shape(crs: Crs, stored: int) -> str:
    """Outer rings counter-clockwise, as RFC 7946 wants them."""
    moved = "served.geom" if crs.srid == stored else f"ST_Transform(served.geom, {crs.srid})"
    return f"ST_FlipCoordinates({moved})" if crs.is_north_first else f"ST_ForcePolygonCCW({moved})"
