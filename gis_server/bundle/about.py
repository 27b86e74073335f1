"""What a bundle says of itself: to its page, in its manifest, and in the README that people read first."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any, Final

import orjson

from gis_server.bundle.labels import Written, table_of
from gis_server.bundle.look import left_out
from gis_server.bundle.order import House, Order
from gis_server.catalog import Layer
from gis_server.catalog.model import Text
from gis_server.figures import vietnamese

README: Final = Path(__file__).parent / "page" / "README.txt"
DATA: Final = "data.gpkg"
FORMAT: Final = 1
MIB: Final = 2**20
NOT_PUBLIC: Final = " (KHÔNG CÔNG KHAI · NOT PUBLIC)"
Facts = Mapping[str, Any]
"""Metadata of the archive: release, when, bounds, and what is known of each layer."""


def facts_for_page(house: House, order: Order, facts: Facts, written: Sequence[Written]) -> dict[str, Any]:
    """All that the page needs to know, in words of both languages."""
    catalog, view, box = house.catalog, order.shelf.view, _box(facts)
    layers = [house.catalog[name] for name in facts["bando:layers"]]
    crs = catalog.crs
    return {
        "title": order.shelf.tileset.title.model_dump(),
        "place": _place(order),
        "view": None if view.is_public else catalog.views[view.name].title.model_dump(),
        "release": facts["bando:release"],
        "published_at": facts["bando:published_at"],
        "bounds": box,
        "limits": _widened(box),
        "zoom": [facts["minzoom"], facts["maxzoom"]],
        "codes": facts["bando:codes"],
        "themes": [{"id": name, "title": theme.title.model_dump()} for name, theme in catalog.themes.items()],
        "layers": [_layer(layer, view.layers[layer.id], facts) for layer in layers],
        "data": DATA if written else None,
        "crs": {"stored": crs.stored, "extent": crs.file.extent, "grids": [_grid(house, crs.stored)]},
    }


def write_manifest(house: House, order: Order, facts: Facts, written: Sequence[Written], folder: Path) -> None:
    """What is inside and how sure we are of it, with a digest of every file."""
    told = {
        "bando:bundle": FORMAT,
        "title": order.shelf.tileset.title.model_dump(),
        "tileset": order.shelf.tileset.id,
        "view": order.shelf.view.name,
        "place": _place(order),
        "bbox": _box(facts),
        "zoom": [facts["minzoom"], facts["maxzoom"]],
        "release": facts["bando:release"],
        "published_at": facts["bando:published_at"],
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "attribution": facts["attribution"],
        "synthetic": facts["bando:synthetic"],
        "layers": facts["bando:layers"],
        "data": {one.layer.id: {"table": table_of(one.layer), "features": one.rows} for one in written},
        "left_out": left_out(house, order, folder),
        "files": [_file(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()],
    }
    (folder / "manifest.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def write_readme(order: Order, facts: Facts, written: Sequence[Written], folder: Path) -> None:
    """The README, in CRLF so that the oldest Windows shows its lines."""
    title, made = order.shelf.tileset.title, facts["bando:synthetic"]
    names = {name: Text.model_validate(one["title"]) for name, one in facts["bando:layers"].items()}
    words = {
        "vi": title.vi,
        "en": title.en,
        "place": " · ".join(order.place or ()),
        "box": ", ".join(f"{number:.5f}" for number in _box(facts)),
        "zoom": f"{facts['minzoom']}-{facts['maxzoom']}",
        "release": facts["bando:release"],
        "published": facts["bando:published_at"][:10],
        "view": order.shelf.view.name + ("" if order.shelf.view.is_public else NOT_PUBLIC),
        "attribution": facts["attribution"],
        "layers": "\n".join(f"  {_line(name, names[name], one)}" for name, one in facts["bando:layers"].items()),
        "tables": "\n".join(f"  {table_of(one.layer)}: {vietnamese(one.rows)}" for one in written) or "  –",
        "synthetic": "\n".join(f"  {name}: {names[name].vi} · {names[name].en}" for name in made) or "  –",
        "archive_mib": f"{(folder / 'map.pmtiles').stat().st_size / MIB:.1f}",
    }
    text = Template(README.read_text(encoding="utf-8")).substitute(words)
    (folder / "README.txt").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))


def _place(order: Order) -> dict[str, str] | None:
    return None if order.place is None else dict(zip(("vi", "en"), order.place, strict=True))


def _line(name: str, title: Text, one: Mapping[str, Any]) -> str:
    return f"{name}: {title.vi} · {title.en} [{one['evidence']}] {one['published_at'][:10]}"


def _layer(layer: Layer, fields: Sequence[str], facts: Facts) -> dict[str, Any]:
    told = facts["bando:layers"][layer.id]
    return {
        "id": layer.id,
        "title": told["title"],
        "theme": layer.file.theme,
        "steward": told["steward"],
        "evidence": told["evidence"],
        "synthetic": told["synthetic"],
        "label": layer.file.label,
        "fields": {name: _field(layer, name) for name in fields if name in layer.file.tiles.fields},
    }


def _field(layer: Layer, name: str) -> dict[str, Any]:
    rule = layer.fields[name]
    return {"title": rule.help.model_dump() if rule.help else name, "unit": rule.unit}


def _grid(house: House, srid: int) -> dict[str, Any]:
    crs = house.catalog.crs
    return {"srid": srid, "title": crs.file.grids[srid].title.model_dump(), "proj4": crs.proj4(srid)}


def _box(facts: Facts) -> list[float]:
    return [round(number, 6) for number in facts["bounds"]]


def _widened(box: Sequence[float]) -> list[float]:
    """As far as the map can be dragged: the area and as much again around it."""
    west, south, east, north = box
    across, up = east - west, north - south
    return [west - across, max(south - up, -85), east + across, min(north + up, 85)]


def _file(path: Path, folder: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digest}
