"""Small PMTiles archives for tests, as others would write them, and a home that declares one."""

import gzip
import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import yaml
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gis_server.settings import HOME

Place = tuple[int, int, int]
DECLARED: Mapping[str, Any] = {
    "title": {"vi": "Nền ngoài", "en": "Base of others"},
    "steward": "OpenStreetMap",
    "attribution": "© OpenStreetMap contributors",
    "licence": "ODbL-1.0",
    "evidence": "C4",
    "access": "public",
    "format": "mvt",
    "style": [{"type": "fill", "source-layer": "water", "paint": {"fill-color": "#2255aa"}}],
}


def water(words: str = "") -> bytes:
    """A vector tile that is all water."""
    square = "POLYGON ((0 0, 4096 0, 4096 4096, 0 4096, 0 0))"
    layer = {"name": "water", "features": [{"geometry": square, "properties": {"name": words}}]}
    found: bytes = mapbox_vector_tile.encode([layer], default_options={"extents": 4096})
    return found


def archive_of(tiles: Mapping[Place, bytes], **changes: Any) -> bytes:
    """An archive whose tiles are packed by gzip, unless the header says otherwise."""
    header = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, **changes}
    packed = header["tile_compression"] == Compression.GZIP
    out = BytesIO()
    writer: Any = Writer(out)
    for place, body in sorted(tiles.items(), key=lambda one: zxy_to_tileid(*one[0])):
        writer.write_tile(zxy_to_tileid(*place), gzip.compress(body, mtime=0) if packed else body)
    writer.finalize(header, {"vector_layers": [{"id": "water", "fields": {"name": "String"}}]})
    return out.getvalue()


def home_with(folder: Path, declared: Mapping[str, Mapping[str, Any]], under: Mapping[str, list[str]]) -> Path:
    """A home like ours that declares archives, and maps over them."""
    home = folder / "home"
    (home / "styles" / "maps").mkdir(parents=True)
    (home / "styles" / "archives").mkdir()
    for name in ("layers", "node_modules", "build"):
        (home / name).symlink_to(HOME / name)
    for path in (HOME / "styles").iterdir():
        if path.name not in ("maps", "archives"):
            (home / "styles" / path.name).symlink_to(path)
    for path in (HOME / "styles" / "maps").iterdir():
        rule = {**yaml.safe_load(path.read_text()), "under": under.get(path.stem, [])}
        (home / "styles" / "maps" / path.name).write_text(yaml.safe_dump(rule, allow_unicode=True))
    for name, told in declared.items():
        text = yaml.safe_dump(dict(told), allow_unicode=True)
        (home / "styles" / "archives" / f"{name}.yaml").write_text(text)
    return home


def delivered(path: Path, body: bytes) -> None:
    """As `bando archives put` does: whole, in one step."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(body)
    os.replace(draft, path)
