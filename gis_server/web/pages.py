"""Pages for people: Jinja templates with every value escaped, the frame in `pages/base.html`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from gis_server.paper.templates import templates
from gis_server.web.answers import address, validated

HERE = Path(__file__).parent / "pages"


def page(request: Request, folder: Path, name: str, content: Mapping[str, Any]) -> Response:
    """The template `folder/name.html` with its content; `at(path, …)` writes an address that keeps the caller's key."""

    def at(path: str, **query: object) -> str:
        return address(request, path, **query)

    body = (
        templates(folder, HERE)
        .get_template(f"{name}.html")
        .render(**content, at=at, map_parts=request.app.state.map_parts, view=request.state.view)
    )
    return validated(request, body.encode("utf-8", "replace"), "text/html; charset=utf-8", {})
