"""What a render process is asked to draw: plain numbers and words, so that it can be sent, and named by its content."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Format = Literal["png", "jpg", "webp"]
MEDIA: dict[Format, str] = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True)
class Camera:
    """Where MapLibre looks from: straight down on Web Mercator, north up."""

    lon: float
    lat: float
    zoom: float
    width: int
    height: int
    """Logical pixels of what it draws."""


@dataclass(frozen=True)
class Tile:
    """A tile of WebMercatorQuad, 256 pixels a side, as a picture that lies beside others."""

    z: int
    x: int
    y: int


Quad = tuple[tuple[int, int, int, int], tuple[float, ...]]
"""A rectangle of the picture; its corners in what the camera drew, from the north-west to the south-west and on."""


@dataclass(frozen=True)
class Job:
    """A picture, whole."""

    look: Camera | Tile
    width: int
    height: int
    """Logical pixels of the picture."""
    ratio: int = 1
    """Pixels to a logical pixel."""
    form: Format = "png"
    mesh: tuple[Quad, ...] = ()
    """How the camera's drawing is bent into the picture's grid; empty where both are the same."""
    overlay: str = ""
    """SVG laid over the picture."""
    ground: str = ""
    """Colour under what is transparent; without one a PNG or WebP stays transparent."""

    def told(self) -> dict[str, Any]:
        """As the render process reads it."""
        look = {"tile": vars(self.look)} if isinstance(self.look, Tile) else {"camera": vars(self.look)}
        rest = {name: getattr(self, name) for name in ("width", "height", "ratio", "form", "mesh", "overlay", "ground")}
        return {**look, **rest}

    def digest(self) -> str:
        return hashlib.blake2b(orjson.dumps(self.told()), digest_size=12).hexdigest()
