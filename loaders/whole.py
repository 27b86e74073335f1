"""Whether all parts of a delivered file are there, and belong to each other: a library would read what there is."""

import unicodedata
from pathlib import Path

from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from loaders.dbf_header import read_header

SHX_HEAD, SHX_RECORD = 100, 8
LETTERS_HEAD = 1_000


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
    rows = read_header(dbf).rows
    if rows > shapes:
        raise DeliveryUnreadable(
            f"{name} có {vietnamese(shapes)} hình nhưng {dbf.name} có {vietnamese(rows)} dòng: hai tệp không cùng một "
            "lần xuất, dòng nào của hình nào không còn chắc. Hãy yêu cầu giao nộp lại cả bộ.",
            f"{name} has {shapes:,} shapes but {dbf.name} has {rows:,} rows: they are not of one export, and which row "
            "is of which shape is no longer sure. Ask for all parts again.",
        )


def _verify_memos(dbf: Path, name: str) -> None:
    memos = [column.name for column in read_header(dbf).columns if column.kind == b"M"]
    if memos:
        listed = ", ".join(memos)
        raise DeliveryUnreadable(
            f"{name} có cột memo ({listed}): chữ nằm ngoài tệp .dbf nên không đọc được, chỉ còn số thứ tự. "
            "Hãy yêu cầu xuất sang GeoPackage, hoặc đổi cột ấy thành văn bản.",
            f"{name} has memo columns ({listed}): their words lie outside of the .dbf and cannot be read, only numbers "
            "are left. Ask for a GeoPackage, or for these columns as text.",
        )
