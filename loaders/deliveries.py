"""What is in a delivery: a file, a folder or a zip; which reader each file needs, and why some are left alone."""

import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml
from pydantic import Field, ValidationError

from gis_server.catalog.model import Strict, Text
from gis_server.catalog.words import read_yaml
from gis_server.errors import DeliveryUnreadable
from loaders.profiles import Reader, SourceRule

MANIFEST = "giao_nop.yaml"
VECTORS = frozenset(
    {".shp", ".tab", ".mif", ".dgn", ".dxf", ".gdb", ".gpkg", ".geojson", ".geojsonl", ".json", ".fgb", ".kml", ".gml"}
)
READERS: dict[str, Reader] = {".pbf": "osm", ".osm": "osm", ".csv": "table", ".xlsx": "table"}
READERS |= dict.fromkeys(VECTORS, "vector")
PARTS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".xml"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
RASTERS = frozenset({".tif", ".tiff", ".asc", ".img", ".ecw", ".jp2", ".vrt"})
RASTER = Text(vi="ảnh lưới (raster), chưa nạp qua lệnh này", en="a raster, not loaded by this command yet")
DOCUMENT = Text(vi="không phải dữ liệu bản đồ", en="not map data")
INNER_MANIFEST = Text(
    vi="bản kê của một phần, bản kê ngoài cùng được dùng", en="manifest of a part, the outer one counts"
)
UNLISTED = Text(vi="không có trong giao_nop.yaml", en="not named in giao_nop.yaml")

MAX_ENTRIES = 20_000
MAX_BYTES = 20 << 30
MAX_RATIO = 200


class Item(Strict):
    """Files of a delivery and the profile that reads them."""

    file: str
    profile: str


class Manifest(Strict):
    """`giao_nop.yaml`: what an office says about its delivery."""

    source: SourceRule | None = None
    items: list[Item] = Field(min_length=1)


@dataclass(frozen=True)
class DeliveredFile:
    """A file (or geodatabase folder) by its path inside the delivery."""

    name: str
    path: Path
    reader: Reader | None
    reason: Text | None = None
    """Why it is not read, where it has no reader."""


@dataclass(frozen=True)
class Delivery:
    """What was delivered, unpacked."""

    path: Path
    folder: Path
    files: tuple[DeliveredFile, ...]
    manifest: Manifest | None


@contextmanager
def open_delivery(path: Path) -> Iterator[Delivery]:
    """The delivery at a path. A zip is unpacked beside the system's other temporary files and removed afterwards."""
    if not path.exists():
        raise DeliveryUnreadable(f"Không có tệp hay thư mục {path}.", f"There is no file or folder {path}.")
    if path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(prefix="bando-giao-") as folder:
            _unpack(path, Path(folder))
            yield _delivery(path, Path(folder), sorted(Path(folder).iterdir()))
    elif path.is_dir() and path.suffix.lower() != ".gdb":
        yield _delivery(path, path, sorted(path.iterdir()))
    else:
        yield _delivery(path, path.parent, [path])


def _delivery(path: Path, folder: Path, entries: list[Path]) -> Delivery:
    manifest = folder / MANIFEST
    said = _read_manifest(manifest) if manifest in entries else None
    files = tuple(_files(folder, [entry for entry in entries if entry != manifest]))
    if not any(file.reader for file in files):
        raise DeliveryUnreadable(
            f"{path.name} không có tệp bản đồ nào đọc được.", f"{path.name} holds no map file that can be read."
        )
    return Delivery(path, folder, files, said)


def _files(folder: Path, entries: list[Path]) -> Iterator[DeliveredFile]:
    names = {str(entry).lower() for entry in entries}
    for entry in entries:
        ending = entry.suffix.lower()
        name = entry.relative_to(folder).as_posix()
        if entry.is_symlink():
            yield DeliveredFile(name, entry, None, Text(vi="là liên kết, không theo", en="a link, not followed"))
        elif entry.is_dir() and ending != ".gdb":
            yield from _files(folder, sorted(entry.iterdir()))
        elif _is_part(entry, names):
            continue
        elif ending in READERS:
            yield DeliveredFile(name, entry, READERS[ending])
        elif entry.name == MANIFEST:
            yield DeliveredFile(name, entry, None, INNER_MANIFEST)
        else:
            yield DeliveredFile(name, entry, None, RASTER if ending in RASTERS else DOCUMENT)


def _is_part(entry: Path, names: set[str]) -> bool:
    """`roads.dbf` beside `roads.shp`; a lone .dbf is a file of its own."""
    base = str(entry.with_suffix("")).lower()
    for main, parts in PARTS.items():
        if entry.suffix.lower() in parts and (base + main in names or base in names):
            return True
    return False


def _read_manifest(path: Path) -> Manifest:
    try:
        return Manifest.model_validate(read_yaml(path))
    except yaml.YAMLError as error:
        mistakes = [" ".join(str(error).split())]
    except ValidationError as error:
        mistakes = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    raise DeliveryUnreadable(f"{MANIFEST} sai:\n{listed}", f"{MANIFEST} is wrong; the mistakes are listed above.")


def _unpack(path: Path, folder: Path) -> None:
    """Plain files only, inside the folder only, within limits that no honest delivery meets."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_bombs(path.name, entries)
            for entry in entries:
                _refuse_entry(path.name, entry)
                archive.extract(entry, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise DeliveryUnreadable(
            f"Không mở được {path.name}: {error}.", f"{path.name} cannot be opened: {error}."
        ) from error


def _refuse_bombs(name: str, entries: list[zipfile.ZipInfo]) -> None:
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_BYTES or size > MAX_RATIO * max(packed, 1 << 20):
        raise DeliveryUnreadable(
            f"{name} bung ra quá lớn ({len(entries)} tệp, {size:,} byte); hãy giao thư mục không nén.",
            f"{name} unpacks too large ({len(entries)} files, {size:,} bytes); deliver a folder instead.",
        )
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise DeliveryUnreadable(
            f"{name} có hai tệp chỉ khác nhau chữ hoa chữ thường.", f"{name} holds two files that differ only in case."
        )


def _refuse_entry(name: str, entry: zipfile.ZipInfo) -> None:
    inside = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if inside.is_absolute() or ".." in inside.parts or ":" in entry.filename or "\x00" in entry.filename or is_link:
        raise DeliveryUnreadable(
            f"{name} có tệp “{entry.filename}” chỉ ra ngoài thư mục giao nộp.",
            f"{name} holds “{entry.filename}”, which points outside of the delivery.",
        )
