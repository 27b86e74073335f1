"""What each parcel is used for today, and which parcels the institutions of facilities.yaml stand on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_server.catalog.words import read_yaml
from loaders.sample_city.frame import Frame
from loaders.sample_city.names import FOLDER
from loaders.sample_city.parcels import Fabric
from loaders.sample_city.shapes import inside_points
from loaders.sample_city.wards import Units

PLAIN_USE = {"co": "ODT", "moi": "ODT", "biet_thu": "ODT", "vuon": "CLN", "ruong": "LUC", "cong_nghiep": "SKK",
             "cong_vien": "DKV",
             "rung": "RPH", "quang_truong": "DKV", "nguyen": "TMD", "cong_cong": "TMD"}  # fmt: skip


@dataclass
class Facility:
    """An institution on a parcel."""

    parcel: int
    layer: str
    code: str
    name: str
    use: str
    extra: dict[str, Any]
    point: bool


@dataclass(frozen=True)
class Uses:
    """Land-use code of each parcel, and the institutions."""

    code: NDArray[np.str_]
    facilities: list[Facility]

    def first(self, code: str) -> Facility:
        """The first institution with a feature type code."""
        return next(one for one in self.facilities if one.code == code)

    def having(self, *codes: str) -> NDArray[np.int64]:
        return np.flatnonzero(np.isin(self.code, codes))


def uses(frame: Frame, fabric: Fabric, all_units: Units) -> Uses:
    """Plain use by style of quarter, mixed a little, then institutions."""
    random = frame.random("uses")
    code = np.array([PLAIN_USE[style] for style in fabric.style], dtype="U4")
    _mix(code, fabric, random)
    facilities = _Placer(frame, fabric, all_units, random).place(code)
    for facility in facilities:
        if not facility.point:
            code[facility.parcel] = facility.use
    return Uses(code, facilities)


def _mix(code: NDArray[np.str_], fabric: Fabric, random: np.random.Generator) -> None:
    """Shops between houses, houses in orchards, ponds and vegetables between rice, empty lots."""
    dice = random.random(len(code))
    town = np.isin(fabric.style, ["co", "moi", "biet_thu"])
    code[town & (dice < 0.05)] = "TMD"
    code[town & (dice > 0.975)] = "BCS"
    code[(fabric.style == "vuon") & (dice < 0.34)] = "ONT"
    code[(fabric.style == "vuon") & (dice > 0.95)] = "HNK"
    field = fabric.style == "ruong"
    patch = fabric.cell % 7
    code[field & (patch == 1)] = "NTS"
    code[field & (patch == 3)] = "HNK"
    code[field & (patch == 5)] = "CLN"
    code[field & (dice < 0.035)] = "ONT"
    code[field & (dice > 0.975)] = "BCS"
    code[(fabric.style == "cong_nghiep") & (dice > 0.7)] = "SKC"


@dataclass(frozen=True)
class _Placer:
    """Gives each institution the free parcel of the right size that is farthest from others of its kind."""

    frame: Frame
    fabric: Fabric
    units: Units
    random: np.random.Generator

    def place(self, code: NDArray[np.str_]) -> list[Facility]:
        wanted = read_yaml(FOLDER / "facilities.yaml")
        free = np.ones(len(code), bool)
        commune = self.units.commune_at(self.fabric.parcels)
        centres = shapely.get_coordinates(inside_points(self.fabric.parcels))
        found: list[Facility] = []
        for row in wanted:
            for number in range(self._count(row)):
                parcel = self._best(row, free, centres, [f.parcel for f in found if f.code == row["code"]])
                if not row.get("point"):
                    free[parcel] = False
                found.append(self._facility(row, (parcel, number), int(commune[parcel])))
        return found

    def _count(self, row: dict[str, Any]) -> int:
        return max(1, round(float(row.get("count", 1)) * self.frame.wards / 3))

    def _best(self, row: dict[str, Any], free: NDArray[np.bool_], centres: Any, like: list[int]) -> int:
        low, high = row.get("area", (250, 6000))
        fits = free & np.isin(self.fabric.style, row["in"]) & (self.fabric.area >= low) & (self.fabric.area <= high)
        if not fits.any():
            fits = free & np.isin(self.fabric.style, row["in"])
        if not fits.any():
            fits = free & (self.fabric.style == "vuon")
        index = np.flatnonzero(fits)
        spread = self.random.random(len(index)) * 0.2 * self.frame.width
        if like:
            spread += np.min(np.hypot(*(centres[index][:, None] - centres[like][None]).transpose(2, 0, 1)), axis=1)
        return int(index[np.argmax(spread)])

    def _facility(self, row: dict[str, Any], which: tuple[int, int], commune: int) -> Facility:
        parcel, number = which
        names = row["name"] if isinstance(row["name"], list) else [row["name"]]
        bare = self.units.commune_names[commune].removeprefix("Xã ")
        ward = self.units.ward_names[self.units.ward_of[commune]]
        name = str(names[number % len(names)]).format(commune=bare, ward=ward, n=number + 1)
        extra = {key: value for key, value in row.items() if key not in _KNOWN}
        return Facility(parcel, row["layer"], row["code"], name, row.get("use", "TMD"), extra, bool(row.get("point")))


_KNOWN = {"layer", "code", "name", "use", "in", "area", "count", "point"}
