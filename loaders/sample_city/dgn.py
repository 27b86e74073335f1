"""MicroStation DGN v7: GDAL draws the elements, and what it cannot write (level, weight) is set in their headers."""

import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from pyogrio.raw import write_arrow

from loaders.sample_city.shapes import Shapes

LINE, LINE_STRING, CHAIN = 3, 4, 12
MILLIMETRES = {"3D": "YES", "SUB_UNITS_PER_MASTER_UNIT": "1000", "UOR_PER_SUB_UNIT": "1", "ORIGIN": "0,0,0",
               "MASTER_UNIT_NAME": "m", "SUB_UNIT_NAME": "mm"}  # fmt: skip


def write_dgn(path: Path, shapes: Shapes, levels: list[int], weights: list[int]) -> None:
    """Lines with a level and a weight each; half the level in metres is their height (Z)."""
    heights = np.array(levels) * 0.5
    raised = shapely.force_3d(shapes, heights)
    table = pa.table({"geometry": pa.array(shapely.to_wkb(raised, output_dimension=3), pa.binary())})
    write_arrow(table, str(path), layer="elements", driver="DGN", geometry_name="geometry", geometry_type="Unknown",
                crs="LOCAL_CS[\"none\"]", dataset_options=MILLIMETRES)  # fmt: skip
    path.write_bytes(_with_symbols(bytearray(path.read_bytes()), levels, weights))


def _with_symbols(content: bytearray, levels: list[int], weights: list[int]) -> bytes:
    """Walks the elements; the n-th line (a chain counts once) takes the n-th level and weight."""
    place, feature, in_chain = 0, -1, 0
    while content[place : place + 2] != b"\xff\xff" and place + 4 <= len(content):
        kind = content[place + 1] & 0x7F
        if kind == CHAIN:
            feature += 1
            in_chain = struct.unpack_from("<H", content, place + 38)[0]
        elif kind in (LINE, LINE_STRING):
            feature += in_chain == 0
            in_chain = max(0, in_chain - 1)
        if kind in (CHAIN, LINE, LINE_STRING):
            content[place] = (content[place] & 0xC0) | (levels[feature] & 0x3F)
            content[place + 34] = (content[place + 34] & 0x07) | (weights[feature] << 3)
        place += 4 + 2 * struct.unpack_from("<H", content, place + 2)[0]
    return bytes(content)
