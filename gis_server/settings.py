"""Everything that differs between two machines, read from the environment (`BANDO_…`) and passed in, never global."""

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gis_server.errors import SettingInvalid

HOME = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings of one installation; every field is an environment variable with the prefix `BANDO_`."""

    model_config = SettingsConfigDict(env_prefix="BANDO_", frozen=True)

    home: Path = HOME
    """The folder with `layers/` and `styles/`."""
    state: Path | None = None
    """Where the embedded cluster, logs and keys live; `.bando/` in `home` unless given."""
    rasters: Path | None = None
    """Cloud-Optimised GeoTIFFs, named by their content; `rasters/` in the state folder unless given."""
    archives: Path | None = None
    """Archives of tiles that others made (PMTiles); `archives/` in the state folder unless given."""
    database_url: str | None = None
    """An existing PostgreSQL instead of the embedded one, as `postgresql://user@host/db`."""
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    workers: int = Field(2, ge=1)
    public_url: str | None = None
    """The address people use, as `https://bando.example.vn`, when a proxy stands in front; else what they asked for."""
    keys_file: Path | None = None
    """Hashed caller keys → views; `keys.yaml` in the state folder unless given."""
    signing_key: Path | None = None
    """The Ed25519 key (PEM) that signs printed dossiers; `signing.pem` in the state folder unless given."""
    anonymous_view: str = "public"
    """The view of callers without a key; anything but `public` is accepted on a loopback address only."""
    statement_timeout_ms: int = Field(5_000, ge=1)
    query_cost: float = 3_000_000
    """The dearest question about features that is answered, in PostgreSQL's estimate (1 is a page read in a row)."""
    exports_mb: int = Field(4_096, ge=0)
    """The most that tables made for callers may take on disk, in MiB."""
    pool_size: int = Field(8, ge=1)
    """Database connections of one worker."""
    edits: bool = False
    """Whether features are edited over HTTP; the service may then write as `bando_load`."""
    tile_store_mb: int = Field(2_048, ge=0)
    """The most that drawn tiles may take on disk, in MiB; 0 keeps none."""

    image_workers: int = Field(1, ge=0)
    """Processes that draw map pictures for one worker, begun when a picture is asked for; 0 draws none."""

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise _unusable(error) from error

    @property
    def state_folder(self) -> Path:
        return self.state or self.home / ".bando"

    @property
    def rasters_folder(self) -> Path:
        return self.rasters or self.state_folder / "rasters"

    @property
    def archives_folder(self) -> Path:
        return self.archives or self.state_folder / "archives"

    @property
    def signing_key_file(self) -> Path:
        return self.signing_key or self.state_folder / "signing.pem"

    @property
    def layers_folder(self) -> Path:
        return self.home / "layers"

    @property
    def styles_folder(self) -> Path:
        return self.home / "styles"

    @property
    def glyphs_folder(self) -> Path:
        """Made by `tools/setup` from the system's fonts."""
        return self.home / "build" / "glyphs"


def _unusable(error: ValidationError) -> SettingInvalid:
    """Every value that cannot be used, by its variable."""
    wrong = [(f"BANDO_{str(one['loc'][0]).upper()}={one['input']}", one["msg"]) for one in error.errors()]
    values, reasons = [given for given, _ in wrong], [f"{given}: {why}" for given, why in wrong]
    return SettingInvalid(
        f"Cấu hình không dùng được: {'; '.join(values)}. Xem docs/operations.md.",
        f"Settings that cannot be used: {'; '.join(reasons)}. See docs/operations.md.",
    )
