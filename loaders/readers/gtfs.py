"""GTFS: the tables of a timetable feed joined into stops with the routes that call there, and the lines of routes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.conditions import as_number
from loaders.readers.stream import GEOMETRY, ROWS_AT_ONCE, Chunk, Stream

WGS84 = 4326
STOPS = (
    "stop_id",
    "stop_code",
    "stop_name",
    "stop_desc",
    "stop_lat",
    "stop_lon",
    "location_type",
    "wheelchair_boarding",
)
ROUTES = ("route_id", "agency_id", "route_short_name", "route_long_name", "route_desc", "route_type")
TRIPS = ("trip_id", "route_id", "direction_id", "shape_id", "trip_headsign")
PATTERN = ("route_id", "direction_id", "shape_id")


def read_gtfs(path: Path, file: str) -> Iterator[Stream]:
    """Two layers of the feed that `routes.txt` lies in: `stops`, and `routes`, a row for each line that a route's trips
    take in a direction. Lines of one route and direction are numbered (`variant`), the one of most trips first."""
    feed = _Feed(path.parent, file)
    yield _stream(file, "stops", feed.stops())
    yield _stream(file, "routes", feed.routes())


def _stream(file: str, layer: str, rows: pa.Table) -> Stream:
    columns = frozenset(name for name in rows.column_names if name != GEOMETRY)
    stream = Stream(file, layer, WGS84, iter(()), columns, expected=rows.num_rows)
    starts = range(0, rows.num_rows, ROWS_AT_ONCE)
    stream.chunks = (Chunk(stream.name, rows.slice(start, ROWS_AT_ONCE)) for start in starts)
    return stream


@dataclass(frozen=True)
class _Feed:
    """The folder of a feed. All its columns are read as text."""

    folder: Path
    file: str

    def stops(self) -> pa.Table:
        """With `routes`, the short names of the routes that call there, separated by semicolons."""
        stops = self._table("stops", STOPS)
        places = _points(stops.column("stop_lon"), stops.column("stop_lat"))
        calls = self._calls()
        called = dict(zip(calls.column("stop_id").to_pylist(), calls.column("names").to_pylist(), strict=True))
        names = [
            ";".join(sorted(filter(None, called.get(stop) or ()))) or None for stop in stops["stop_id"].to_pylist()
        ]
        return stops.append_column("routes", pa.array(names, pa.string())).append_column(GEOMETRY, places)

    def routes(self) -> pa.Table:
        """Every pattern of trips with the facts of its route; a route without trips is a row without a line."""
        agencies = self._table("agency", ("agency_id", "agency_name")).combine_chunks()
        facts = self._table("routes", ROUTES).join(agencies, "agency_id")
        rows = self._patterns().join(facts, "route_id", join_type="right outer")
        rows = rows.sort_by([(name, "ascending") for name in ("route_id", "direction_id", "variant")])
        lines = self._lines()
        drawn = [lines.get(shape) for shape in rows.column("shape_id").to_pylist()]
        rows = rows.set_column(rows.schema.get_field_index("variant"), "variant", rows["variant"].cast(pa.string()))
        rows = rows.set_column(rows.schema.get_field_index("trips"), "trips", rows["trips"].cast(pa.string()))
        return rows.append_column(GEOMETRY, pa.array(shapely.to_wkb(np.array(drawn, dtype=object)), pa.binary()))

    @cached_property
    def _trips(self) -> pa.Table:
        trips = self._table("trips", TRIPS)
        direction = pc.coalesce(trips.column("direction_id"), pa.scalar("0"))
        return trips.set_column(trips.schema.get_field_index("direction_id"), "direction_id", direction)

    def _patterns(self) -> pa.Table:
        """Route, direction and shape with the number of their trips, their hours, and their place by trips."""
        times = self._departures()
        trips = self._trips.join(times, "trip_id")
        found = trips.group_by(PATTERN).aggregate(
            [("trip_id", "count"), ("trip_headsign", "max"), ("departure", "min"), ("departure", "max")]
        )
        found = found.rename_columns([*PATTERN, "trips", "headsign", "first_departure", "last_departure"])
        order = [
            ("route_id", "ascending"),
            ("direction_id", "ascending"),
            ("trips", "descending"),
            ("shape_id", "ascending"),
        ]
        found = found.sort_by(order)
        return found.append_column("variant", pa.array(_places(found.select(PATTERN[:2])), pa.int64()))

    def _departures(self) -> pa.Table:
        """When each trip sets out, HH:MM; after midnight the hours go on past 24, as in the feed."""
        times = self._table("stop_times", ("trip_id", "departure_time"))
        clock = pc.utf8_slice_codeunits(pc.utf8_lpad(pc.utf8_trim_whitespace(times["departure_time"]), 8, "0"), 0, 5)
        times = pa.table({"trip_id": times["trip_id"], "departure": clock})
        return times.group_by("trip_id").aggregate([("departure", "min")]).rename_columns(["trip_id", "departure"])

    def _calls(self) -> pa.Table:
        """Stop → names of the routes whose trips call there."""
        calls = self._table("stop_times", ("trip_id", "stop_id")).group_by(["trip_id", "stop_id"]).aggregate([])
        routes = self._table("routes", ("route_id", "route_short_name"))
        named = self._trips.select(["trip_id", "route_id"]).join(routes, "route_id")
        found = calls.join(named, "trip_id").group_by("stop_id").aggregate([("route_short_name", "distinct")])
        return found.rename_columns(["stop_id", "names"])

    def _lines(self) -> dict[str, shapely.Geometry]:
        """Shape → its line; a shape of fewer than two points is none."""
        points = self._table("shapes", ("shape_id", "shape_pt_lon", "shape_pt_lat", "shape_pt_sequence"))
        names, numbers = np.unique(points.column("shape_id").to_pylist() or np.array([], str), return_inverse=True)
        east, north, place = (as_number(points.column(at).combine_chunks()).to_numpy(zero_copy_only=False)
                              for at in points.column_names[1:])  # fmt: skip
        order = np.lexsort((place, numbers))
        known = order[(np.isfinite(east) & np.isfinite(north))[order]]
        counts = np.bincount(numbers[known], minlength=len(names))
        enough = known[counts[numbers[known]] > 1]
        drawn, packed = np.unique(numbers[enough], return_inverse=True)
        lines = shapely.linestrings(np.column_stack([east, north])[enough], indices=packed) if len(enough) else []
        return {str(names[number]): line for number, line in zip(drawn, lines, strict=True)}

    def _table(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Some columns of a table of the feed, as text; of nulls or without rows where the feed has none."""
        path = next((one for one in self.folder.iterdir() if one.name.lower() == f"{name}.txt"), None)
        if path is None:
            return pa.table({column: pa.array([], pa.string()) for column in columns})
        convert = pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            include_columns=list(columns),
            include_missing_columns=True,
            strings_can_be_null=True,
            null_values=[""],
        )
        parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
        try:
            return pyarrow.csv.read_csv(path, convert_options=convert, parse_options=parse)
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise DeliveryUnreadable(
                f"Không đọc được bảng {path.name} của bộ GTFS {self.file}: {error}. Bảng GTFS phải là CSV, bảng mã "
                "UTF-8.",
                f"{path.name} of the GTFS feed {self.file} cannot be read: {error}. GTFS tables are CSV in UTF-8.",
            ) from error


def _points(east: pa.ChunkedArray, north: pa.ChunkedArray) -> pa.Array:
    x, y = (as_number(column.combine_chunks()).to_numpy(zero_copy_only=False) for column in (east, north))
    known = np.isfinite(x) & np.isfinite(y)
    points = np.full(len(x), None, dtype=object)
    points[known] = shapely.points(x[known], y[known])
    return pa.array(shapely.to_wkb(points), pa.binary())


def _places(groups: pa.Table) -> Iterator[int]:
    """1, 2, … within rows that are equal and stand together."""
    before: tuple[object, ...] | None = None
    place = 0
    for one in zip(*(column.to_pylist() for column in groups.columns), strict=True):
        place = place + 1 if one == before else 1
        before = one
        yield place
