"""A layer's own `checks:`, each a statement that asks the layer itself or others; all of them are warnings."""

from psycopg import sql

from gis_server.catalog import Layer
from gis_server.catalog.checks import (
    AreaCheck,
    Check,
    CorridorCheck,
    CoverageCheck,
    EndsCheck,
    FallsCheck,
    InsideCheck,
    NearCheck,
    SnappedCheck,
    WithinCheck,
)
from loaders.checks.bench import Bench
from loaders.checks.coverage import find_in_coverage

LONELY = "NOT EXISTS (SELECT FROM {} AS other WHERE ST_DWithin(other.geom, tip.place, {}))"


NO_WAY = "NOT EXISTS (SELECT FROM {} AS way WHERE ST_DWithin(way.geom, staged.geom, {}))"


def relate(bench: Bench, layer: Layer) -> None:
    """Runs every check of the layer file; nothing is asked of a layer without rows."""
    for check in layer.file.checks:
        _about_others(bench, layer, check)
        _about_itself(bench, layer, check)


def _about_itself(bench: Bench, layer: Layer, check: Check) -> None:
    match check:
        case SnappedCheck():
            bench.index(layer)
            bench.run("snapped", layer, within_m=check.snapped.within_m)
        case FallsCheck():
            falls = check.falls
            names = {"first": sql.Identifier("staged", falls.first), "last": sql.Identifier("staged", falls.last)}
            bench.run("falls", layer, names, field=falls.last, tolerance_m=falls.tolerance_m)
        case AreaCheck():
            said = {"said": sql.Identifier(check.area.field)}
            if rows := bench.staging.suspects.rows(layer, "area", "validity"):
                bench.run("area", layer, said, rows=rows, **check.area.model_dump())
        case CoverageCheck():
            find_in_coverage(bench, layer, check.coverage)
        case _:
            pass


def _about_others(bench: Bench, layer: Layer, check: Check) -> None:
    match check:
        case InsideCheck():
            _ask(bench, layer, ("inside", check.inside))
        case NearCheck():
            _ask(bench, layer, ("near", check.near.layer), within_m=check.near.within_m)
        case WithinCheck():
            _ask(bench, layer, ("within", check.within.layer), share=check.within.share)
        case CorridorCheck():
            _ask_corridor(bench, layer, check)
        case EndsCheck():
            _ask_ends(bench, layer, check)
        case _:
            pass


def _ask(bench: Bench, layer: Layer, what: tuple[str, str], **values: float) -> None:
    file, other = what
    pieces = bench.others.pieces(bench.catalog[other])
    if pieces is not None:
        bench.run(file, layer, {"others": pieces}, other=other, **values)


def _ask_ends(bench: Bench, layer: Layer, check: EndsCheck) -> None:
    tables = [bench.others.pieces(bench.catalog[other]) for other in check.ends.on]
    within = sql.Literal(check.ends.within_m)
    lonely = [sql.SQL(LONELY).format(table, within) for table in tables if table is not None]
    if lonely:
        bench.run("ends", layer, {"lonely": sql.SQL(" AND ").join(lonely)})


def _ask_corridor(bench: Bench, layer: Layer, check: CorridorCheck) -> None:
    asked = check.corridor
    pieces = bench.others.pieces(bench.catalog[asked.layer], asked.width)
    if pieces is None:
        return
    elsewhere: sql.Composable = sql.SQL("true")
    if asked.also is not None and (ways := bench.others.pieces(bench.catalog[asked.also.layer])) is not None:
        elsewhere = sql.SQL(NO_WAY).format(ways, sql.Literal(asked.also.within_m))
    names = {"others": pieces, "elsewhere": elsewhere}
    bench.run("corridor", layer, names, other=asked.layer, slack_m=asked.slack_m)
