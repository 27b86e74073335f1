"""Archives opened safely: plain files only, inside one folder only, within limits that no honest delivery meets."""

import errno
import lzma
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gis_server.errors import Busy, DeliveryUnreadable
from gis_server.figures import vietnamese

MAX_ENTRIES = 20_000
MAX_BYTES = 20 << 30
MAX_RATIO = 200
MAX_DEPTH = 3
COPY_BYTES = 1 << 20
ZIPS = frozenset({".zip", ".kmz"})
MISNAMED = frozenset({".rar", ".7z", ".tar", ".gz"})
"""Endings under which zips are found in the mail."""
ZIP_BEGINS = b"PK\x03\x04"
OTHER_PACKS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zX": "xz"}
UNICODE_NAME, ENCRYPTED = 0x800, 0x1
FULL = (errno.ENOSPC, errno.EDQUOT)
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, ValueError),
)
"""What reading a damaged archive raises, besides OSError."""


@dataclass
class Budget:
    """What one delivery may still unpack to, over all archives in it."""

    entries: int = MAX_ENTRIES
    bytes: int = MAX_BYTES

    def take_entries(self, count: int, name: str) -> None:
        self.entries -= count
        if self.entries < 0:
            raise _too_large(name)

    def take_bytes(self, count: int, name: str) -> None:
        self.bytes -= count
        if self.bytes < 0:
            raise _too_large(name)


def is_zip(path: Path) -> bool:
    """By its name, or by its first bytes where the name is that of another kind of archive."""
    ending = path.suffix.lower()
    return ending in ZIPS or (ending in MISNAMED and _begins(path).startswith(ZIP_BEGINS))


