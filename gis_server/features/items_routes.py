"""Routes of features: pages of them, and one alone."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gis_server.catalog import Catalog
from gis_server.features import pages
from gis_server.features.asked import HTML_LIMIT, Asked, AskedDep, F, ShownDep
from gis_server.features.collections import GEOJSON
from gis_server.features.cost import refuse_dear
from gis_server.features.crs import Crs
from gis_server.features.edits.versions import versions_of
from gis_server.features.encodings import Form, FormDep
from gis_server.features.exports.office import Office, reading_of
from gis_server.features.exports.reading import MOST_ROWS, batch_sql
from gis_server.features.here import HereDep
from gis_server.features.items import Page, as_data, collection_json, item_json, read_item, read_page, release_asked
from gis_server.features.jsonfg import collection_jsonfg
from gis_server.features.means import Means, MeansDep
from gis_server.features.question import Conditions, Question
from gis_server.releases.edits import Sight
from gis_server.releases.snapshot import Snapshot
from gis_server.web.answers import json_answer, wants_html
from gis_server.web.asking import CatalogDep, note_release, reading
from gis_server.web.pages import page
from gis_server.web.strict import OPEN
from gis_server.web.when import read_when, release_at

PAGES = Path(__file__).parent / "pages"
router = APIRouter(tags=["features"])


@router.get("/collections/{collectionId}/items", openapi_extra={OPEN: True})
async def get_items(request: Request, asked: AskedDep, means: MeansDep, form: FormDep) -> Response:
    """Features in pages, `next` leads on within one release; or the whole layer as a table. `?ma=K12` filters."""
    if form.is_table:
        return await _table(request, asked, means, form)
    limit = HTML_LIMIT if form.name == "html" and "limit" not in request.query_params else asked.limit
    catalog: Catalog = request.app.state.catalog
    async with reading(request) as snap:
        found = await read_page(snap, asked, limit, catalog.crs.stored, means.settings.query_cost)
        matched = await _matched(snap, asked, found, means)
    note_release(request, found.release)
    question = asked.question
    if form.name == "html":
        onward = pages.next_page(request, question.layer, found.next, "html")
        return page(request, PAGES, "items", {**pages.items_content(request, question, found), "next": onward})
    links = pages.page_links(request, question.layer, found.next, form)
    body = (collection_jsonfg if form.name == "jsonfg" else collection_json)(question, found, links, matched)
    return json_answer(request, body, media_type=form.media_type, headers=_crs_header(question.crs))


async def _table(request: Request, asked: Asked, means: Means, form: Form) -> Response:
    """Whole, in the order of fid, and of one release."""
    office: Office = request.app.state.office
    async with reading(request) as snap:
        release = await release_asked(snap, asked)
        wanted = reading_of(asked, release, form, request.app.state.catalog.crs.stored)
        text, values = batch_sql(wanted, snap.release, wanted.after, MOST_ROWS)
        await refuse_dear(snap.conn, text, values, means.settings.query_cost)
    note_release(request, release)
    return await office.answer(request, wanted, form)


async def _matched(snap: Snapshot, asked: Asked, found: Page, means: Means) -> int | None:
    """How many features there are in all, where that is known without counting."""
    if found.next is None and asked.cursor is None:
        return len(found.features)
    if asked.question.conditions.texts or found.release != snap.release:
        return None
    layer = asked.question.layer
    return (await means.known.states.of(snap, asked.question.view, [layer]))[layer.id].rows


async def _item_question(here: HereDep, featureId: str, shown: ShownDep) -> Question:
    return Question(here.layer, here.view, shown, Conditions())


async def _version(snap: Snapshot, question: Question, feature: str, release: int) -> str:
    """Of the feature as it is shown: an edit says by it what it is meant for."""
    rows = question.rows(None if release == snap.release else release)
    sight = Sight(question.layer, question.view.layers[question.layer.id], rows)
    fid: int = as_data(feature)["id"]
    return (await versions_of(snap, sight, [fid]))[fid]


ItemDep = Annotated[Question, Depends(_item_question)]


@router.get("/collections/{collectionId}/items/{featureId}")
async def get_item(
    request: Request, catalog: CatalogDep, question: ItemDep, release: str | None = None, f: F = None
) -> Response:
    """One feature by its fid; as it was in an earlier release with `release`."""
    layer, fid = question.layer, request.path_params["featureId"]
    when = read_when(release)
    async with reading(request) as snap:
        number = await release_at(snap, [layer], when)
        feature = await read_item(snap, question, fid, number, catalog.crs.stored)
        version = await _version(snap, question, feature, number)
    note_release(request, number)
    if wants_html(request, f):
        return page(request, PAGES, "item", pages.item_content(catalog, layer, feature, number))
    body = item_json(feature, pages.item_links(request, layer, fid))
    return json_answer(request, body, media_type=GEOJSON, headers=_crs_header(question.crs), version=version)


def _crs_header(crs: Crs) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}
