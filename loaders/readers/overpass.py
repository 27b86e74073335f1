"""Raw answers of the Overpass API: the same objects as in an OSM file, as points, lines and areas with tags."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from loaders.conditions import Conditions
from loaders.readers.json_lists import read_document
from loaders.readers.osm import AREA_RELATIONS, LINES, MEMBER, MEMBERS_MISSING, NO_LINE, RINGS_OPEN, VERTEX
from loaders.readers.osm import is_area as tags_mean_area
from loaders.readers.osm_rows import Rows, Shape
from loaders.readers.stream import ROWS_AT_ONCE, Chunk, Stream

Points = list[tuple[float, float]]


def read_overpass(path: Path, file: str, columns: set[str], areas: Conditions) -> Stream:
    """The elements of one answer. Objects that other files of the delivery bring too are dropped by the parent."""
    tags = sorted(name for name in columns if not name.startswith("@"))
    stream = Stream(file, "", 4326, iter(()), columns=None)
    elements = read_document(path, file)["elements"]
    if not columns:
        tags = sorted({tag for one in elements for tag in one.get("tags", {})})
        stream.columns = frozenset(tags)
    stream.chunks = _Answer(stream, tags, areas).chunks(elements)
    return stream


@dataclass
class _Answer:
    stream: Stream
    tags: list[str]
    areas: Conditions
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, Points] = field(default_factory=dict)

    def chunks(self, elements: list[dict[str, Any]]) -> Iterator[Chunk]:
        waiting = {kind: Rows(self.tags) for kind in LINES}
        for one in _in_order(elements):
            kind = f"{one['type']}s"
            tags = {name: str(value) for name, value in one.get("tags", {}).items()}
            shape = self._shape(one, tags)
            if not tags:
                self.stream.left_out[LINES[kind], VERTEX if kind == "nodes" else MEMBER] += 1
            elif shape is None:
                self.stream.left_out[LINES[kind], NO_LINE] += 1
            else:
                waiting[kind].add(f"{one['type'][0]}{one['id']}", tags, shape)
            if waiting[kind].count >= ROWS_AT_ONCE:
                yield waiting[kind].take(LINES[kind], one["type"])
        for kind, rows in waiting.items():
            if rows.count:
                yield rows.take(LINES[kind], kind.removesuffix("s"))

    def _shape(self, one: dict[str, Any], tags: dict[str, str]) -> Shape | None:
        match one["type"]:
            case "node":
                self.nodes[one["id"]] = (one["lon"], one["lat"])
                return Shape("Point", shapely.to_wkb(shapely.Point(one["lon"], one["lat"])))
            case "way":
                return self._way(one, tags)
            case _:
                return self._relation(one, tags)

    def _way(self, one: dict[str, Any], tags: dict[str, str]) -> Shape | None:
        points = _points(one) or [self.nodes[node] for node in one.get("nodes", []) if node in self.nodes]
        self.ways[one["id"]] = points
        if len(points) < 2:
            return None
        if len(points) > 3 and points[0] == points[-1] and tags_mean_area(tags, self.areas):
            return Shape("Polygon", shapely.to_wkb(shapely.Polygon(points)))
        return Shape("LineString", shapely.to_wkb(shapely.LineString(points)))

    def _relation(self, one: dict[str, Any], tags: dict[str, str]) -> Shape:
        members = [member for member in one.get("members", []) if member["type"] == "way"]
        known = [(member.get("role"), self._member(member)) for member in members]
        lines = [(role, points) for role, points in known if len(points) > 1]
        if tags.get("type") not in AREA_RELATIONS:
            drawn = shapely.MultiLineString([points for _, points in lines]) if lines else None
            return Shape("LineString", None if drawn is None else shapely.to_wkb(drawn))
        if len(lines) < len(members) or not members:
            return Shape("Polygon", None, MEMBERS_MISSING)
        outer = _rings([points for role, points in lines if role != "inner"])
        inner = _rings([points for role, points in lines if role == "inner"])
        if outer is None or inner is None:
            return Shape("Polygon", None, RINGS_OPEN)
        return Shape("Polygon", shapely.to_wkb(shapely.difference(outer, inner)))

    def _member(self, member: dict[str, Any]) -> Points:
        return _points(member) or self.ways.get(member["ref"], [])


def _in_order(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes, ways, relations, each object once: an answer may repeat one with and without tags."""
    order = {"node": 0, "way": 1, "relation": 2}
    once: dict[tuple[int, int], dict[str, Any]] = {}
    for one in elements:
        if one.get("type") in order:
            key = (order[one["type"]], one["id"])
            once[key] = {**once.get(key, {}), **one}
    return [once[key] for key in sorted(once)]


def _points(one: dict[str, Any]) -> Points:
    return [(point["lon"], point["lat"]) for point in one.get("geometry") or [] if point]


def _rings(lines: list[Points]) -> Any:
    """The lines joined to closed rings, as one area; None where they do not close."""
    if not lines:
        return shapely.MultiPolygon()
    merged = shapely.line_merge(shapely.MultiLineString(lines))
    parts = shapely.get_parts(merged)
    if not shapely.is_closed(parts).all() or (shapely.get_num_coordinates(parts) < 4).any():
        return None
    return shapely.union_all(shapely.make_valid([shapely.Polygon(part.coords) for part in parts]))
