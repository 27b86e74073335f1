"""What routes ask for: the catalog, the settings, the caller's view, and a reading of one release."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
from fastapi import Depends, Request

from gis_server.access.views import View
from gis_server.access.who import Caller
from gis_server.catalog import Catalog
from gis_server.errors import Busy
from gis_server.releases.snapshot import Snapshot, snapshot
from gis_server.settings import Settings

__all__ = ["Caller", "CatalogDep", "SettingsDep", "View", "note_release", "pool_of", "reading"]


async def _catalog(request: Request) -> Catalog:
    catalog: Catalog = request.app.state.catalog
    return catalog


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


CatalogDep = Annotated[Catalog, Depends(_catalog)]
SettingsDep = Annotated[Settings, Depends(_settings)]


def pool_of(request: Request) -> asyncpg.Pool:
    pool: asyncpg.Pool | None = request.app.state.pool
    if pool is None:
        raise busy()
    return pool


@asynccontextmanager
async def reading(request: Request) -> AsyncIterator[Snapshot]:
    """One release to read from; the answer will carry its number."""
    async with snapshot(pool_of(request)) as snap:
        note_release(request, snap.release)
        yield snap


def note_release(request: Request, release: int) -> None:
    """The release that this answer tells of; also the newest this worker has heard of."""
    request.state.release = release
    request.app.state.release = max(release, request.app.state.release)


def busy() -> Busy:
    return Busy(
        "Cơ sở dữ liệu đang bận hoặc tạm ngừng; hãy thử lại sau vài giây.",
        "The database is busy or away; try again in a few seconds.",
    )
