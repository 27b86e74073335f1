"""Coordinates: the city's grids, and the one pinned datum shift between them and WGS 84, never PROJ's own choice."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from gis_server.catalog.model import CrsFile, Grid

WGS84 = 4326
WEB_MERCATOR = 3857
WGS84_UTM = {32648: 105.0, 32649: 111.0}

Coordinates = NDArray[np.float64]


@dataclass(frozen=True)
class CrsBook:
    """The grids of `layers/_crs.yaml` and the transformations between them, x east and y north throughout."""

    file: CrsFile

    @property
    def stored(self) -> int:
        """SRID of every stored geometry (VN-2000 / TM-3 105°45')."""
        return self.file.stored

    @cached_property
    def known(self) -> frozenset[int]:
        """SRIDs that data may be moved from and to."""
        return frozenset({WGS84, WEB_MERCATOR, 4756, *WGS84_UTM, *self.file.grids})

    def transform(self, points: Coordinates, source: int, target: int) -> Coordinates:
        """Move points, shape (n, 2), x then y (degrees or metres), from one SRID to another by the pinned shift."""
        if source == target:
            return points
        x, y = _transformer(self._to_wgs84(source), self._to_wgs84(target)).transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    def srtext(self, srid: int) -> str:
        """WKT 1 of a grid with the pinned shift, for a row of `spatial_ref_sys`."""
        grid = self.file.grids[srid]
        shift = ",".join(str(value) for value in self.file.shift.towgs84)
        return (
            f'PROJCS["{grid.title.en}",GEOGCS["VN-2000",DATUM["Vietnam_2000",'
            f'SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[{shift}]],PRIMEM["Greenwich",0],'
            'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
            f'PARAMETER["central_meridian",{grid.central_meridian}],PARAMETER["scale_factor",{grid.scale_factor}],'
            f'PARAMETER["false_easting",{grid.false_easting}],PARAMETER["false_northing",{grid.false_northing}],'
            'UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
        )

    def proj4(self, srid: int) -> str:
        """PROJ string of a grid with the pinned shift, as browsers' proj4js reads it."""
        shift = ",".join(str(value) for value in self.file.shift.towgs84)
        return f"{_tmerc(self.file.grids[srid])} +ellps=WGS84 +towgs84={shift} +units=m +no_defs"

    def _to_wgs84(self, srid: int) -> tuple[str, ...]:
        """Pipeline steps from a system to WGS 84 longitude, latitude in radians."""
        degrees = "+proj=unitconvert +xy_in=deg +xy_out=rad"
        if srid == WGS84:
            return (degrees,)
        if srid == WEB_MERCATOR:
            return ("+inv +proj=webmerc +ellps=WGS84",)
        if srid in WGS84_UTM:
            return (f"+inv +proj=tmerc +lat_0=0 +lon_0={WGS84_UTM[srid]} +k=0.9996 +x_0=500000 +y_0=0 +ellps=WGS84",)
        first = degrees if srid == 4756 else f"+inv {_tmerc(self.file.grids[srid])} +ellps=WGS84"
        return (first, *self._shift_steps())

    def _shift_steps(self) -> tuple[str, ...]:
        dx, dy, dz, rx, ry, rz, ds = self.file.shift.towgs84
        return (
            "+proj=push +v_3",
            "+proj=cart +ellps=WGS84",
            f"+proj=helmert +x={dx} +y={dy} +z={dz} +rx={rx} +ry={ry} +rz={rz} +s={ds} +convention=position_vector",
            "+inv +proj=cart +ellps=WGS84",
            "+proj=pop +v_3",
        )


def _tmerc(grid: Grid) -> str:
    return (
        f"+proj=tmerc +lat_0=0 +lon_0={grid.central_meridian} +k={grid.scale_factor} "
        f"+x_0={grid.false_easting} +y_0={grid.false_northing}"
    )


@lru_cache
def _transformer(forward: tuple[str, ...], target: tuple[str, ...]) -> Transformer:
    steps = [*forward, *(_inverse(step) for step in reversed(target))]
    return Transformer.from_pipeline("+proj=pipeline " + " ".join(f"+step {step}" for step in steps))


def _inverse(step: str) -> str:
    if step in ("+proj=push +v_3", "+proj=pop +v_3"):
        return step.replace("push", "POP").replace("pop", "push").replace("POP", "pop")
    return step.removeprefix("+inv ") if step.startswith("+inv ") else f"+inv {step}"
