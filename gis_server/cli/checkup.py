"""What `bando doctor` looks at, each part on its own; a finding says what is there, and how to mend what is not."""

import importlib.metadata
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyogrio
import pyproj
import shapely

from gis_server.catalog import Catalog, read_catalog
from gis_server.db.binaries import installations, missing
from gis_server.db.database import Database, open_database
from gis_server.db.statements import SQL, statement
from gis_server.db.tables import migrate
from gis_server.db.tuning import memory_bytes
from gis_server.errors import MapError
from gis_server.figures import vietnamese
from gis_server.portals.assets import read_assets
from gis_server.releases.rasters import cog_path, hashes_in_use, unused
from gis_server.settings import HOME, Settings

Level = Literal["ok", "warning", "error"]
GB = 1024**3
CHECK_POINT = np.array([[106.6983, 10.7725]])
CHECK_POINT_STORED = (603_514.400, 1_191_454.713)
DRIVERS = {
    "ESRI Shapefile": "rw", "GPKG": "rw", "OpenFileGDB": "rw", "MapInfo File": "rw", "DGN": "rw", "DXF": "rw",
    "GeoJSON": "rw", "FlatGeobuf": "rw", "CSV": "rw", "XLSX": "rw", "KML": "rw", "LIBKML": "rw", "GML": "rw",
    "OSM": "r", "GTFS": "r",
}  # fmt: skip
"""GDAL drivers that agencies' files need, and for what."""


@dataclass(frozen=True)
class Finding:
    """One line of the screen."""

    level: Level
    subject: str
    found: str
    mend: tuple[str, str] | None = None
    """Vietnamese, English."""


def server(settings: Settings, catalog: Catalog | None) -> Iterator[Finding]:
    """PostgreSQL and PostGIS: found, started, entered, and true to the datum."""
    if settings.database_url is None:
        yield _binaries()
    try:
        database = open_database(settings)
        yield from _inside(database)
        if catalog is not None:
            changes = migrate(database, catalog)
            yield Finding(
                "ok", "Bảng · Tables", f"{len(catalog.layers)} lớp · layers, {len(changes)} thay đổi · changes"
            )
            yield _datum_in_postgis(database)
            yield _rasters(settings.rasters_folder, database, catalog)
    except MapError as error:
        yield Finding("error", "Cơ sở dữ liệu · Database", "✗", (error.vi, error.en))


def _binaries() -> Finding:
    found = installations()
    good = [one for one in found if one.is_good]
    if not good:
        error = missing(found, None)
        return Finding("error", "PostgreSQL", "—", (error.vi, error.en))
    words = (f"{one.major} + PostGIS {'.'.join(map(str, one.postgis))} ({one.folder})" for one in good)
    return Finding("ok", "PostgreSQL", ", ".join(words))


def _inside(database: Database) -> Iterator[Finding]:
    with database.connect("read") as conn:
        row = conn.execute(statement(SQL, "versions")).fetchone()
    assert row is not None
    postgresql, full, superuser = row
    yield Finding("ok", "Máy chủ · Server", f"PostgreSQL {postgresql}, {database.place}")
    parts = dict(re.findall(r'(POSTGIS|GEOS|PROJ|LIBPROTOBUF)="([^" ]+)', full))
    yield Finding("ok", "PostGIS", ", ".join(f"{name} {version}" for name, version in parts.items()))
    if superuser and not database.embedded:
        yield Finding(
            "warning",
            "Quyền · Rights",
            "superuser",
            (
                "BANDO_DATABASE_URL đang dùng tài khoản quản trị; khi phục vụ, hãy dùng tài khoản chỉ thuộc "
                "bando_read.",
                "BANDO_DATABASE_URL is an administrator; serve with a login that is a member of bando_read only.",
            ),
        )


def _rasters(folder: Path, database: Database, catalog: Catalog) -> Finding:
    """Rasters that rows name and nobody has, and those that nobody names."""
    with database.connect() as conn:
        used = hashes_in_use(conn, catalog)
    lacking = [sha256 for sha256 in used if not cog_path(folder, sha256).is_file()]
    idle, subject, words = unused(folder, used), "Raster", f"{len(used)} tệp · files, {folder}"
    if lacking:
        mend = (
            f"Hãy chép lại {folder} từ bản sao lưu, hoặc nạp lại.",
            f"Restore {folder} from a backup, or load again.",
        )
        return Finding("error", subject, f"{words}; bị mất · lost: {len(lacking)}", mend)
    if idle:
        mend = ("Xóa các tệp này: bando db sweep", "Delete them: bando db sweep")
        return Finding("warning", subject, f"{words}; không dùng · unused: {len(idle)}", mend)
    return Finding("ok", subject, words)


