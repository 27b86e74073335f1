"""Parameters that a route does not declare, or that stand twice, are errors: a misspelt filter must not be ignored."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from gis_server.errors import BadRequest

MOST = 200
"""Parameters of a request, in which those that stand twice are looked for."""
OPEN = "x-bando-open"
"""Mark (in `openapi_extra`) of a route that takes more names than it declares, and checks those itself."""


async def refuse_unknown(request: Request) -> None:
    """Dependency of every route."""
    if not request.url.query:
        return
    route = request.scope.get("route")
    given = [name for name, _ in request.query_params.multi_items()]
    if len(given) > MOST:
        raise BadRequest(f"Quá {MOST} tham số.", f"There are more than {MOST} parameters.")
    if isinstance(route, APIRoute) and not (route.openapi_extra or {}).get(OPEN):
        refuse(given, declared(route))
    if len(given) != len(set(given)):
        twice = ", ".join(sorted({name[:80] for name in given if given.count(name) > 1}))
        raise BadRequest(f"Tham số bị lặp: {twice}.", f"Parameters given more than once: {twice}.")


def refuse(given: list[str], known: frozenset[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        names, list_ = ", ".join(f"“{name[:80]}”" for name in unknown[:5]), ", ".join(sorted(known))
        raise BadRequest(
            f"Không có tham số {names}; ở đây có: {list_}.",
            f"There is no parameter {names}; here there are: {list_}.",
        )


def declared(route: APIRoute) -> frozenset[str]:
    """Names of the query parameters of a route and of everything it depends on."""
    return frozenset(name for where, name in parameters(route.dependant) if where == "query")


def parameters(dependant: Dependant) -> Iterator[tuple[str, str]]:
    """Every parameter as (`path` | `query` | `header`, name)."""
    for where, fields in (
        ("path", dependant.path_params),
        ("query", dependant.query_params),
        ("header", dependant.header_params),
    ):
        yield from ((where, field.alias) for field in fields)
    for inner in dependant.dependencies:
        yield from parameters(inner)
