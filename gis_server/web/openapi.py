"""The OpenAPI 3.0 document: paths and parameters read from the routes, their words from `openapi.yaml`."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

from gis_server.catalog.words import read_yaml
from gis_server.web.strict import OPEN, parameters

WORDS = Path(__file__).parent / "openapi.yaml"
FREE: Mapping[str, Any] = {
    "name": "queryables",
    "in": "query",
    "required": False,
    "description": "Thuộc tính = giá trị, theo /queryables của lớp · Property = value, see the layer's /queryables",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}
"""OpenAPI's writing for parameters whose names depend on the layer."""


def openapi_document(routes: Iterable[object], server: str) -> dict[str, Any]:
    """The document for the routes that are meant for callers."""
    words = read_yaml(WORDS)
    shown = [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]
    return {
        "openapi": "3.0.3",
        "info": words["info"],
        "servers": [{"url": server}],
        "tags": words["tags"],
        "paths": _paths(shown, words),
        "components": {"schemas": {"Problem": words["problem"]}, "securitySchemes": _SCHEMES},
        "security": [{}, {"header": []}, {"address": []}],
    }


_SCHEMES: Mapping[str, Any] = {
    "header": {"type": "apiKey", "in": "header", "name": "Bando-Key"},
    "address": {"type": "apiKey", "in": "query", "name": "key"},
}


def _paths(routes: Iterable[APIRoute], words: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for route in routes:
        for method in sorted(route.methods or ()):
            found.setdefault(route.path_format, {})[method.lower()] = _operation(route, words)
    return found


def _operation(route: APIRoute, words: Mapping[str, Any]) -> dict[str, Any]:
    english = " ".join((route.description or "").split())
    vietnamese = words["operations"][route.path_format]
    body = words["bodies"].get(route.path_format) if "POST" in (route.methods or ()) else None
    return {
        **({"requestBody": {"required": True, "content": body}} if body else {}),
        "operationId": route.name,
        "tags": [str(tag) for tag in route.tags[-1:]],
        "summary": f"{_first_words(vietnamese)} · {_first_words(english)}",
        "description": f"{vietnamese}. · {english}",
        "parameters": _parameters(route, words["parameters"]),
        "responses": {
            "200": {"description": "Trả lời · Answer", "headers": _RELEASE, "content": _content(route, words)},
            "default": {
                "description": "Lỗi · Problem",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }


_RELEASE: Mapping[str, Any] = {
    "Bando-Release": {"description": "Lần công bố · Release", "schema": {"type": "integer"}},
}


def _parameters(route: APIRoute, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Keys are the document's `security`; everything else is listed once."""
    names = dict.fromkeys(parameters(route.dependant))
    found = [
        {"name": name, "in": where, "required": where == "path", **_words(route, f"{where}.{name}", known)}
        for where, name in names
        if where != "header" and name != "key"
    ]
    if not (route.openapi_extra or {}).get(OPEN):
        return found
    return [*found, {**FREE, **known.get(f"{route.path_format} free", {})}]


def _words(route: APIRoute, name: str, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of a parameter: of this route alone, or wherever it stands."""
    found: Mapping[str, Any] = known.get(f"{route.path_format} {name}") or known[name]
    return found


def _first_words(sentence: str) -> str:
    return re.split(r"[:.;] |\.$", sentence)[0]


def _content(route: APIRoute, words: Mapping[str, Any]) -> dict[str, Any]:
    kinds = words["answers"].get(route.path_format, ["application/json"])
    return {kind: {"schema": _schema(kind)} for kind in kinds}


def _schema(kind: str) -> dict[str, Any]:
    if "json" in kind:
        return {"type": "object"}
    return {"type": "string"} if kind.startswith("text/") else {"type": "string", "format": "binary"}