def _datum_in_postgis(database: Database) -> Finding:
    with database.connect("read") as conn:
        row = conn.execute(statement(SQL, "check_point"), {"x": CHECK_POINT[0, 0], "y": CHECK_POINT[0, 1]}).fetchone()
    assert row is not None
    mend = (
        "Hãy chạy `bando db migrate` để ghi lại hệ tọa độ.",
        "Run `bando db migrate` to write the coordinate systems again.",
    )
    return _datum("PostGIS", row, mend)


def datum_in_python(catalog: Catalog) -> Finding:
    stored = catalog.crs.transform(CHECK_POINT, 4326, catalog.crs.stored)[0]
    mend = ("Hãy kiểm tra layers/_crs.yaml và pyproj.", "Check layers/_crs.yaml and pyproj.")
    return _datum("Python", (float(stored[0]), float(stored[1])), mend)


def _datum(where: str, stored: tuple[float, ...], mend: tuple[str, str]) -> Finding:
    away = max(abs(stored[0] - CHECK_POINT_STORED[0]), abs(stored[1] - CHECK_POINT_STORED[1]))
    subject, words = f"Điểm kiểm tra · Check point, {where}", f"{away * 1000:.2f} mm"
    return Finding("ok", subject, words) if away < 0.001 else Finding("error", subject, words, mend)


def layer_files(settings: Settings) -> tuple[Finding, Catalog | None]:
    subject = "Danh mục lớp · Catalogue"
    try:
        catalog = read_catalog(settings.layers_folder, settings.styles_folder)
    except MapError as error:
        return Finding("error", subject, "✗", (error.vi, error.en)), None
    words = f"{len(catalog.layers)} lớp · layers, {len(catalog.maps)} bản đồ · maps"
    return Finding("ok", subject, words), catalog


def drivers() -> Iterator[Finding]:
    """GDAL as pyogrio brings it, and its kin in Python."""
    there = pyogrio.list_drivers()
    lacking = [name for name, use in DRIVERS.items() if not set(use) <= set(there.get(name, ""))]
    words = f"{pyogrio.__gdal_version_string__}, {len(there)} drivers"
    if lacking:
        mend = (
            "Hãy cài lại: pip install --force-reinstall pyogrio",
            "Reinstall: pip install --force-reinstall pyogrio",
        )
        yield Finding("error", "GDAL", f"{words}; thiếu · missing: {', '.join(lacking)}", mend)
    else:
        yield Finding("ok", "GDAL", f"{words}; {', '.join(DRIVERS)}")
    yield Finding("ok", "Python GEOS, PROJ", f"{shapely.geos_version_string}, {pyproj.proj_version_str}")


def packages() -> Finding:
    """What pyproject.toml asks for."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[\[<>=~!; ]", wanted)[0] for wanted in project["optional-dependencies"]["server"]]
    lacking = [name for name in names if _version(name) is None]
    if lacking:
        mend = ("Hãy cài: pip install -e '.[server]'", "Install: pip install -e '.[server]'")
        return Finding("error", "Python", f"thiếu · missing: {', '.join(lacking)}", mend)
    return Finding("ok", "Python", f"{len(names)} gói · packages")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def browser_side(settings: Settings) -> Iterator[Finding]:
    """Libraries of the viewer, and a browser for the tests."""
    try:
        assets = read_assets(settings.home)
        yield Finding("ok", "Trang bản đồ · Viewer", f"{len(assets.files)} tệp · files")
    except MapError as error:
        yield Finding("error", "Trang bản đồ · Viewer", "✗", (error.vi, error.en))
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium:
        yield Finding("ok", "Chromium", chromium)
    else:
        mend = ("Chỉ cần khi chạy kiểm thử: apt-get install -y chromium", "For tests only: apt-get install -y chromium")
        yield Finding("warning", "Chromium", "—", mend)


def machine(settings: Settings) -> Iterator[Finding]:
    """Memory and disk."""
    memory = memory_bytes() / GB
    small = ("Nên có từ 2 GB bộ nhớ trở lên.", "2 GB of memory or more are advised.")
    yield Finding(
        "ok" if memory >= 2 else "warning",
        "Bộ nhớ · Memory",
        f"{vietnamese(memory, 1)} GB",
        small if memory < 2 else None,
    )
    free = shutil.disk_usage(_nearest(settings.state_folder.resolve())).free / GB
    full = (f"Hãy giải phóng đĩa chứa {settings.state_folder}.", f"Free space on the disk of {settings.state_folder}.")
    level: Level = "error" if free < 1 else "warning" if free < 5 else "ok"
    yield Finding(level, "Đĩa trống · Free disk", f"{vietnamese(free, 1)} GB", full if free < 5 else None)


def _nearest(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
