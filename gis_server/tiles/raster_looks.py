"""How cells become pixels: colours of a ramp or of classes, an image, a shaded relief, heights packed into RGB."""

import io
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gis_server.catalog.model import Domain
from gis_server.catalog.rasters import RasterRule
from gis_server.rasters.reading import Cells

Look = Literal["color", "hillshade", "terrain"]
Pixels = NDArray[np.uint8]
UNNAMED = (136, 136, 136, 255)
"""A class whose code list gives no colour."""
SUN_AZIMUTH, SUN_HEIGHT = np.radians(315), np.radians(45)
LOWEST_M, STEP_M = -10_000.0, 0.1
"""Of Terrain-RGB: height = lowest + step × (65536 R + 256 G + B)."""


def looks_of(rule: RasterRule) -> tuple[Look, ...]:
    return ("color", "hillshade", "terrain") if rule.kind == "continuous" and rule.datum else ("color",)


def coloured(rule: RasterRule, domains: Mapping[str, Domain], cells: Cells) -> Pixels:
    """RGBA, (rows, columns, 4)."""
    match rule.kind:
        case "continuous":
            pixels = _ramp(rule, cells.values[0])
        case "classes":
            pixels = _class_colours(domains[rule.domain or ""])[np.clip(cells.values[0], 0, 255).astype(np.uint8)]
        case "imagery":
            pixels = _image(cells.values)
    pixels = pixels.copy()
    pixels[~cells.valid] = 0
    return pixels


def hillshade(cells: Cells, pixel_m: float) -> Pixels:
    """Light from the north-west on cells with one more on each side; steepness as Horn reckons it."""
    z = np.where(cells.valid, cells.values[0], np.nan)
    east = (z[:-2, 2:] + 2 * z[1:-1, 2:] + z[2:, 2:] - z[:-2, :-2] - 2 * z[1:-1, :-2] - z[2:, :-2]) / (8 * pixel_m)
    south = (z[2:, :-2] + 2 * z[2:, 1:-1] + z[2:, 2:] - z[:-2, :-2] - 2 * z[:-2, 1:-1] - z[:-2, 2:]) / (8 * pixel_m)
    facing = np.sin(SUN_AZIMUTH) * east - np.cos(SUN_AZIMUTH) * south
    light = (np.sin(SUN_HEIGHT) - np.cos(SUN_HEIGHT) * facing) / np.sqrt(1 + east**2 + south**2)
    known = np.isfinite(light)
    grey = np.where(known, np.clip(light, 0, 1) * 255, 0).astype(np.uint8)
    return np.stack([grey, grey, grey, np.where(known, 255, 0).astype(np.uint8)], axis=-1)


def terrain(cells: Cells) -> Pixels:
    """Terrain-RGB as MapLibre's `encoding: mapbox` reads it; where nothing is known the ground is at 0 m."""
    steps = np.rint((np.where(cells.valid, cells.values[0], 0.0) - LOWEST_M) / STEP_M).astype(np.int64)
    return np.stack([steps >> 16 & 255, steps >> 8 & 255, steps & 255], axis=-1).astype(np.uint8)


def png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=4)
    return out.getvalue()


def _ramp(rule: RasterRule, values: NDArray[np.float64]) -> Pixels:
    """Between two stops colours and transparency are mixed; beyond the ends the last one holds."""
    stops = [value for value, _ in rule.ramp]
    channels = np.array([rgba(colour) for _, colour in rule.ramp], dtype=float)
    mixed = [np.interp(values, stops, channels[:, channel]) for channel in range(4)]
    return _whole(np.stack(mixed, axis=-1))


def _class_colours(domain: Domain) -> Pixels:
    table = np.full((256, 4), UNNAMED, np.uint8)
    for code, value in domain.values.items():
        if value.color is not None:
            table[int(code)] = rgba(value.color)
    return table


def _image(values: NDArray[np.float64]) -> Pixels:
    """One band is grey; sixteen bits are shown by their upper eight."""
    bands = values[[0, 0, 0]] if len(values) < 3 else values[:3]
    shown = bands / 257 if bands.max(initial=0) > 255 else bands
    clear = (
        values[3] / (257 if values[3].max(initial=0) > 255 else 1) if len(values) == 4 else np.full_like(bands[0], 255)
    )
    return _whole(np.stack([*shown, clear], axis=-1))


def _whole(channels: NDArray[np.float64]) -> Pixels:
    pixels: Pixels = np.rint(channels).astype(np.uint8)
    return pixels


def rgba(colour: str) -> tuple[int, int, int, int]:
    """`#rrggbb` or `#rrggbbaa`."""
    numbers = [int(colour[place : place + 2], 16) for place in range(1, len(colour), 2)]
    return (numbers[0], numbers[1], numbers[2], numbers[3] if len(numbers) > 3 else 255)
