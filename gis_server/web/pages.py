"""Pages for people: Jinja templates with every value escaped, the frame in `pages/base.html`."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from gis_server.paper.templates import templates
from gis_server.web.answers import address, base_url, validated
from gis_server.web.parameters import CITY_TIME
from gis_server.web.problems import Problem

HERE = Path(__file__).parent / "pages"
HTML_UTF8 = "text/html; charset=utf-8"


def page(request: Request, folder: Path, name: str, content: Mapping[str, Any]) -> Response:
    """The template `folder/name.html` with its content; `at(path, …)` writes an address that keeps the caller's key."""
    at = partial(address, request)
    return validated(request, _rendered(request, folder, name, {**content, "at": at}), HTML_UTF8, {})


def problem_page(request: Request, problem: Problem) -> Response:
    """What went wrong, with ways to go on. A key that opens nothing is not carried along."""
    at = partial(_elsewhere, request) if problem.status_code == HTTPStatus.UNAUTHORIZED else partial(address, request)
    body = _rendered(request, HERE, "problem", {"problem": problem.content, "at": at})
    kept = {name: value for name, value in problem.headers.items() if name not in ("content-length", "content-type")}
    return Response(body, problem.status_code, {**kept, "Vary": "Accept"}, HTML_UTF8)


def _elsewhere(request: Request, path: str, **query: object) -> str:
    asked = f"?{urlencode(query)}" if query else ""
    return f"{base_url(request)}{path}{asked}"


def _rendered(request: Request, folder: Path, name: str, content: Mapping[str, Any]) -> bytes:
    words = {"map_parts": partial(_map_parts, request), "day": day, "moment": moment}
    view = getattr(request.state, "view", None)  # nobody's yet where the key was not known
    return (
        templates(folder, HERE)
        .get_template(f"{name}.html")
        .render(**content, **words, view=view)
        .encode("utf-8", "replace")
    )


def _map_parts(request: Request) -> dict[str, str]:
    """What a map is made of, as this page writes it; nothing where the libraries were not installed."""
    up = "../" * (request.url.path.count("/") - 1)
    return {name: f"{up}{where}" for name, where in (request.app.state.map_parts() or {}).items()}


def day(written: str) -> str:
    """A day of the wire as Vietnamese write it: 30/09/2025."""
    return date.fromisoformat(written).strftime("%d/%m/%Y")


def moment(written: str) -> str:
    """A moment of the wire on the clocks of the city."""
    return datetime.fromisoformat(written).astimezone(CITY_TIME).strftime("%d/%m/%Y %H:%M")
