"""Turns the parameters of an items request into a question, refusing what cannot be answered."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from gis_server.access.views import View
from gis_server.catalog import Catalog, Layer
from gis_server.features.collections import has_time
from gis_server.features.crs import read_crs
from gis_server.features.cursor import Cursor, read_cursor
from gis_server.features.filters import RESERVED, filterable, where_equal
from gis_server.features.parameters import DEFAULT_LIMIT, read_bbox, read_interval, read_limit
from gis_server.features.question import Conditions, Question, during, within
from gis_server.features.when import When, read_when
from gis_server.web.asking import Caller, CatalogDep
from gis_server.web.place import AreaDep, within_area
from gis_server.web.strict import refuse

HTML_LIMIT = 50
"""Rows of a page that people read, unless they ask for more."""


async def _layer(catalog: CatalogDep, view: Caller, collectionId: str) -> Layer:
    return view.layer(catalog, collectionId)


LayerDep = Annotated[Layer, Depends(_layer)]
F = Annotated[str | None, Query()]


@dataclass(frozen=True)
class Where:
    """The parameters that say which features, as they were written."""

    bbox: str | None
    bbox_crs: str | None
    datetime: str | None
    crs: str | None


async def _where(
    bbox: str | None = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs")] = None,
    datetime: str | None = None,
    crs: str | None = None,
) -> Where:
    return Where(bbox, bbox_crs, datetime, crs)


@dataclass(frozen=True)
class Paging:
    """How many features, beginning where."""

    limit: str | None
    cursor: str | None
    release: str | None


async def _paging(limit: str | None = None, cursor: str | None = None, release: str | None = None) -> Paging:
    return Paging(limit, cursor, release)


WhereDep = Annotated[Where, Depends(_where)]
PagingDep = Annotated[Paging, Depends(_paging)]


@dataclass(frozen=True)
class Asked:
    """A question for a page of features."""

    question: Question
    limit: int
    cursor: Cursor | None
    when: When


async def _asked(request: Request, catalog: CatalogDep, layer: LayerDep, where: WhereDep, area: AreaDep) -> Question:
    view: View = request.state.view
    names = [name for name, _ in request.query_params.multi_items()]
    fields = filterable(layer, view)
    refuse(names, RESERVED | frozenset(fields))
    conditions = _conditions(catalog, view, layer, where)
    if area is not None:
        conditions.add(within_area(area, conditions.bind([*area.fids])))
    where_equal(conditions, layer, {name: request.query_params[name] for name in names if name in fields})
    return Question(layer, view, read_crs("crs", where.crs, catalog.crs.stored), conditions)


QuestionDep = Annotated[Question, Depends(_asked)]


async def _page_asked(layer: LayerDep, question: QuestionDep, paging: PagingDep) -> Asked:
    cursor = read_cursor(paging.cursor, layer.id)
    return Asked(question, read_limit(paging.limit, DEFAULT_LIMIT), cursor, read_when(paging.release))


AskedDep = Annotated[Asked, Depends(_page_asked)]


def _conditions(catalog: Catalog, view: View, layer: Layer, where: Where) -> Conditions:
    conditions = Conditions()
    box_crs = read_crs("bbox-crs", where.bbox_crs, catalog.crs.stored)
    within(conditions, read_bbox(where.bbox, box_crs), box_crs)
    interval = read_interval(where.datetime)
    if interval is not None and has_time(layer, view):  # without times every feature is always in force (§7.15.4)
        during(conditions, interval, layer)
    return conditions
