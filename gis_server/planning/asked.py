"""Turns the parameters of a dossier request into what it is read from and about, refusing what cannot be answered."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.errors import BadRequest
from gis_server.planning.dossier import Content, Edition, dossiers, edition
from gis_server.planning.manifest import Manifest
from gis_server.planning.maps import Sheet, read_sheets
from gis_server.planning.statements import Reading
from gis_server.planning.subject import Subject
from gis_server.releases.snapshot import Snapshot
from gis_server.web.answers import wants_html
from gis_server.web.asking import Caller, CatalogDep, note_release, reading
from gis_server.web.when import When, read_when, release_at

Lang = Literal["vi", "en"]


@dataclass(frozen=True)
class Form:
    """How a dossier is wanted; paper is in one language, the others in both."""

    kind: Literal["json", "html", "pdf"]
    lang: Lang


async def _form(request: Request, f: str | None = None, lang: str | None = None) -> Form:
    """`f=` wins, else what `Accept` prefers, else JSON."""
    if f not in (None, "json", "html", "pdf"):
        raise BadRequest(f"f={f[:20]}: chọn json, html hoặc pdf.", f"f={f[:20]}: choose json, html or pdf.")
    if lang not in (None, "vi", "en"):
        raise BadRequest(f"lang={lang[:20]}: chọn vi hoặc en.", f"lang={lang[:20]}: choose vi or en.")
    language: Lang = "en" if lang == "en" else "vi"
    if f == "pdf":
        return Form("pdf", language)
    return Form("html" if wants_html(request, f) else "json", language)


FormDep = Annotated[Form, Depends(_form)]


@dataclass(frozen=True)
class Desk:
    """What every dossier needs, whoever asks and about whatever."""

    catalog: Catalog
    manifest: Manifest
    places: Places
    view: View
    when: When


async def _desk(request: Request, catalog: CatalogDep, view: Caller, release: str | None = None) -> Desk:
    state = request.app.state
    view.layer(catalog, state.manifest.file.parcels.layer)
    return Desk(catalog, state.manifest, state.places, view, read_when(release))


DeskDep = Annotated[Desk, Depends(_desk)]


@dataclass(frozen=True)
class Opened:
    """A desk at work: one snapshot, one release."""

    snap: Snapshot
    reading: Reading
    edition: Edition


@asynccontextmanager
async def opened(request: Request, desk: Desk) -> AsyncIterator[Opened]:
    """The release that is asked for, to be read from; the answer will carry its number."""
    async with reading(request) as snap:
        layers = desk.manifest.layers(desk.catalog, desk.view)
        number = await release_at(snap, layers, desk.when)
        note_release(request, number)
        earlier = None if number == snap.release else number
        of = await edition(snap, number)
        rasters = request.app.state.settings.rasters_folder
        yield Opened(snap, Reading(desk.catalog, desk.manifest, desk.places, desk.view, earlier, rasters), of)


@dataclass(frozen=True)
class Written:
    """A dossier, and its maps where its form has maps."""

    form: Form
    content: Content
    sheets: Sequence[Sheet] = ()


async def write(at: Opened, subject: Subject, form: Form) -> Written:
    """Reads all that the form needs, so that the connection is free before anything is drawn."""
    (content,) = await dossiers(at.snap, at.reading, at.edition, [subject])
    if form.kind == "json":
        return Written(form, content)
    return Written(form, content, await read_sheets(at.snap, at.reading, at.edition, content))


def read_grid(catalog: Catalog, grid: str | None) -> int | None:
    """The grid that corners are written in."""
    known = {str(srid): srid for srid in catalog.crs.file.grids}
    if grid is not None and grid not in known:
        raise BadRequest(
            f"grid = “{grid[:20]}”: không có lưới tọa độ này; có: {', '.join(known)}.",
            f"grid = “{grid[:20]}”: there is no such grid; there are: {', '.join(known)}.",
        )
    return None if grid is None else known[grid]
