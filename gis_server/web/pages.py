"""Pages for people: Jinja templates with every value escaped, the frame in `pages/base.html`."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from gis_server.paper.templates import templates
from gis_server.web.answers import address, validated
from gis_server.web.parameters import CITY_TIME

HERE = Path(__file__).parent / "pages"


def page(request: Request, folder: Path, name: str, content: Mapping[str, Any]) -> Response:
    """The template `folder/name.html` with its content; `at(path, …)` writes an address that keeps the caller's key."""

    def at(path: str, **query: object) -> str:
        return address(request, path, **query)

    words = {"at": at, "map_parts": request.app.state.map_parts, "day": day, "moment": moment}
    template = templates(folder, HERE).get_template(f"{name}.html")
    body = template.render(**content, **words, view=request.state.view)
    return validated(request, body.encode("utf-8", "replace"), "text/html; charset=utf-8", {})


def day(written: str) -> str:
    """A day of the wire as Vietnamese write it: 30/09/2025."""
    return date.fromisoformat(written).strftime("%d/%m/%Y")


def moment(written: str) -> str:
    """A moment of the wire on the clocks of the city."""
    return datetime.fromisoformat(written).astimezone(CITY_TIME).strftime("%d/%m/%Y %H:%M")
