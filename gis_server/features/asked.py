"""Turns the parameters of an items request into a question, refusing what cannot be answered."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from gis_server.access.views import View
from gis_server.catalog import Layer
from gis_server.features.collections import has_time
from gis_server.features.crs import read_crs
from gis_server.features.cursor import Cursor, read_cursor
from gis_server.features.filters import RESERVED, Filter, filterable, where_equal, where_filter
from gis_server.features.here import Here, HereDep
from gis_server.features.parameters import read_bbox, read_interval
from gis_server.features.question import Conditions, Question, Shown, during, within
from gis_server.features.sorting import read_order
from gis_server.web.parameters import read_limit, read_whole, refused
from gis_server.web.place import AreaDep, within_area
from gis_server.web.strict import refuse
from gis_server.web.when import When, read_when

HTML_LIMIT = 50
"""Rows of a page that people read, unless they ask for more."""


F = Annotated[str | None, Query()]


@dataclass(frozen=True)
class Where:
    """The parameters that say which features, as they were written."""

    bbox: str | None
    bbox_crs: str | None
    datetime: str | None


async def _where(
    bbox: str | None = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs")] = None,
    datetime: str | None = None,
) -> Where:
    return Where(bbox, bbox_crs, datetime)


@dataclass(frozen=True)
class Filtering:
    """The parameters of a CQL2 filter, as they were written."""

    text: str | None
    language: str | None
    crs: str | None


async def _filtering(
    filter: str | None = None,
    filter_lang: Annotated[str | None, Query(alias="filter-lang")] = None,
    filter_crs: Annotated[str | None, Query(alias="filter-crs")] = None,
) -> Filtering:
    return Filtering(filter, filter_lang, filter_crs)


async def _shown(
    here: HereDep,
    crs: str | None = None,
    properties: str | None = None,
    skip_geometry: Annotated[str | None, Query(alias="skipGeometry")] = None,
) -> Shown:
    if skip_geometry not in (None, "true", "false"):
        raise refused("skipGeometry", skip_geometry, "true hoặc false", "true or false")
    fields = read_fields(properties, here.layer, here.view)
    return Shown(read_crs("crs", crs, here.stored), fields, skip_geometry != "true")


WhereDep = Annotated[Where, Depends(_where)]
FilteringDep = Annotated[Filtering, Depends(_filtering)]
ShownDep = Annotated[Shown, Depends(_shown)]


@dataclass(frozen=True)
class Paging:
    """How many features, beginning where, in which order."""

    limit: str | None
    cursor: str | None
    release: str | None
    sortby: str | None
    after: str | None


async def _paging(
    limit: str | None = None,
    cursor: str | None = None,
    release: str | None = None,
    sortby: str | None = None,
    after: str | None = None,
) -> Paging:
    return Paging(limit, cursor, release, sortby, after)


PagingDep = Annotated[Paging, Depends(_paging)]


@dataclass(frozen=True)
class Asked:
    """A question for a page of features."""

    question: Question
    limit: int
    """Of a page."""
    most: int | None
    """Of a table: None is all of it."""
    cursor: Cursor | None
    when: When


async def _conditions(
    request: Request, here: HereDep, where: WhereDep, filtering: FilteringDep, area: AreaDep
) -> Conditions:
    names = [name for name, _ in request.query_params.multi_items()]
    fields = filterable(here.layer, here.view)
    refuse(names, RESERVED | frozenset(fields))
    conditions = _placed(here, where)
    if area is not None:
        conditions.add(within_area(area, conditions.bind([*area.fids])))
    where_equal(conditions, here.layer, {name: request.query_params[name] for name in names if name in fields})
    filter_crs = read_crs("filter-crs", filtering.crs, here.stored)
    if filtering.text is not None:
        where_filter(conditions, here, Filter(filtering.text, filtering.language, filter_crs))
    return conditions


ConditionsDep = Annotated[Conditions, Depends(_conditions)]


async def _page_asked(here: HereDep, conditions: ConditionsDep, shown: ShownDep, paging: PagingDep) -> Asked:
    order = read_order(paging.sortby, here.layer, here.view)
    cursor = read_cursor(paging.cursor, here.layer.id, order)
    after = read_whole("after", paging.after, -1)
    if after >= 0:
        conditions.add(f"served.fid > {conditions.bind(after)}")
    question = Question(here.layer, here.view, shown, conditions, order)
    limit, most = read_limit(paging.limit), None if paging.limit is None else read_limit(paging.limit, most=2**31)
    return Asked(question, limit, most, cursor, read_when(paging.release))


AskedDep = Annotated[Asked, Depends(_page_asked)]


def read_fields(text: str | None, layer: Layer, view: View) -> tuple[str, ...]:
    """The fields of `properties=a,b`, in the order of the layer; all that the caller sees when it is not given."""
    visible = view.layers[layer.id]
    if text is None:
        return visible
    asked = text.split(",") if text else []
    unknown = [name for name in asked if name not in visible]
    if unknown:
        known = ", ".join(visible)
        raise refused("properties", unknown[0], f"tên trường: {known}", f"names of fields: {known}")
    return tuple(name for name in visible if name in asked)


def _placed(here: Here, where: Where) -> Conditions:
    conditions = Conditions()
    box_crs = read_crs("bbox-crs", where.bbox_crs, here.stored)
    within(conditions, here.catalog.crs, read_bbox(where.bbox, box_crs), box_crs)
    interval = read_interval(where.datetime)
    if interval is not None and has_time(here.layer, here.view):  # without times all are always in force (§7.15.4)
        during(conditions, interval, here.layer)
    return conditions
