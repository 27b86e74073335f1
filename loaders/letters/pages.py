"""How a file shows its bytes: which code page a reader has put over them, so that they can be had back as they are."""

import re
from collections.abc import Iterable
from pathlib import Path

from loaders.letters.evidence import Evidence
from loaders.letters.readings import Page, as_bytes
from loaders.letters.syllables import read_model

_CHARSET = re.compile(rb'charset\s+"?([A-Za-z0-9_-]+)', re.IGNORECASE)
_MAPINFO: dict[str, Page] = {
    "neutral": "bytes", "windowslatin1": "cp1252", "iso8859_1": "latin-1", "windowsvietnamese": "cp1258"
}  # fmt: skip
_HEAD_BYTES = 1_000


def page_of(path: Path) -> Page | None:
    """The page that GDAL puts over the text of a file. Shapefiles are read as Latin-1, whatever their .cpg says."""
    ending = path.suffix.lower()
    if ending in (".shp", ".dbf"):
        return "latin-1"
    if ending not in (".tab", ".mif"):
        return None
    with path.open("rb") as file:
        said = _CHARSET.search(file.read(_HEAD_BYTES))
    return _MAPINFO.get(said.group(1).decode().lower()) if said else "bytes"


def readable_names(names: Iterable[str], page: Page | None) -> dict[str, str]:
    """Column names as they are shown → as they were meant."""
    raws = {name: as_bytes(name.encode(), page) for name in names}
    evidence = Evidence(read_model())
    evidence.add(raw for raw in raws.values() if not raw.isascii())
    return {name: name if raw.isascii() else evidence.read(raw).text for name, raw in raws.items()}
