"""Whether all parts of a delivered file are there, and belong to each other: a library would read what there is."""

import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese

SHX_HEAD, SHX_RECORD = 100, 8
DBF_HEAD, DBF_FIELD, DBF_END = 32, 32, 0x0D
LETTERS_HEAD = 1_000
BINARY: dict[bytes, str] = {
    b"PK\x03\x04": "Excel (.xlsx)/zip",
    b"\xd0\xcf\x11\xe0": "Excel 97 (.xls)",
    b"%PDF": "PDF",
    b"SQLite format 3": "SQLite",
    b"PAR1": "Parquet",
}


def verify_shapefile(path: Path, head: bytes, name: str) -> None:
    beside = _beside(path)
    missing = [ending for ending in (".shx", ".dbf") if ending not in beside]
    if missing:
        _refuse_missing(path, name, missing)
    said, real = int.from_bytes(head[24:28], "big") * 2, path.stat().st_size
    if said > real:
        raise DeliveryUnreadable(
            f"{name} bị cắt ngắn: phần đầu ghi {vietnamese(said)} byte, tệp chỉ có {vietnamese(real)}. Hãy yêu cầu "
            "giao nộp lại.",
            f"{name} is cut short: its header says {said:,} bytes, the file has {real:,}. Ask for it again.",
        )
    _verify_counts(beside[".shx"], beside[".dbf"], name)
    _verify_memos(beside[".dbf"], name)


def verify_mapinfo(path: Path, head: bytes, name: str) -> None:
    """A table of MapInfo without its drawings or its values opens all the same, and is empty of them."""
    wanted = (".mid",) if path.suffix.lower() == ".mif" else (".dat", ".map", ".id")
    if path.suffix.lower() == ".tab" and b"native" not in head[:LETTERS_HEAD].lower():
        return
    missing = [ending for ending in wanted if ending not in _beside(path)]
    if ".map" in missing and ".id" in missing:  # a table that never had drawings has neither
        missing = [ending for ending in missing if ending not in (".map", ".id")]
    if missing:
        parts = ", ".join((path.suffix.lower(), *wanted))
        raise DeliveryUnreadable(
            f"{name} thiếu {', '.join(missing)} đi kèm; một bảng MapInfo gồm {parts}. Hãy yêu cầu giao nộp đủ.",
            f"{name} lacks its {', '.join(missing)}; a MapInfo table is {parts}. Ask for all of them.",
        )


def verify_table(head: bytes, name: str) -> None:
    really = next((kind for sign, kind in BINARY.items() if head.startswith(sign)), None)
    if really is not None:
        raise DeliveryUnreadable(
            f"{name} không phải bảng chữ: nội dung là {really}. Hãy đổi đuôi cho đúng, hoặc mở ra rồi lưu thành CSV.",
            f"{name} is not a table of text: its content is {really}. Give it its right ending, or save it as CSV.",
        )


def _beside(path: Path) -> dict[str, Path]:
    """Ending → file, of all files of the same stem."""
    stem = path.stem.lower()
    return {one.suffix.lower(): one for one in path.parent.iterdir() if one.stem.lower() == stem}


def _refuse_missing(path: Path, name: str, missing: list[str]) -> None:
    stem = unicodedata.normalize("NFC", path.stem).lower()
    alike = [one for one in path.parent.iterdir() if unicodedata.normalize("NFC", one.stem).lower() == stem]
    if set(missing) <= {one.suffix.lower() for one in alike}:
        raise DeliveryUnreadable(
            f"Các phần của {name} mang tên trông giống nhau nhưng viết bằng hai kiểu Unicode (dựng sẵn và tổ hợp). "
            "Hãy đổi tên cho giống nhau, hoặc nén cả thư mục thành zip rồi giao nộp.",
            f"The parts of {name} have names that look alike but are written in two ways (composed and decomposed "
            "Unicode). Rename them alike, or zip the folder and deliver that.",
        )
    raise DeliveryUnreadable(
        f"{name} thiếu {', '.join(missing)} đi kèm; một Shapefile gồm .shp, .shx, .dbf. Hãy yêu cầu giao nộp đủ.",
        f"{name} lacks its {', '.join(missing)}; a Shapefile is .shp, .shx and .dbf. Ask for all of them.",
    )


def _verify_counts(shx: Path, dbf: Path, name: str) -> None:
    """Shapes and rows are joined by nothing but their order."""
    shapes = max(0, shx.stat().st_size - SHX_HEAD) // SHX_RECORD
    said, begin, width = struct.unpack_from("<IHH", _head(dbf), 4)
    rows = min(said, max(0, dbf.stat().st_size - begin) // max(1, width))
    if rows > shapes:
        raise DeliveryUnreadable(
            f"{name} có {vietnamese(shapes)} hình nhưng {dbf.name} có {vietnamese(rows)} dòng: hai tệp không cùng một "
            "lần xuất, dòng nào của hình nào không còn chắc. Hãy yêu cầu giao nộp lại cả bộ.",
            f"{name} has {shapes:,} shapes but {dbf.name} has {rows:,} rows: they are not of one export, and which row "
            "is of which shape is no longer sure. Ask for all parts again.",
        )


def _verify_memos(dbf: Path, name: str) -> None:
    memos = [field for field, kind in _fields(_head(dbf)) if kind == b"M"]
    if memos:
        listed = ", ".join(memos)
        raise DeliveryUnreadable(
            f"{name} có cột memo ({listed}): chữ nằm ngoài tệp .dbf nên không đọc được, chỉ còn số thứ tự. "
            "Hãy yêu cầu xuất sang GeoPackage, hoặc đổi cột ấy thành văn bản.",
            f"{name} has memo columns ({listed}): their words lie outside of the .dbf and cannot be read, only numbers "
            "are left. Ask for a GeoPackage, or for these columns as text.",
        )


def _head(dbf: Path) -> bytes:
    with dbf.open("rb") as source:
        head = source.read(DBF_HEAD)
        more = struct.unpack_from("<H", head, 8)[0] - DBF_HEAD if len(head) == DBF_HEAD else 0
        return head.ljust(DBF_HEAD, b"\0") + source.read(max(0, more))


def _fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    for start in range(DBF_HEAD, len(head) - DBF_FIELD + 1, DBF_FIELD):
        if head[start] == DBF_END:
            return
        yield head[start : start + 11].split(b"\0")[0].decode("latin-1"), head[start + 11 : start + 12]
