"""The viewer's own files and the browser libraries: an allow-list, read once, kept by browsers for good by version."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from gis_server.errors import AssetsMissing

VIEWER: Final = Path(__file__).parent / "viewer"
VENDOR: Final[Mapping[str, tuple[str, ...]]] = {
    "maplibre-gl": ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"),
    "proj4": ("proj4.js",),
    "pmtiles": ("pmtiles.js",),
}
"""Files of `node_modules/<package>/dist` that are served; nothing else of node_modules ever is."""
MEDIA: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire."""

    body: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes:
        """Compressed when first asked for, then kept."""
        return gzip.compress(self.body, 9, mtime=0)

    @cached_property
    def etag(self) -> str:
        return f'"{_digest(self.body)}"'


@dataclass(frozen=True)
class Assets:
    """Every file a browser may fetch under `/assets/`, by its path there."""

    files: Mapping[str, Asset]
    bases: Mapping[str, str]
    """`viewer`, `maplibre-gl`, `proj4` → the folder of their files, version included."""
    template: str

    def url(self, package: str, file: str) -> str:
        """From where the service stands, which may be below a path."""
        return f"assets/{self.bases[package]}/{file}"

    def today(self, path: str) -> str | None:
        """Where a library's file is now, for pages of others, which write `vendor/maplibre-gl/maplibre-gl.mjs`."""
        folder, _, name = path.rpartition("/")
        package = folder.removeprefix("vendor/")
        return self.url(package, name) if folder == f"vendor/{package}" and name in VENDOR.get(package, ()) else None

    @property
    def modules(self) -> list[str]:
        """The viewer's own modules, to be fetched at once instead of one after the other."""
        own = f"{self.bases['viewer']}/"
        return [f"assets/{path}" for path in self.files if path.startswith(own) and path.endswith(".js")]


def read_assets(home: Path) -> Assets:
    """Reads the viewer beside this module and what `npm ci` put into `home`; AssetsMissing without it."""
    own = _folder(VIEWER, [path.name for path in sorted(VIEWER.iterdir()) if path.suffix in MEDIA])
    bases = {"viewer": f"viewer/{_version_of(own)}"}
    files = {f"{bases['viewer']}/{name}": asset for name, asset in own.items()}
    for package, names in VENDOR.items():
        folder = home / "node_modules" / package
        bases[package] = f"vendor/{package}/{_installed(folder)}"
        files |= {f"{bases[package]}/{name}": asset for name, asset in _folder(folder / "dist", names).items()}
    return Assets(files, bases, (VIEWER / "index.html").read_text(encoding="utf-8"))


def _folder(folder: Path, names: list[str] | tuple[str, ...]) -> dict[str, Asset]:
    return {name: Asset(_read(folder / name), MEDIA[Path(name).suffix]) for name in names}


def _installed(folder: Path) -> str:
    version: str = json.loads(_read(folder / "package.json"))["version"]
    return version


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AssetsMissing(
            f"Thiếu {path}: chưa cài thư viện của trang bản đồ. Hãy chạy “npm ci” trong thư mục có package.json.",
            f"{path} is missing: the viewer's libraries are not installed. Run “npm ci” in the folder of package.json.",
        ) from None


def _version_of(files: Mapping[str, Asset]) -> str:
    return _digest(b"".join(name.encode() + asset.body for name, asset in files.items()))[:12]


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()
