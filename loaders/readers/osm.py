"""OpenStreetMap files: every object once, as a point, line or area, tags as columns; what has no tags is counted."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import osmium
import shapely

from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable
from loaders.conditions import Conditions, tags_fit
from loaders.readers.osm_rows import Rows, Shape
from loaders.readers.stream import Chunk, Stream

VERTEX = Text(vi="đỉnh của đường, không có thẻ", en="vertex of a way, without tags")
MEMBER = Text(vi="không có thẻ, chỉ là thành phần của quan hệ", en="without tags, only a member of relations")
NO_LINE = Text(vi="đường có ít hơn hai đỉnh", en="way of fewer than two nodes")
MEMBERS_MISSING, RINGS_OPEN = "GEO-07", "GEO-08"
LINES = {"nodes": "nút · nodes", "ways": "đường · ways", "relations": "quan hệ · relations"}
AREA_RELATIONS = ("multipolygon", "boundary")
LOCATIONS = "sparse_mem_array"
"""Kind of libosmium's index of node locations; of this one the size tells how many nodes are in it."""
ROWS_AT_ONCE, LOOK_EVERY = 32_768, 1024


def read_osm(path: Path, file: str, columns: set[str], areas: Conditions) -> Stream:
    """The objects of a PBF or XML file with those tags that the profile speaks of."""
    tags = sorted(name for name in columns if not name.startswith("@"))
    stream = Stream(file, "", 4326, iter(()), columns=None)
    stream.chunks = _Reading(stream, tags, areas).chunks(path)
    return stream


