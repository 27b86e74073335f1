"""The OpenAPI 3.0 document: paths and parameters read from the routes, their words from `openapi.yaml`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

from gis_server.catalog.words import read_yaml
from gis_server.web.openapi_answers import ANSWERS, Answers
from gis_server.web.strict import OPEN, parameters

WORDS = Path(__file__).parent / "openapi.yaml"
FREE: Mapping[str, Any] = {
    "name": "queryables",
    "in": "query",
    "required": False,
    "description": "Thuộc tính = giá trị, theo /queryables của lớp · Property = value; see the layer's /queryables",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}
"""OpenAPI's writing for parameters whose names depend on the layer."""
FORMS: Mapping[str, str] = {
    "application/json": "json",
    "application/geo+json": "json",
    "text/html": "html",
    "text/csv": "csv",
    "application/pdf": "pdf",
}
"""What `f=` says for a kind of answer; routes with more of them say so themselves."""


def openapi_document(routes: Iterable[object], server: str) -> dict[str, Any]:
    """The document for the routes that are meant for callers."""
    words = said(WORDS)
    answers = Answers(words["answers"], said(ANSWERS))
    shown = [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]
    return {
        "openapi": "3.0.3",
        "info": words["info"],
        "servers": [{"url": server}],
        "tags": words["tags"],
        "paths": _paths(shown, words, answers),
        "components": {
            "schemas": {"Problem": words["problem"], **answers.schemas},
            "responses": answers.shared,
            "securitySchemes": _SCHEMES,
        },
        "security": [{}, {"header": []}, {"address": []}],
    }


@cache
def said(file: Path) -> dict[str, Any]:
    """Reading these words takes longer than all the rest, and clients ask for the document whenever they connect."""
    found: dict[str, Any] = read_yaml(file)
    return found


_SCHEMES: Mapping[str, Any] = {
    "header": {"type": "apiKey", "in": "header", "name": "Bando-Key"},
    "address": {"type": "apiKey", "in": "query", "name": "key"},
}


def _paths(routes: Iterable[APIRoute], words: Mapping[str, Any], answers: Answers) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for route in routes:
        for method in sorted(route.methods or ()):
            found.setdefault(route.path_format, {})[method.lower()] = _operation(route, method, words, answers)
    return found


def _operation(route: APIRoute, method: str, words: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """What is said of a method alone stands under `METHOD path`, what is said of its path under the path."""
    english, own = " ".join((route.description or "").split()), f"{method} {route.path_format}"
    vietnamese = words["operations"].get(own) or words["operations"][route.path_format]
    body = words["bodies"].get(own) or (words["bodies"].get(route.path_format) if method == "POST" else None)
    return {
        **({"requestBody": {"required": True, "content": body}} if body else {}),
        "operationId": route.name,
        "tags": [str(tag) for tag in route.tags[-1:]],
        "summary": f"{_first_words(vietnamese)} · {_first_words(english)}",
        "description": f"{vietnamese}. · {english}",
        "parameters": [*_parameters(route, words["parameters"], answers), *words["headers"].get(own, [])],
        "responses": answers.of(route, method),
    }


def _parameters(route: APIRoute, known: Mapping[str, Any], answers: Answers) -> list[dict[str, Any]]:
    """Keys are the document's `security`; everything else is listed once."""
    forms = [FORMS[kind] for kind in answers.kinds_of(route.path_format) if kind in FORMS]
    known = {**known, "query.f": {**known["query.f"], "schema": {"type": "string", "enum": forms}}}
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
