"""The city-sized set: millions of parcels on one warped lattice, made in numpy and streamed chunk by chunk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis_server.catalog import Catalog
from loaders.sample_city.big_tables import (
    Columns,
    block_columns,
    building_columns,
    parcel_columns,
    road_columns,
    unit_columns,
)
from loaders.sample_city.big_wkb import lines_wkb, rings_wkb
from loaders.sample_city.frame import SOUTH, WEST, Points
from loaders.sample_city.writers import stream

LOTS, DEEP = 20, 2
"""Lots along a block, and rows of lots between its two streets."""
PITCH_U, PITCH_V, ROAD_M = 112.0, 52.0, 10.0
"""Distance of streets along and across, and the width of their reserve, metres."""
CHUNK = 1_500
"""Blocks made at once."""
COMMUNE = (25, 40)
"""Columns and rows of blocks of one old commune; its sheets are a fifth of it each way."""


@dataclass(frozen=True)
class Lattice:
    """Blocks in columns and rows, bent by long waves so that no street is straight; equal corners stay equal."""

    parcels: int
    seed: int

    @property
    def blocks(self) -> int:
        return ceil(self.parcels / (LOTS * DEEP))

    @property
    def columns(self) -> int:
        return ceil(sqrt(self.blocks * PITCH_V / PITCH_U))

    @property
    def rows(self) -> int:
        return ceil(self.blocks / self.columns)

    def ground(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> Points:
        """Lattice metres to the city grid, on the millimetre grid."""
        phase = np.random.default_rng(self.seed).uniform(0, 2 * np.pi, 4)
        x = u + 310 * np.sin(v / 2_300 + phase[0]) + 60 * np.sin(u / 700 + v / 900 + phase[1])
        y = v + 260 * np.sin(u / 2_700 + phase[2]) + 55 * np.sin(v / 640 - u / 820 + phase[3])
        return np.round(np.stack([WEST + 500 + x, SOUTH + 500 + y], axis=-1), 3)


def write_big(parcels: int, seed: int, catalog: Catalog, folder: Path, tell: Callable[[str], None]) -> dict[str, int]:
    """Parcels, houses, streets, blocks and wards, each in a file of its own; how many of each."""
    lattice = Lattice(parcels, seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "giao_nop.yaml").write_text(_MANIFEST, encoding="utf-8")
    wanted: list[tuple[str, str, Iterator[tuple[NDArray[np.uint8], Columns]]]] = [
        ("ThuaDat.gpkg", "cadastre.thua_dat", _parcels(lattice)),
        ("Nha.fgb", "base_settlement.nha", _buildings(lattice)),
        ("DuongBo.gpkg", "base_transport.duong_bo", _roads(lattice)),
        ("OPho.gpkg", "planning.o_pho", _blocks(lattice)),
        ("DiaPhan.gpkg", "base_boundary.dia_phan_hanh_chinh_tren_dat_lien", _units(lattice)),
    ]
    counts = {}
    for file, layer, chunks in wanted:
        tell(file)
        kind = "LineString" if layer.endswith("duong_bo") else "Polygon"
        counts[layer] = stream(folder / file, (_batch(wkb, columns) for wkb, columns in chunks), kind, catalog.crs)
    return counts


def _batch(wkb: NDArray[np.uint8], columns: Columns) -> pa.RecordBatch:
    """Fixed-size geometries and columns as one batch."""
    count, size = wkb.shape
    offsets = pa.py_buffer(np.arange(0, (count + 1) * size, size, dtype=np.int32))
    geometry = pa.Array.from_buffers(pa.binary(), count, [None, offsets, pa.py_buffer(np.ascontiguousarray(wkb))])
    return pa.RecordBatch.from_arrays([*columns.values(), geometry], names=[*columns, "geometry"])


def _numbers(lattice: Lattice) -> Iterator[NDArray[np.int64]]:
    """Block numbers, chunk by chunk."""
    for start in range(0, lattice.blocks, CHUNK):
        yield np.arange(start, min(start + CHUNK, lattice.blocks))


def _cuts(lattice: Lattice, block: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where each block is cut along its length, shape (blocks, LOTS + 1), uneven but the same for both rows."""
    seeds = np.random.default_rng([lattice.seed, int(block[0])])
    widths = np.clip(seeds.normal(1, 0.16, (len(block), LOTS)), 0.6, 1.6)
    ends = np.concatenate([np.zeros((len(block), 1)), np.cumsum(widths, axis=1)], axis=1) / widths.sum(
        axis=1, keepdims=True
    )
    return np.asarray((block % lattice.columns)[:, None] * PITCH_U + ROAD_M / 2 + ends * (PITCH_U - ROAD_M))


