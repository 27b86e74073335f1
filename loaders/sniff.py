"""What a file really is, by its first bytes: what is not what its name says is refused before a library opens it."""

import re
import xml.parsers.expat
import zipfile
from pathlib import Path
from typing import BinaryIO, Literal, NoReturn

from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese
from gis_server.file_trouble import in_words
from loaders.whole import verify_mapinfo, verify_shapefile

HEAD_BYTES = 1 << 16
WORKBOOK_BYTES = 1 << 30
WORKBOOK_RATIO = 300
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".gpkg": (b"SQLite format 3\x00",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".fgb": (b"fgb\x03fgb",),
    ".parquet": (b"PAR1",),
    ".xlsx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".kmz": (b"PK\x03\x04",),
    ".tif": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
}
TEXTS: dict[str, re.Pattern[bytes]] = {
    ".tab": re.compile(rb"\s*!table", re.IGNORECASE),
    ".mif": re.compile(rb"\s*version\s", re.IGNORECASE),
    ".dxf": re.compile(rb"\s*(?:0\s*\r?\n\s*SECTION|999\s*\r?\n)"),
    ".dgn": re.compile(rb"[\x08\xc8]\x09\xfe\x02", re.DOTALL),
    ".json": re.compile(rb"\s*[\[{]"),
    ".geojson": re.compile(rb"\s*[\[{\x1e]"),
    ".geojsonl": re.compile(rb"[\s\x1e]*\{"),
    ".js": re.compile(rb"\s*(?:export\s+default|(?:var|let|const)\s|[\w$.]+\s*=|[\[{])"),
    ".kml": re.compile(rb"\s*<"),
    ".gml": re.compile(rb"\s*<"),
    ".csv": re.compile(rb"(?!PK\x03\x04|\xd0\xcf\x11\xe0|%PDF|SQLite format 3|PAR1)"),
}
SAME = {
    ".tiff": ".tif",
    ".tsv": ".csv",
    ".geojsonseq": ".geojsonl",
    ".geojsons": ".geojsonl",
    ".jsonl": ".geojsonl",
    ".ndjson": ".geojsonl",
}
XML = frozenset({".kml", ".gml"})
KNOWN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"SQLite format 3"), "SQLite"),
    (re.compile(rb"PAR1"), "Parquet"),
    (re.compile(rb"PK\x03\x04"), "zip, Excel (.xlsx)"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "OLE (DGN V8, Excel .xls, Word)"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:OGR)?VRT", re.IGNORECASE), "VRT"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<"), "XML/HTML"),
    (re.compile(rb"AC10\d\d"), "DWG"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"\s*[\[{]"), "JSON"),
)
UNKNOWN = Text(vi="không rõ", en="unknown")
HINTS = {
    ".dgn": Text(vi="DGN V8: hãy lưu lại thành DGN V7 hoặc DXF.", en="DGN V8: save it as DGN V7 or DXF."),
    ".xlsx": Text(
        vi="Hãy mở bằng Excel hay LibreOffice rồi lưu thành .xlsx hoặc .csv.",
        en="Open it in Excel or LibreOffice and save it as .xlsx or .csv.",
    ),
    ".csv": Text(
        vi="Hãy đổi đuôi cho đúng, hoặc mở ra rồi lưu thành CSV.", en="Give it its right ending, or save it as CSV."
    ),
}
PROLOG_BYTES = 1 << 20
LINKS = re.compile(
    rb"<(?P<ends>/?)(?:\w{1,40}:)?NetworkLink\b|<(?:\w{1,40}:)?href>\s*(?:<!\[CDATA\[)?\s*(?P<away>\w{1,40}:|/)"
)
"""Where links begin and end, and addresses elsewhere; links to other files of the same KMZ are relative."""
SPLIT_BYTES = 1 << 10


def verify(path: Path, name: str) -> None:
    """Raises DeliveryUnreadable when a file is empty, incomplete, disguised, reaches for what lies outside of it, or
    cannot be read at all."""
    try:
        _verify(path, name)
    except OSError as error:
        raise DeliveryUnreadable(*in_words(error)) from error


def _verify(path: Path, name: str) -> None:
    ending = path.suffix.lower()
    ending = SAME.get(ending, ending)
    if path.is_dir():
        _verify_geodatabase(path, name)
        return
    with path.open("rb") as source:
        head = source.read(HEAD_BYTES)
    if not head:
        raise DeliveryUnreadable(
            f"{name} là tệp rỗng (0 byte). Hãy yêu cầu giao nộp lại.", f"{name} is an empty file. Ask for it again."
        )
    _verify_beginning(ending, head, name)
    if ending == ".shp":
        verify_shapefile(path, head, name)
    if ending in (".tab", ".mif"):
        verify_mapinfo(path, head, name)
    if ending in XML:
        _verify_xml(path, name)
    if ending == ".xlsx":
        _verify_workbook(path, name)


