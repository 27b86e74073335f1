"""From an order to a field bundle: the whole story on one screen."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, Reader

from gis_server.bundle.about import DATA, facts_for_page, write_manifest, write_readme
from gis_server.bundle.geopackage import write_geopackage
from gis_server.bundle.look import ARCHIVE, styles_of, write_look
from gis_server.bundle.order import House, Order
from gis_server.bundle.page import write_page

Tell = Callable[[str], None]
STORED = {".pmtiles", ".png", ".gpkg"}
"""Packed already, or better left as they are: zipping them costs time and saves little."""


def furnish(house: House, order: Order, folder: Path, tell: Tell) -> None:
    """Puts beside the archive in `folder` everything that makes it a bundle."""
    facts = metadata_of(folder / ARCHIVE)
    written = write_geopackage(house, order, facts["bando:release"], folder / DATA, tell)
    tell("Trang bản đồ · map page")
    styles = styles_of(house, order, folder)
    write_look(house, styles, folder)
    write_page(house.settings.home, {**facts_for_page(house, order, facts, written), "styles": _bare(styles)}, folder)
    write_readme(order, facts, written, folder)
    tell("SHA-256")
    write_manifest(house, order, facts, written, folder)


def metadata_of(archive: Path) -> dict[str, Any]:
    with archive.open("rb") as file:
        about: dict[str, Any] = Reader(MmapSource(file)).metadata()  # type: ignore[no-untyped-call]
        return about


def zip_up(folder: Path, target: Path, name: str) -> None:
    """The folder as one zip, within which it has that name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            kind = zipfile.ZIP_STORED if path.suffix in STORED else zipfile.ZIP_DEFLATED
            if path.is_file():
                archive.write(path, f"{name}/{path.relative_to(folder).as_posix()}", kind)


def _bare(styles: dict[str, Any]) -> dict[str, Any]:
    """The page hands sprites over itself."""
    return {name: {**style, "sprite": f"kit://{style['sprite']}"} for name, style in styles.items()}
