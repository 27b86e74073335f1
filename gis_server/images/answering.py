"""A picture as an answer: known to the caller already, or drawn now, of one release from edge to edge."""

from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

from gis_server.images.composing import Composition, Wanted
from gis_server.images.job import MEDIA, Job
from gis_server.images.studio import Subject
from gis_server.images.subjects import States, studio_of, subject_of
from gis_server.images.suppliers import Moved
from gis_server.web.answers import cache_headers, is_known
from gis_server.web.asking import View
from gis_server.web.when import NEWEST, When

TRIES = 3
Planned = Callable[[Composition, States], Job]
"""From what is drawn and the state of its layers to the picture, which may tell of both."""


async def picture_answer(
    request: Request, view: View, wanted: Wanted, planned: Planned, when: When = NEWEST
) -> Response:
    """Begun anew when a release comes in between."""
    for _ in range(TRIES - 1):
        try:
            return await _answer(request, view, wanted, planned, when)
        except Moved:
            continue
    return await _answer(request, view, wanted, planned, when)


async def _answer(request: Request, view: View, wanted: Wanted, planned: Planned, when: When) -> Response:
    subject, states = await subject_of(request, view, wanted, when)
    return await _drawn(request, subject, planned(subject.composition, states))


async def _drawn(request: Request, subject: Subject, job: Job) -> Response:
    studio = studio_of(request)
    headers = {"ETag": f'"{studio.name(subject, job)}"', **cache_headers(subject.view)}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(await studio.picture(subject, job), headers=headers, media_type=MEDIA[job.form])
