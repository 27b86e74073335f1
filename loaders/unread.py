"""Why a file of a delivery is not read, and what to ask for instead, by its name as it stands in the folder."""

from pathlib import Path

from gis_server.catalog.model import Text

DOCUMENT = Text(vi="không phải dữ liệu bản đồ", en="not map data")
SYSTEM = Text(vi="tệp của hệ điều hành hoặc tệp tạm, không có dữ liệu", en="a system or temporary file, without data")
RASTER = Text(
    vi="không đọc được raster dạng này; hãy xuất ra GeoTIFF",
    en="a kind of raster that cannot be read; export it as GeoTIFF",
)
PACKED = Text(
    vi="không mở được tệp nén loại này; hãy giao nộp zip hoặc thư mục",
    en="an archive of a kind not opened; deliver a zip or folder",
)
CAD = Text(vi="không đọc được DWG và DGN V8; hãy lưu thành DXF", en="DWG and DGN V8 cannot be read; save them as DXF")
WORKBOOK = Text(
    vi="bảng tính dạng cũ hoặc dạng khác; hãy mở rồi lưu thành .xlsx hoặc .csv",
    en="an older or another kind of workbook; open it and save it as .xlsx or .csv",
)
ACCESS = Text(
    vi="cơ sở dữ liệu Access hoặc Personal Geodatabase; hãy xuất ra File Geodatabase (.gdb) hoặc GeoPackage",
    en="an Access database or Personal Geodatabase; export a File Geodatabase (.gdb) or GeoPackage",
)
DATABASE = Text(
    vi="cơ sở dữ liệu SQLite/SpatiaLite; hãy xuất ra GeoPackage (.gpkg)",
    en="an SQLite/SpatiaLite database; export it as GeoPackage (.gpkg)",
)
PROJECT = Text(
    vi="tệp dự án hoặc kiểu vẽ của phần mềm GIS, không chứa dữ liệu",
    en="a project or style of GIS software, without data",
)
TOPOLOGY = Text(vi="không đọc được TopoJSON; hãy xuất ra GeoJSON", en="TopoJSON cannot be read; export it as GeoJSON")
PLAIN_TEXT = Text(
    vi="văn bản; nếu là bảng tọa độ, hãy thêm dòng tên cột và lưu thành .csv",
    en="plain text; a table of coordinates is delivered as .csv, with a row of column names",
)
LONE_TABLE = Text(
    vi="bảng .dbf không có .shp cùng tên; hãy giao nộp đủ .shp, .shx, .dbf",
    en="a .dbf without the .shp of its name; deliver .shp, .shx and .dbf",
)
LONE_PART = Text(
    vi="một phần của tệp khác không có trong lần giao; hãy giao nộp đủ các phần",
    en="a part of a file that was not delivered; deliver all parts",
)
LOOSE_GEODATABASE = Text(
    vi="ruột của một File Geodatabase đã rời khỏi thư mục; hãy giao nộp cả thư mục tên ….gdb",
    en="the inside of a File Geodatabase out of its folder; deliver the whole folder named ….gdb",
)
FEED_PART = Text(
    vi="bộ GTFS thiếu bảng: cần đủ routes.txt, stops.txt và trips.txt cạnh nhau",
    en="a GTFS feed lacks tables: routes.txt, stops.txt and trips.txt must lie together",
)
FEED = frozenset({"routes.txt", "stops.txt", "trips.txt", "stop_times.txt", "shapes.txt"})
JUNK = ("~$", "._", ".~lock")
JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
JUNK_FOLDERS = frozenset({"__macosx", ".git", "$recycle.bin"})
REASONS: dict[str, Text] = {
    **dict.fromkeys((".asc", ".img", ".ecw", ".jp2", ".vrt", ".adf", ".bil", ".sid"), RASTER),
    **dict.fromkeys((".rar", ".7z", ".gz", ".tar", ".bz2", ".xz"), PACKED),
    **dict.fromkeys((".xls", ".ods", ".xlsb", ".xlsm"), WORKBOOK),
    **dict.fromkeys((".mdb", ".accdb"), ACCESS),
    **dict.fromkeys((".sqlite", ".sqlite3", ".db"), DATABASE),
    **dict.fromkeys((".qgs", ".qgz", ".qml", ".qlr", ".sld", ".mxd", ".aprx", ".lyr", ".lyrx", ".wor"), PROJECT),
    **dict.fromkeys((".gdbtable", ".gdbtablx", ".gdbindexes", ".atx", ".spx"), LOOSE_GEODATABASE),
    **dict.fromkeys((".shx", ".prj", ".cpg", ".sbn", ".sbx", ".mid", ".dat", ".map", ".ind"), LONE_PART),
    ".dwg": CAD,
    ".topojson": TOPOLOGY,
    ".txt": PLAIN_TEXT,
    ".dbf": LONE_TABLE,
}


def is_junk(path: Path) -> bool:
    """What computers leave in folders: locks of open workbooks, thumbnails, shadows of other systems' files."""
    name = path.name.lower()
    return name.startswith(JUNK) or name in JUNK_NAMES or path.parent.name.lower() in JUNK_FOLDERS


def why_unread(path: Path) -> Text:
    """The reason for a file that no reader is for."""
    if path.name.lower() in FEED:
        return FEED_PART
    return REASONS.get(path.suffix.lower(), DOCUMENT)
