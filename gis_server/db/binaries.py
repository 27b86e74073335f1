"""Finds the programs of PostgreSQL ≥ 15 with PostGIS ≥ 3.3 on this machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gis_server.errors import DatabaseMissing

LEAST_POSTGRESQL = 15
LEAST_POSTGIS = (3, 3)
PACKAGES = "apt-get install -y postgresql postgresql-postgis"
FOLDERS = ("/usr/lib/postgresql", "/usr/pgsql-*", "/usr/local/pgsql", "/opt/homebrew/opt")


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL installation."""

    folder: Path
    major: int
    postgis: tuple[int, ...]
    configured: str
    """Options it was built with."""

    def program(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def is_good(self) -> bool:
        return self.major >= LEAST_POSTGRESQL and self.postgis >= LEAST_POSTGIS


def find_binaries(major: int | None = None) -> Binaries:
    """The newest usable installation, or the one of `major` that an existing cluster needs."""
    found = installations()
    usable = [one for one in found if one.is_good and major in (None, one.major)]
    if not usable:
        raise missing(found, major)
    return max(usable, key=lambda one: (one.major, one.postgis))


def installations() -> list[Binaries]:
    """Every installation on this machine, whether good enough or not."""
    found = (_inspect(folder) for folder in _folders())
    return [one for one in found if one is not None]


def missing(found: list[Binaries], major: int | None) -> DatabaseMissing:
    """What was looked for, what was there, and the command that mends it."""
    there = ", ".join(f"PostgreSQL {one.major} + PostGIS {_dotted(one.postgis) or '—'} ({one.folder})" for one in found)
    wanted = f"{major}" if major else f"≥ {LEAST_POSTGRESQL}"
    package = PACKAGES if major is None else f"apt-get install -y postgresql-{major} postgresql-{major}-postgis-3"
    return DatabaseMissing(
        f"Không tìm thấy PostgreSQL {wanted} kèm PostGIS ≥ {_dotted(LEAST_POSTGIS)} trên máy này "
        f"(hiện có: {there or 'chưa có gì'}). Hãy cài đặt: {package}; hoặc đặt BANDO_DATABASE_URL tới một máy chủ có "
        "sẵn.",
        f"PostgreSQL {wanted} with PostGIS ≥ {_dotted(LEAST_POSTGIS)} was not found on this machine "
        f"(found: {there or 'nothing'}). Install it: {package} — or point BANDO_DATABASE_URL at an existing server.",
    )


def _folders() -> Iterator[Path]:
    """Folders that hold an `initdb`, each once."""
    seen = set()
    for folder in _candidates():
        resolved = folder.resolve()
        if (resolved / "initdb").is_file() and resolved not in seen:
            seen.add(resolved)
            yield resolved


def _candidates() -> Iterator[Path]:
    for pattern in FOLDERS:
        root = Path(pattern)
        for base in root.parent.glob(root.name):
            yield base / "bin"
            yield from base.glob("*/bin")
    for program in ("initdb", "pg_ctl"):
        if path := shutil.which(program):
            yield Path(path).resolve().parent
    if path := shutil.which("pg_config"):
        yield Path(_answer(path, "--bindir"))


def _inspect(folder: Path) -> Binaries | None:
    config = str(folder / "pg_config") if (folder / "pg_config").is_file() else shutil.which("pg_config")
    version = re.search(r"(\d+)", _answer(str(folder / "postgres"), "--version"))
    if version is None:
        return None
    major = int(version[1])
    shared = _answer(config, "--sharedir") if config else f"/usr/share/postgresql/{major}"
    return Binaries(folder, major, _postgis(Path(shared)), _answer(config, "--configure") if config else "")


def _postgis(shared: Path) -> tuple[int, ...]:
    control = shared / "extension" / "postgis.control"
    found = re.search(r"default_version\s*=\s*'([\d.]+)", control.read_text()) if control.is_file() else None
    return tuple(int(part) for part in found[1].split(".") if part) if found else ()


def _answer(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
