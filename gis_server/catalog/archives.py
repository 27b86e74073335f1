"""What a file of `styles/archives/` may say: an archive of tiles that someone else made, and how it is drawn."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from gis_server.catalog.model import Access, Evidence
from gis_server.catalog.strict import Strict, Text

Format = Literal["mvt", "png", "jpg", "webp"]
NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
"""Of an archive: its id, the stem of its file, and a part of addresses."""
PICTURE: Final = "raster"


class ArchiveFile(Strict):
    """One `styles/archives/<id>.yaml`; the tiles are `<id>.pmtiles` in the folder of archives."""

    title: Text
    steward: str
    attribution: str
    licence: str
    evidence: Evidence
    access: Access
    synthetic: bool = False
    format: Format
    """Of its tiles."""
    tile_size: int = Field(512, ge=64, le=1024)
    """Pixels a side of a picture."""
    style: list[dict[str, Any]] = Field(default_factory=list)
    """MapLibre style layers without id and source, lowest first; a picture is drawn as it is unless they say how."""
    note: Text | None = None

    @model_validator(mode="after")
    def _layers_fit_the_tiles(self) -> Self:
        for place, one in enumerate(self.style):
            if (one.get("type") == PICTURE) != (self.format != "mvt") or "id" in one or "source" in one:
                raise ValueError(f"style[{place}]: type raster for pictures, others for mvt; no id and no source")
            if self.format == "mvt" and "source-layer" not in one:
                raise ValueError(f"style[{place}]: a layer of vector tiles names its source-layer")
        if self.format == "mvt" and not self.style:
            raise ValueError("`style` is needed for mvt: nobody knows how to draw layers that are not ours")
        return self

    @property
    def source_layers(self) -> set[str]:
        """Layers of the tiles that the style draws."""
        return {str(one["source-layer"]) for one in self.style if "source-layer" in one}

    def source(self, url: str) -> dict[str, Any]:
        """The source of a MapLibre style."""
        return {"type": "vector", "url": url} if self.format == "mvt" else self._pictures(url)

    def layers(self, name: str) -> Iterator[dict[str, Any]]:
        """The style layers, over a source of that name."""
        for number, one in enumerate(self.style or [{"type": PICTURE}]):
            about = {"bando:archive": name, "bando:title": self.title.model_dump()}
            yield {"id": f"{name}/{number}", "source": name, "metadata": about, **one}

    def _pictures(self, url: str) -> dict[str, Any]:
        return {"type": PICTURE, "url": url, "tileSize": self.tile_size}