def _corners(lattice: Lattice, block: NDArray[np.int64]) -> Points:
    """Nodes of the lots of each block, shape (blocks, DEEP + 1, LOTS + 1, 2)."""
    u = np.repeat(_cuts(lattice, block)[:, None, :], DEEP + 1, axis=1)
    row = (block // lattice.columns) * PITCH_V + ROAD_M / 2
    v = row[:, None] + np.linspace(0, PITCH_V - ROAD_M, DEEP + 1)[None, :]
    return lattice.ground(u, np.broadcast_to(v[:, :, None], u.shape))


def _lots(corners: Points) -> Points:
    """Rings of lots, shape (lots, 4, 2), counter-clockwise."""
    low, high = corners[:, :-1], corners[:, 1:]
    return np.stack([low[:, :, :-1], low[:, :, 1:], high[:, :, 1:], high[:, :, :-1]], axis=3).reshape(-1, 4, 2)


def _parcels(lattice: Lattice) -> Iterator[tuple[NDArray[np.uint8], Columns]]:
    for block in _numbers(lattice):
        rings = _lots(_corners(lattice, block))[: lattice.parcels - int(block[0]) * LOTS * DEEP]
        lot = np.arange(len(rings)) + int(block[0]) * LOTS * DEEP
        yield rings_wkb(rings), parcel_columns(lattice.columns, COMMUNE, lot, rings)


def _buildings(lattice: Lattice) -> Iterator[tuple[NDArray[np.uint8], Columns]]:
    """Three lots of four carry a house: the front of the lot, a hand's breadth inside it."""
    for block in _numbers(lattice):
        rings = _lots(_corners(lattice, block))[: lattice.parcels - int(block[0]) * LOTS * DEEP]
        lot = np.arange(len(rings)) + int(block[0]) * LOTS * DEEP
        built = lot % 4 != 3
        a, b, c, d = (rings[built, corner] for corner in range(4))
        front = (lot[built] // LOTS % DEEP)[:, None]
        low, high = np.where(front, 0.25, 0.02), np.where(front, 0.98, 0.75)
        left, right = a + 0.03 * (b - a), a + 0.97 * (b - a)
        top_left, top_right = d + 0.03 * (c - d), d + 0.97 * (c - d)
        house = np.stack(
            [
                left + low * (top_left - left),
                right + low * (top_right - right),
                right + high * (top_right - right),
                left + high * (top_left - left),
            ],
            axis=1,
        )
        yield rings_wkb(np.round(house, 3)), building_columns(lattice.columns, COMMUNE, lot[built])


def _blocks(lattice: Lattice) -> Iterator[tuple[NDArray[np.uint8], Columns]]:
    """Outlines through every lot corner, so that blocks and parcels share their edges."""
    for block in _numbers(lattice):
        corners = _corners(lattice, block)
        ring = np.concatenate(
            [corners[:, 0], corners[:, 1:, -1], corners[:, -1, -2::-1], corners[:, -2:0:-1, 0]], axis=1
        )
        yield rings_wkb(ring), block_columns(block, ring)


def _roads(lattice: Lattice) -> Iterator[tuple[NDArray[np.uint8], Columns]]:
    """Pieces between crossings, along and across, five points each."""
    columns, rows = lattice.columns, lattice.rows
    run = np.linspace(0, 1, 5)
    along = np.stack(np.meshgrid(np.arange(columns), np.arange(rows + 1)), axis=-1).reshape(-1, 2)
    across = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows)), axis=-1).reshape(-1, 2)
    for places, step, start in ((along, (1, 0), 0), (across, (0, 1), len(along))):
        for first in range(0, len(places), 40_000):
            part = places[first : first + 40_000]
            u = (part[:, 0, None] + run * step[0]) * PITCH_U
            v = (part[:, 1, None] + run * step[1]) * PITCH_V
            points = lattice.ground(u, v)
            yield lines_wkb(points), road_columns(start + first + np.arange(len(part)), part, step[0] == 1)


def _units(lattice: Lattice) -> Iterator[tuple[NDArray[np.uint8], Columns]]:
    """Old communes as rectangles of the lattice, and wards of two communes each, with sixteen points a side."""
    for tall in (1, 2):
        wide, high = ceil(lattice.columns / COMMUNE[0]), ceil(lattice.rows / (COMMUNE[1] * tall))
        place = np.stack(np.meshgrid(np.arange(wide), np.arange(high)), axis=-1).reshape(-1, 2)
        run = np.linspace(0, 1, 16, endpoint=False)
        zero, one = np.zeros(16), np.ones(16)
        u = np.concatenate([run, one, 1 - run, zero])
        v = np.concatenate([zero, run, one, 1 - run])
        ring = lattice.ground(
            (place[:, 0, None] + u) * COMMUNE[0] * PITCH_U, (place[:, 1, None] + v) * COMMUNE[1] * tall * PITCH_V
        )
        yield rings_wkb(ring), unit_columns(place, wide, tall == 2)


_MANIFEST = """# bando sample: bộ cỡ thành phố, dữ liệu giả lập · the city-sized set, synthetic data
items:
  - {file: "*", profile: mau_lon}
"""
