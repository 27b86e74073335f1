"""Reads house numbers and cadastral numbers out of what was typed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HOUSE = re.compile(
    r"^(?:(?:số|so)\s+)?(?:(?:nhà|nha|hẻm|hem|ngõ|ngo|kiệt|kiet)\s+)?(?P<number>\d+[a-zđ]?(?:[/-]\d+[a-zđ]?)*)[,\s]+"
    r"(?P<street>[^,]*[^\W\d][^,]*)(?:,(?P<rest>.*))?$",
    re.I,
)
NUMBER = r"(?P<{}>\d+[a-z]?)"
SHEET = r"(?:tờ|to)(?:\s+(?:bản đồ|ban do|bđ|bd))?(?:\s+(?:số|so))?\s*:?\s*" + NUMBER.format("sheet")
PARCEL = r"(?:thửa|thua)(?:\s+(?:đất|dat))?(?:\s+(?:số|so))?\s*:?\s*" + NUMBER.format("parcel")
BETWEEN = r"[\s,;.–-]*"
WRITINGS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^{SHEET}{BETWEEN}{PARCEL}{BETWEEN}(?P<commune>.*)$",
        rf"^{PARCEL}{BETWEEN}{SHEET}{BETWEEN}(?P<commune>.*)$",
        rf"^(?P<commune>[^\d].*?){BETWEEN}{SHEET}{BETWEEN}{PARCEL}$",
        rf"^(?P<commune>[^\d].*?){BETWEEN}{PARCEL}{BETWEEN}{SHEET}$",
        rf"^(?P<commune>\d{{5}})[./\s-]+{NUMBER.format('sheet')}[./\s-]+{NUMBER.format('parcel')}$",
        rf"^{NUMBER.format('sheet')}[/-]{NUMBER.format('parcel')}[\s,]+(?P<commune>\D.*|\d{{5}})$",
    )
)
"""Tờ 12 thửa 34, … · thửa 34 tờ 12, … · …, tờ 12, thửa 34 · 26740/12/34 · 12/34 Bến Nghé."""
AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True)
class House:
    """A house number on a street; what follows the comma says where the street is."""

    number: str
    street: str
    where: str

    @property
    def numbers(self) -> list[str]:
        """The number and the alleys that it lies in, from the house outwards: 123/4/5, 123/4, 123."""
        parts = self.number.split("/")
        return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]

    @property
    def begun(self) -> tuple[str, str]:
        """Bounds of the numbers that begin like this one."""
        return self.number, self.number + AFTER_ALL

    @property
    def neighbours(self) -> tuple[str, str]:
        """Bounds of the numbers in the same alley, or none."""
        alley, slash, _ = self.number.rpartition("/")
        return (f"{alley}/", f"{alley}0") if slash else ("", "")


@dataclass(frozen=True)
class ParcelNumber:
    """A sheet, a parcel in it, and words or a code for the commune, which may be missing."""

    sheet: str
    parcel: str
    commune: str

    @property
    def sheets(self) -> list[str]:
        return _written(self.sheet)

    @property
    def parcels(self) -> list[str]:
        return _written(self.parcel)


def read_house(text: str) -> House | None:
    found = HOUSE.match(unicodedata.normalize("NFC", text))
    if found is None:
        return None
    return House(found["number"].lower().replace("-", "/"), found["street"].strip(), (found["rest"] or "").strip())


def read_parcels(text: str) -> Iterator[ParcelNumber]:
    """Every way in which the text may be a cadastral number."""
    for writing in WRITINGS:
        if found := writing.match(unicodedata.normalize("NFC", text)):
            yield ParcelNumber(found["sheet"], found["parcel"], found["commune"].strip(" ,;"))


def _written(number: str) -> list[str]:
    """As typed, in capitals, and without zeros before it."""
    return list(dict.fromkeys([number, number.upper(), number.upper().lstrip("0") or number]))
