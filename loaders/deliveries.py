"""What is in a delivery: a file, a folder or a zip; which reader each file needs, and why some are left alone."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from gis_server.catalog.edits import SourceRule
from gis_server.catalog.model import Strict, Text
from gis_server.catalog.words import read_yaml
from gis_server.errors import DeliveryUnreadable
from loaders.archives import Budget, is_zip, unpack
from loaders.printable import printable
from loaders.profiles import Reader
from loaders.sniff import reader_of_json
from loaders.unread import why_junk, why_unread
from loaders.workplace import workplace

MANIFEST = "giao_nop.yaml"
VECTORS = frozenset(
    {".shp", ".tab", ".mif", ".dgn", ".dxf", ".gdb", ".gpkg", ".geojson", ".fgb", ".kml", ".gml"}
    | {".geojsonl", ".geojsonseq", ".geojsons", ".jsonl", ".ndjson"}
)
READERS: dict[str, Reader] = {
    ".pbf": "osm",
    ".osm": "osm",
    ".csv": "table",
    ".tsv": "table",
    ".xlsx": "table",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".json": "json",
    ".js": "json",
    ".tif": "raster",
    ".tiff": "raster",
}
GTFS_PART = Text(vi="bảng của bộ GTFS, được đọc cùng routes.txt", en="a table of the GTFS feed, read with routes.txt")
READERS |= dict.fromkeys(VECTORS, "vector")
PARTS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".xml"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gpkg": (".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
    ".tif": (".tfw", ".tifw", ".prj", ".ovr", ".xml"),
    ".tiff": (".tfw", ".prj", ".ovr", ".xml"),
}
NAMES_SHOWN = 3
SPECIAL = Text(vi="không phải tệp thường (ống, thiết bị)", en="not a regular file (a pipe or a device)")
INNER_MANIFEST = Text(
    vi="bản kê nằm bên trong, không có bản kê ngoài cùng; hãy nạp riêng thư mục chứa bản kê",
    en="a manifest further in, and none outside; load its folder by itself",
)
UNLISTED = Text(vi="không có trong bản kê giao_nop.yaml", en="not listed in giao_nop.yaml")


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
def open_delivery(path: Path, *, state: Path | None = None, any_file: bool = False) -> Iterator[Delivery]:
    """The delivery at a path. Zips, also in folders and in zips, are unpacked in the state folder (the system's
    temporary folder unless given) and removed afterwards. One without any map file is refused, unless `any_file`."""
    if not path.is_file() and not path.is_dir():
        raise DeliveryUnreadable(f"Không tìm thấy tệp hay thư mục {path}.", f"There is no file or folder {path}.")
    path = path.absolute()  # files are read by a child that works in another folder
    with workplace(Path(tempfile.gettempdir()) if state is None else state / "unpacked") as folder:
        budget = Budget()
        if path.is_file() and is_zip(path):
            unpack(path, folder, budget, path.name)
            delivery = _delivery(path, folder, sorted(folder.iterdir()), None)
        elif path.is_dir() and path.suffix.lower() != ".gdb":
            delivery = _delivery(path, path, sorted(path.iterdir()), _Unpacking(folder, budget))
        else:
            delivery = _delivery(path, path.parent, [path], None)
        if not any_file:
            _refuse_without_maps(delivery)
        yield delivery


@dataclass
class _Unpacking:
    """Where the zips that lie in a delivered folder are unpacked."""

    folder: Path
    budget: Budget
    count: int = 0

    def files(self, path: Path, name: str) -> Iterator["DeliveredFile"]:
        self.count += 1
        folder = self.folder / str(self.count)
        folder.mkdir()
        unpack(path, folder, self.budget, name)
        yield from _files(folder, sorted(folder.iterdir()), None, f"{name}/")


def _delivery(path: Path, folder: Path, entries: list[Path], unpacking: _Unpacking | None) -> Delivery:
    manifest = folder / MANIFEST
    said = _read_manifest(manifest) if manifest in entries else None
    files = _files(folder, [entry for entry in entries if entry != manifest], unpacking)
    # Where the outer manifest counts, those of the parts are neither data nor left out.
    told = tuple(file for file in files if said is None or file.reason != INNER_MANIFEST)
    return Delivery(path, folder, told, said)


def _refuse_without_maps(delivery: Delivery) -> None:
    if any(file.reader for file in delivery.files):
        return
    name = delivery.path.name
    if not delivery.files:
        raise DeliveryUnreadable(f"{name} trống, không có tệp nào.", f"{name} is empty, there is no file in it.")
    vi, en = "", ""
    for why, files in _by_reason(delivery):
        more = f" (+{len(files) - NAMES_SHOWN})" if len(files) > NAMES_SHOWN else ""
        listed = ", ".join(files[:NAMES_SHOWN]) + more
        vi, en = f"{vi}\n  {listed}: {why.vi}", f"{en}\n  {listed}: {why.en}"
    raise DeliveryUnreadable(
        f"Trong {name} không có tệp bản đồ nào đọc được:{vi}", f"{name} has no map file that can be read:{en}"
    )


def _by_reason(delivery: Delivery) -> Iterator[tuple[Text, list[str]]]:
    """Why files are not read, each reason once, with the files it is for."""
    told = [(file.reason, file.name) for file in delivery.files if file.reason is not None]
    for why in dict.fromkeys((one.vi, one.en) for one, _ in told):
        yield Text(vi=why[0], en=why[1]), [name for one, name in told if (one.vi, one.en) == why]


def _files(
    folder: Path, entries: list[Path], unpacking: _Unpacking | None, prefix: str = ""
) -> Iterator[DeliveredFile]:
    names = {str(entry).lower() for entry in entries}
    for entry in entries:
        ending = entry.suffix.lower()
        name = prefix + entry.relative_to(folder).as_posix()
        if entry.is_symlink():
            yield DeliveredFile(name, entry, None, Text(vi="là liên kết nên không đọc", en="a link, so it is not read"))
        elif entry.is_dir() and ending != ".gdb":
            yield from _files(folder, sorted(entry.iterdir()), unpacking, prefix)
        elif not entry.is_file() and not entry.is_dir():
            yield DeliveredFile(name, entry, None, SPECIAL)
        elif unpacking is not None and entry.is_file() and is_zip(entry):
            yield from unpacking.files(entry, name)
        elif not _is_part(entry, names):
            yield _file(entry, name, names)


def _file(entry: Path, name: str, names: set[str]) -> DeliveredFile:
    """One file with its reader, or the reason why it has none."""
    ending = entry.suffix.lower()
    if printable(name) != name:
        raise DeliveryUnreadable(
            f"Tên tệp “{printable(name)}” không phải UTF-8 hoặc có ký tự điều khiển. Hãy đổi tên rồi giao nộp lại.",
            f"The file name “{printable(name)}” is not UTF-8 or has control characters. Rename it, then deliver again.",
        )
    if (junk := why_junk(entry)) is not None:
        return DeliveredFile(name, entry, None, junk)
    if ending in (".json", ".js"):
        return DeliveredFile(name, entry, reader_of_json(entry))
    if ending in READERS:
        return DeliveredFile(name, entry, READERS[ending])
    if ending == ".txt" and _is_in_feed(entry, names):
        is_main = entry.name.lower() == "routes.txt"
        return DeliveredFile(name, entry, "gtfs" if is_main else None, None if is_main else GTFS_PART)
    if entry.name == MANIFEST:
        return DeliveredFile(name, entry, None, INNER_MANIFEST)
    return DeliveredFile(name, entry, None, why_unread(entry))


def _is_in_feed(entry: Path, names: set[str]) -> bool:
    """Beside `stops.txt`, `routes.txt` and `trips.txt`: a table of a timetable feed."""
    beside = str(entry.parent).lower()
    return {f"{beside}/{name}.txt" for name in ("stops", "routes", "trips")} <= names


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
    raise DeliveryUnreadable(f"Bản kê {MANIFEST} có lỗi:\n{listed}", f"{MANIFEST} has errors, listed above.")