class _Reading:
    """One pass over a file. Areas arrive after their ways and relations; those still due are remembered by id."""

    def __init__(self, stream: Stream, tags: list[str], areas: Conditions) -> None:
        self.left_out = stream.left_out
        self.areas = areas
        self.waiting = {kind: Rows(tags) for kind in LINES}
        self.due_ways: dict[int, dict[str, str]] = {}
        self.due_relations: dict[int, dict[str, str]] = {}
        self.ways: dict[int, bytes] = {}
        self.routes: dict[int, list[int]] = {}
        self.route_tags: dict[int, dict[str, str]] = {}
        self.factory = osmium.geom.WKBFactory()
        self.locations = osmium.index.create_map(LOCATIONS)
        self.tagged_nodes = 0

    def chunks(self, path: Path) -> Iterator[Chunk]:
        """Nodes without tags only give ways their shape; libosmium keeps them to itself, and counts them."""
        try:
            self._note_relations(path)
            for place, thing in enumerate(self._objects(path)):
                if thing.id < 0:
                    raise _unfinished(path.name)
                self._take(thing)
                if place % LOOK_EVERY == 0:
                    yield from self._full(ROWS_AT_ONCE)
        except RuntimeError as error:
            raise DeliveryUnreadable(
                f"Không đọc được {path.name}: {error}.", f"{path.name} cannot be read: {error}."
            ) from error
        self._finish()
        yield from self._full(1)

    def _objects(self, path: Path) -> osmium.FileProcessor:
        tagged: Any = osmium.filter.EmptyTagFilter()
        locations: Any = self.locations
        objects = osmium.FileProcessor(path).with_locations(locations).with_areas()
        return objects.with_filter(tagged.enable_for(osmium.osm.NODE))

    def _note_relations(self, path: Path) -> None:
        """Which ways make up routes: only those lines are kept until the routes are drawn."""
        relations: Any = osmium.FileProcessor(path, osmium.osm.RELATION)
        for relation in relations:
            tags = _tags(relation)
            if tags.get("type") == "route":
                self.routes[relation.id] = [member.ref for member in relation.members if member.type == "w"]
                self.route_tags[relation.id] = tags
            elif tags.get("type") in AREA_RELATIONS and len(tags) > 1:
                self.due_relations[relation.id] = tags
        self.route_ways = {way for ways in self.routes.values() for way in ways}

    def _take(self, thing: Any) -> None:
        if thing.is_area():
            self._take_area(thing)
        elif thing.is_node():
            self._take_node(thing)
        elif thing.is_way():
            self._take_way(thing)
        else:
            self._take_relation(thing)

    def _take_node(self, node: Any) -> None:
        self.tagged_nodes += 1
        wkb = bytes.fromhex(self.factory.create_point(node))
        self.waiting["nodes"].add(f"n{node.id}", _tags(node), Shape("Point", wkb))

    def _take_way(self, way: Any) -> None:
        wkb = self._line(way)
        if way.id in self.route_ways and wkb is not None:
            self.ways[way.id] = wkb
        if not way.tags:
            self.left_out[LINES["ways"], MEMBER] += 1
            return
        tags = _tags(way)
        if way.is_closed() and len(way.nodes) > 3 and self._is_area(tags):
            self.due_ways[way.id] = tags
        elif wkb is None:
            self.left_out[LINES["ways"], NO_LINE] += 1
        else:
            self.waiting["ways"].add(f"w{way.id}", tags, Shape("LineString", wkb))

    def _take_relation(self, relation: Any) -> None:
        if not relation.tags:
            self.left_out[LINES["relations"], MEMBER] += 1
        elif relation.id in self.routes or (_tags(relation).get("type") in AREA_RELATIONS and len(relation.tags) > 1):
            return
        else:
            self.waiting["relations"].add(f"r{relation.id}", _tags(relation), Shape("LineString", None))

    def _take_area(self, area: Any) -> None:
        due = self.due_ways if area.from_way() else self.due_relations
        tags = due.pop(area.orig_id(), None)
        if tags is None:
            return
        name, kind = (f"w{area.orig_id()}", "ways") if area.from_way() else (f"r{area.orig_id()}", "relations")
        if area.num_rings()[0]:
            shape = Shape("Polygon", bytes.fromhex(self.factory.create_multipolygon(area)))
        else:
            shape = Shape("Polygon", None, RINGS_OPEN)
        self.waiting[kind].add(name, tags, shape)

    def _finish(self) -> None:
        """Nodes that were only counted, routes, and the areas that never came: they could not be assembled."""
        if vertices := _entries(self.locations) - self.tagged_nodes:
            self.left_out[LINES["nodes"], VERTEX] += vertices
        for relation, tags in self.due_relations.items():
            self.waiting["relations"].add(f"r{relation}", tags, Shape("Polygon", None, MEMBERS_MISSING))
        for way, tags in self.due_ways.items():
            self.waiting["ways"].add(f"w{way}", tags, Shape("Polygon", None, RINGS_OPEN))
        for relation, ways in self.routes.items():
            lines = [shapely.from_wkb(self.ways[way]) for way in dict.fromkeys(ways) if way in self.ways]
            wkb = shapely.to_wkb(shapely.MultiLineString(lines)) if lines else None
            self.waiting["relations"].add(f"r{relation}", self.route_tags[relation], Shape("LineString", wkb))

    def _is_area(self, tags: dict[str, str]) -> bool:
        return is_area(tags, self.areas)

    def _line(self, way: Any) -> bytes | None:
        try:
            return bytes.fromhex(self.factory.create_linestring(way))
        except (RuntimeError, osmium.InvalidLocationError):
            return None

    def _full(self, rows: int) -> Iterator[Chunk]:
        for kind, waiting in self.waiting.items():
            if waiting.count >= rows:
                yield waiting.take(LINES[kind], kind.removesuffix("s"))


def is_area(tags: dict[str, str], areas: Conditions) -> bool:
    """Whether a closed way is an area: `area=yes|no` decides, then the profile's `areas`."""
    said = tags.get("area")
    if said in ("yes", "no"):
        return said == "yes"
    return "highway" not in tags and any(tags_fit(tags, [{name: one}]) for name, one in areas.items())


def _tags(thing: Any) -> dict[str, str]:
    """Counted out, because the end of libosmium's iterator is an exception in C++: dearer than all the tags."""
    tags = thing.tags
    return dict(islice(tags, len(tags)))


def _unfinished(name: str) -> DeliveryUnreadable:
    """Editors number what is not uploaded yet below zero; libosmium finds no places for such nodes."""
    return DeliveryUnreadable(
        f"{name} có đối tượng mang số hiệu âm: bản vẽ dở của trình biên tập, chưa tải lên OSM. Hãy giao nộp bản đã "
        "tải lên, "
        "hoặc xuất ra GeoJSON.",
        f"{name} has objects with negative numbers: an editor's unfinished work, not uploaded to OSM. Deliver it "
        "after the upload, or as GeoJSON.",
    )


def _entries(locations: Any) -> int:
    """How many nodes an index of locations holds; it says only its size in bytes."""
    one = osmium.index.create_map(LOCATIONS)
    one.set(1, osmium.osm.Location(0, 0))
    return int(locations.used_memory() // one.used_memory())
