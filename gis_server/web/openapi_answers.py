"""The answers of each operation in the OpenAPI document: what 200 holds, and every other status by name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

ANSWERS = Path(__file__).parent / "openapi_answers.yaml"
GEOJSON = ("application/json", "application/geo+json")
RELEASE: Mapping[str, Any] = {
    "Bando-Release": {"description": "Số bản công bố · Release number", "schema": {"type": "integer"}},
}
EMPTY = ("204", "303", "304")
_PROBLEM: Mapping[str, Any] = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    "text/html": {"schema": {"type": "string"}},
}


class Answers:
    """What is said of answers: media types by path, and the words of `openapi_answers.yaml`."""

    def __init__(self, kinds: Mapping[str, Sequence[str]], said: Mapping[str, Any]) -> None:
        self.kinds, self.said = kinds, said

    @property
    def schemas(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.said["schemas"]
        return found

    @property
    def shared(self) -> dict[str, Any]:
        """The answers that many operations give, for `components`."""
        problems = {name: {**one, "content": _PROBLEM} for name, one in self.said["statuses"].items()}
        empty = {name: {**self.said["statuses"][name], "headers": RELEASE} for name in EMPTY}
        return {**problems, **empty}

    def kinds_of(self, path: str) -> Sequence[str]:
        """Media types of a path's answer."""
        return self.kinds.get(path, ["application/json"])

    def of(self, route: APIRoute, method: str) -> dict[str, Any]:
        """By status, the most wanted first."""
        path, own = route.path_format, f"{method} {route.path_format}"
        shape = self.said["shapes"].get(path)
        content = {kind: {"schema": _schema(kind, shape)} for kind in self.kinds.get(own) or self.kinds_of(path)}
        status = self.said["success"].get(own, "200")
        answer = {"description": "Trả lời · Response", "headers": RELEASE}
        good = {status: answer if status == "204" else {**answer, "content": content}}
        others = [one for one in self._others(path, method) if one != status]
        return {**good, **{name: self._other(path, name) for name in others}}

    def _other(self, path: str, status: str) -> dict[str, Any]:
        """An answer like everywhere, or one of a path that tells faults in forms of its own."""
        forms = self.said["forms"].get(path)
        if forms is None or status in EMPTY:
            return {"$ref": f"#/components/responses/{status}"}
        content = {**_PROBLEM, **{kind: {"schema": _schema(kind, None)} for kind in forms}}
        return {**self.said["statuses"][status], "content": content}

    def _others(self, path: str, method: str) -> list[str]:
        nothing = ["204"] if path in self.said["empty"] else []
        known = ["304"] if method == "GET" else []
        where = ["404"] if "{" in path else []
        sent = ["408", "413"] if method in ("POST", "PUT", "PATCH") else []
        edits = self.said["edits"] if f"{method} {path}" in self.said["success"] else []
        more = self.said["more"].get(path, [])
        return [*nothing, *more, *known, "400", "401", *where, *sent, *edits, "503", "default"]


def _schema(kind: str, shape: str | None) -> dict[str, Any]:
    if "json" in kind:
        return {"$ref": f"#/components/schemas/{shape}"} if shape and _holds(kind) else {"type": "object"}
    return {"type": "string"} if kind.startswith("text/") else {"type": "string", "format": "binary"}


def _holds(kind: str) -> bool:
    """Other writings of JSON (JSON-FG) are told by their own standard."""
    return kind in GEOJSON or kind == "application/schema+json"