def _begins(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(8)


def unpack(path: Path, folder: Path, budget: Budget, name: str, depth: int = 1) -> None:
    """Unpacks a zip into a folder, and the zips in it into folders of their names."""
    if depth > MAX_DEPTH:
        raise DeliveryUnreadable(
            f"{name}: tệp zip lồng nhau quá {MAX_DEPTH} tầng; hãy giao nộp thư mục không nén.",
            f"{name}: zips are nested more than {MAX_DEPTH} deep; deliver a folder instead.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = _checked(name, entries)
            budget.take_entries(len(entries), name)
            _refuse_bombs(name, entries)
            for entry, inside in zip(entries, names, strict=True):
                _extract(archive, entry, folder / inside, budget)
    except (OSError, *DAMAGED) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise _full(name, folder) from error
        raise _unopened(path, name, error) from error
    for inner in sorted(one for one in folder.rglob("*") if one.is_file() and is_zip(one)):
        unpack_in_place(inner, budget, f"{name}/{inner.relative_to(folder).as_posix()}", depth + 1)


def unpack_in_place(path: Path, budget: Budget, name: str, depth: int) -> None:
    """`a.zip` becomes a folder `a.zip`."""
    packed = path.with_name(f"{path.name}.packed")
    path.rename(packed)
    path.mkdir()
    unpack(packed, path, budget, name, depth)
    packed.unlink()


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: Budget) -> None:
    """Counts what really comes out: sizes in the directory of an archive may lie."""
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as packed, target.open("xb") as plain:
        while part := packed.read(COPY_BYTES):
            budget.take_bytes(len(part), entry.filename)
            plain.write(part)


def _checked(name: str, entries: list[zipfile.ZipInfo]) -> list[PurePosixPath]:
    """The paths of all entries inside the archive; DeliveryUnreadable for the first that is not harmless."""
    if len(entries) > MAX_ENTRIES:
        raise _too_large(name)
    names = [_inside(name, entry) for entry in entries]
    folded = [str(one).lower() for one in names]
    if len(set(folded)) < len(folded):
        twice = next(one for place, one in enumerate(folded) if one in folded[:place])
        raise DeliveryUnreadable(
            f"{name} có hai tệp trùng tên hoặc chỉ khác nhau chữ hoa chữ thường: {twice}.",
            f"{name} holds two files of the same name, or names that differ only in case: {twice}.",
        )
    _refuse_overlaps(name, entries)
    return names


def _inside(name: str, entry: zipfile.ZipInfo) -> PurePosixPath:
    said = _decoded(entry)
    inside = PurePosixPath(said.replace("\\", "/"))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & ENCRYPTED:
        raise DeliveryUnreadable(
            f"{name} có đặt mật khẩu ({said}); hãy giao nộp tệp nén không mật khẩu.",
            f"{name} is encrypted ({said}); deliver it without a password.",
        )
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DeliveryUnreadable(
            f"Trong {name}, “{said}” là liên kết, có thể trỏ ra ngoài thư mục giao nộp; chỉ nhận tệp thường.",
            f"{name} holds “{said}”, a link or a special file; only plain files are taken.",
        )
    if inside.is_absolute() or ".." in inside.parts or ":" in said or "\x00" in entry.orig_filename or not inside.parts:
        raise DeliveryUnreadable(
            f"{name} có tệp “{said}” trỏ ra ngoài thư mục giao nộp.",
            f"{name} holds “{said}”, which points outside of the delivery.",
        )
    return inside


def _decoded(entry: zipfile.ZipInfo) -> str:
    """Vietnamese names are often UTF-8 without the flag that says so, in old letters, or decomposed."""
    name = entry.filename
    if not (entry.flag_bits & UNICODE_NAME or name.isascii()):
        try:
            name = _meant(name.encode("cp437"))
        except UnicodeError:
            return name
    return unicodedata.normalize("NFC", name)


def _meant(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        from loaders.letters.pages import readable_names  # brings the statistics of letters

        shown = raw.decode("latin-1")
        return readable_names([shown], "latin-1")[shown]


def _refuse_overlaps(name: str, entries: list[zipfile.ZipInfo]) -> None:
    end = -1
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise DeliveryUnreadable(
                f"{name} chứa các tệp chồng lên nhau (bom zip) nên không được mở.",
                f"{name} holds entries that overlap inside the archive (a zip bomb); it is not opened.",
            )
        end = entry.header_offset + entry.compress_size


def _refuse_bombs(name: str, entries: list[zipfile.ZipInfo]) -> None:
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if size > MAX_BYTES or size > MAX_RATIO * max(packed, 1 << 20):
        raise _too_large(name)


def _unopened(path: Path, name: str, error: Exception) -> DeliveryUnreadable:
    """What an officer can do about it: another kind of archive, or half of one."""
    begins, ending = _begins(path), PurePosixPath(name).suffix
    other = next((kind for sign, kind in OTHER_PACKS.items() if begins.startswith(sign)), None)
    if other is not None:
        return DeliveryUnreadable(
            f"{name} mang đuôi {ending} nhưng nội dung là {other}. Hãy giải nén, rồi giao nộp thư mục hoặc zip.",
            f"{name} ends in {ending} but is {other}. Unpack it, then deliver the folder or a zip.",
        )
    if begins.startswith(ZIP_BEGINS) and not zipfile.is_zipfile(path):
        return DeliveryUnreadable(
            f"{name} bị cắt ngắn: mất phần mục lục ở cuối tệp zip (chép hoặc tải chưa xong). Hãy yêu cầu giao nộp lại.",
            f"{name} is cut short: the directory at the end of the zip is gone (half copied?). Ask for it again.",
        )
    return DeliveryUnreadable(
        f"Không mở được {name}: {error}. Hãy kiểm tra tệp nén rồi giao nộp lại.",
        f"{name} cannot be opened: {error}. Check the archive, then deliver again.",
    )


def _too_large(name: str) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"{name} giải nén ra quá lớn (quá {vietnamese(MAX_ENTRIES)} tệp, {MAX_BYTES >> 30} GiB hoặc {MAX_RATIO} lần); "
        "hãy giao nộp thư mục không nén.",
        f"{name} unpacks too large (over {MAX_ENTRIES:,} files, {MAX_BYTES >> 30} GiB or {MAX_RATIO}-fold); "
        "deliver a folder instead.",
    )


def _full(name: str, folder: Path) -> Busy:
    return Busy(
        f"Không đủ chỗ trên đĩa để giải nén {name} trong {folder.parent}. Chưa thay đổi gì; hãy giải phóng chỗ rồi "
        "nạp lại.",
        f"The disk is too full to unpack {name} in {folder.parent}. Nothing was changed; free space, then load again.",
    )
