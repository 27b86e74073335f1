"""The key file: SHA-256 of a caller's key → view and label. The keys themselves are never stored."""

import hashlib
import os
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gis_server.catalog.words import read_yaml
from gis_server.errors import SettingInvalid
from gis_server.settings import Settings

HASH = re.compile(r"[0-9a-f]{64}")
HEADER = (
    "# SHA-256 của khóa truy cập → khung nhìn · SHA-256 of an access key → view. "
    "Thêm bằng / add with: bando key add LABEL --view VIEW\n"
)


class KeyHolder(BaseModel):
    """Whose key it is, and what it opens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: str
    label: str = Field(min_length=1, max_length=200)
    roles: list[str] = Field(default_factory=list)
    """In whose name the holder may edit (`layers/_editors.yaml`)."""


@dataclass(frozen=True)
class _Stamp:
    """Tells one version of the file from the next."""

    modified_ns: int
    size: int
    inode: int


class KeyFile:
    """Reads the key file again whenever it changed, so that a removed key stops working at once."""

    def __init__(self, path: Path, views: Collection[str]) -> None:
        self.path = path
        self._views = views
        self._stamp: _Stamp | None = None
        self._holders: Mapping[str, KeyHolder] = {}

    def holders(self) -> Mapping[str, KeyHolder]:
        """Hash → holder. A file that cannot be read raises SettingInvalid: nobody keeps a right by accident."""
        stamp = _stamp_of(self.path)
        if stamp != self._stamp:
            self._holders = {} if stamp is None else read_keys(self.path, self._views)
            self._stamp = stamp
        return self._holders

    def find(self, key: str) -> KeyHolder | None:
        return self.holders().get(hash_of(key))


def keys_path(settings: Settings) -> Path:
    return settings.keys_file or settings.state_folder / "keys.yaml"


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def read_keys(path: Path, views: Collection[str]) -> dict[str, KeyHolder]:
    try:
        holders = TypeAdapter(dict[str, KeyHolder]).validate_python(read_yaml(path) or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise _invalid(path, " ".join(str(error).split())) from error
    for hashed, holder in holders.items():
        if not HASH.fullmatch(hashed):
            raise _invalid(path, f"{hashed[:80]}: not a SHA-256 (64 lower-case hexadecimal digits)")
        if holder.view not in views:
            raise _invalid(path, f"{holder.label}: there is no view “{holder.view}” in layers/_views.yaml")
    return holders


def add_key(path: Path, holder: KeyHolder, views: Collection[str]) -> str:
    """A new key for a holder: returned once, stored only as its hash."""
    holders = read_keys(path, views) if path.exists() else {}
    key = f"bando_{secrets.token_urlsafe(32)}"
    _write(path, {**holders, hash_of(key): holder})
    return key


def remove_keys(path: Path, label: str, views: Collection[str]) -> int:
    """Remove every key of a label; how many there were."""
    holders = read_keys(path, views) if path.exists() else {}
    kept = {hashed: holder for hashed, holder in holders.items() if holder.label != label}
    if len(kept) < len(holders):
        _write(path, kept)
    return len(holders) - len(kept)


def _write(path: Path, holders: Mapping[str, KeyHolder]) -> None:
    """Replace the file in one step, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {hashed: holder.model_dump(exclude_defaults=True) for hashed, holder in holders.items()}
    with NamedTemporaryFile("w", dir=path.parent, prefix=".keys-", delete=False, encoding="utf-8") as file:
        file.write(HEADER + yaml.safe_dump(rows, allow_unicode=True, sort_keys=False))
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def _stamp_of(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _invalid(path, str(error)) from error
    return _Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def _invalid(path: Path, reason: str) -> SettingInvalid:
    return SettingInvalid(f"Tệp khóa {path} không dùng được: {reason}", f"The key file {path} cannot be used: {reason}")