def _verify_beginning(ending: str, head: bytes, name: str) -> None:
    beginnings, text = BEGINNINGS.get(ending), TEXTS.get(ending)
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if (beginnings and not head.startswith(beginnings)) or (text and not text.match(plain)):
        really = next((Text(vi=what, en=what) for pattern, what in KNOWN if pattern.match(head)), UNKNOWN)
        hint = HINTS.get(ending)
        vi, en = (f" {hint.vi}", f" {hint.en}") if hint is not None else ("", "")
        raise DeliveryUnreadable(
            f"{name} không phải tệp {ending}: nội dung là {really.vi}. Tệp không được mở.{vi}",
            f"{name} is not a {ending} file: its content is {really.en}. It is not opened.{en}",
        )


def _verify_geodatabase(path: Path, name: str) -> None:
    if not any(one.suffix.lower() == ".gdbtable" for one in path.iterdir()):
        raise DeliveryUnreadable(
            f"{name} không phải File Geodatabase: thiếu tệp .gdbtable.",
            f"{name} is not a File Geodatabase: it has no .gdbtable files.",
        )


def _verify_xml(path: Path, name: str) -> None:
    """No entities of its own (bombs, external files), no links to the network."""
    parser = xml.parsers.expat.ParserCreate()
    root: list[str] = []

    def refuse(*_: object) -> NoReturn:
        raise DeliveryUnreadable(
            f"{name} khai báo DOCTYPE/thực thể XML (bom XML hoặc tham chiếu ra ngoài) nên không được mở.",
            f"{name} declares a DOCTYPE or XML entities (a bomb, or a reference outside); it is not opened.",
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, _: root.append(tag)
    try:
        with path.open("rb") as source:
            while not root:
                part = source.read(HEAD_BYTES)
                parser.Parse(part, not part)
                if source.tell() > PROLOG_BYTES:
                    _refuse_prolog(name)
            source.seek(0)
            if _links_away(source):
                _refuse_network_link(name)
    except xml.parsers.expat.ExpatError as error:
        raise DeliveryUnreadable(
            f"{name} không phải XML hợp lệ: {error}.", f"{name} is not valid XML: {error}."
        ) from error


def _links_away(source: BinaryIO) -> bool:
    """Whether a network link of a KML has an address outside of its archive."""
    rest, inside = b"", False
    while part := source.read(HEAD_BYTES):
        rest, seen = rest + part, 0
        for found in LINKS.finditer(rest):
            if found["away"] is None:
                inside = not found["ends"]
            elif inside:
                return True
            seen = found.end()
        rest = rest[max(seen, len(rest) - SPLIT_BYTES) :]
    return False


def _refuse_prolog(name: str) -> NoReturn:
    raise DeliveryUnreadable(
        f"{name}: trong {vietnamese(PROLOG_BYTES)} byte đầu không có phần tử XML nào, nên tệp không được mở.",
        f"{name}: there is no XML element in its first {PROLOG_BYTES:,} bytes; it is not opened.",
    )


def _refuse_network_link(name: str) -> NoReturn:
    raise DeliveryUnreadable(
        f"{name} trỏ tới dữ liệu trên mạng (NetworkLink); hãy giao nộp chính dữ liệu đó.",
        f"{name} points to data on the network (NetworkLink); deliver the data itself.",
    )


def _verify_workbook(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(entry.file_size for entry in book.infolist())
            packed = sum(entry.compress_size for entry in book.infolist())
    except zipfile.BadZipFile as error:
        raise DeliveryUnreadable(
            f"Không mở được {name}: tệp Excel bị hỏng ({error}).", f"{name} cannot be opened: the workbook is damaged."
        ) from error
    if size > WORKBOOK_BYTES or size > WORKBOOK_RATIO * max(packed, 1 << 16):
        raise DeliveryUnreadable(
            f"{name} giải nén ra {vietnamese(size)} byte, quá lớn cho một tệp Excel; hãy giao nộp dạng CSV.",
            f"{name} unpacks to {size:,} bytes, too large for a workbook; deliver CSV.",
        )


def reader_of_json(path: Path) -> Literal["json", "overpass", "vector"]:
    """Which reader a .json or .js needs, by how it begins."""
    with path.open("rb") as source:
        head = source.read(HEAD_BYTES)
    if path.suffix.lower() == ".js":
        return "json"
    if re.search(rb'"osm3s"|"generator"\s*:\s*"Overpass', head[:4096]):
        return "overpass"
    geo = re.search(rb'"type"\s*:\s*"(?:FeatureCollection|Feature|Topology)"|"geometryType"\s*:\s*"esri', head)
    return "vector" if geo else "json"
