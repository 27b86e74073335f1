"""Answers: JSON with validators, links that carry the caller's key along, and the choice between JSON and HTML."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from fastapi import Request
from starlette.responses import Response

from gis_server.access.views import View
from gis_server.errors import BadRequest

Link = dict[str, str]
JSON = "application/json"
HTML = "text/html"


def base_url(request: Request) -> str:
    """The service's address as the caller should write it, without a slash at the end."""
    given: str | None = request.app.state.settings.public_url
    return (given or f"{request.url.scheme}://{request.headers.get('host', 'localhost')}").rstrip("/")


def address(request: Request, path: str, **query: object) -> str:
    """An address of this service. A key that came in the address goes along, or the link would not open."""
    given = {name: value for name, value in query.items() if value is not None}
    if "key" in request.query_params:
        given["key"] = request.query_params["key"]
    asked = f"?{urlencode(given, safe=',:/')}" if given else ""
    return f"{base_url(request)}{quote(path, safe='/{}.')}{asked}"


def link(href: str, rel: str, type_: str, title: str = "") -> Link:
    found = {"href": href, "rel": rel, "type": type_}
    return {**found, "title": title} if title else found


def json_answer(
    request: Request,
    content: Any,
    *,
    media_type: str = JSON,
    headers: Mapping[str, str] | None = None,
    version: str | None = None,
) -> Response:
    """JSON of the caller's view, 304 when the caller has it already; `version` of a feature stands in its ETag."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    etag = etag_of(body) if version is None else f'"v{version}.{etag_of(body)[1:]}'
    return validated(request, body, media_type, {"ETag": etag, **(headers or {})})


def validated(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """An answer with a strong validator, made of its bytes unless `headers` bring one."""
    etag = headers.get("ETag") or etag_of(body)
    given = {"ETag": etag, **cache_headers(request.state.view), **headers}
    if is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=given)
    return Response(body, headers=given, media_type=media_type)


def etag_of(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """RFC 9110 §13.1.2: the weak comparison of a list of tags, or `*`."""
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags


def cache_headers(view: View) -> dict[str, str]:
    """Keep a copy but ask before using it: a published change is seen at once, an unchanged answer costs a 304."""
    scope = "public" if view.is_public else "private"
    return {"Cache-Control": f"{scope}, no-cache", "Vary": "Bando-Key, Origin, Accept"}


def wants_html(request: Request, f: str | None) -> bool:
    """`f=` wins; else the first of HTML and JSON that `Accept` prefers; else JSON."""
    if f is not None:
        if f not in ("json", "html"):
            raise BadRequest(f"f={f[:20]}: chọn json hoặc html.", f"f={f[:20]}: choose json or html.")
        return f == "html"
    return prefers_html(request.headers.get("accept", ""))


def prefers_html(accept: str) -> bool:
    """Whether an `Accept` would rather have HTML than JSON, as browsers' do."""
    weights = {"html": 0.0, "json": 0.0}
    for part in accept.lower().split(",")[:50]:
        kind, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        if kind in (HTML, "application/xhtml+xml"):
            weights["html"] = max(weights["html"], weight)
        elif kind in (JSON, "application/geo+json") or kind.endswith("+json"):
            weights["json"] = max(weights["json"], weight)
    return weights["html"] > weights["json"]


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
