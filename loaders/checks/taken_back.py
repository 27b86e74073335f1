"""Edits over HTTP that a delivery takes back: it is the whole truth of its source, and somebody should know."""

from psycopg import sql

from gis_server.catalog import Layer
from gis_server.db.shapes import hash_expression
from loaders.checks.attributes import column
from loaders.checks.bench import Bench
from loaders.records import EDITED


def find_taken_back(bench: Bench, layer: Layer) -> None:
    """Findings REV-06, one for each feature; rows that were held back are served as they came, so nothing of them."""
    kept = bench.staging.held.kept(layer)
    rest: sql.Composable = sql.SQL("true")
    if kept is not None:
        rest = sql.SQL("served.fid = ANY ({}::bigint[])").format(sql.Literal(kept.rest))
    names = {
        "served": sql.Identifier(layer.group, layer.name),
        "history": sql.Identifier("history", f"{layer.group}__{layer.name}"),
        "key": sql.SQL(", ").join([column(name) for name in layer.key]),
        "served_key": sql.SQL(", ").join([sql.Identifier("served", name) for name in layer.key]),
        "ended_key": sql.SQL(", ").join([sql.Identifier("ended", name) for name in layer.key]),
        "hash": sql.SQL(hash_expression(layer)),
        "rest": rest,
    }
    bench.run("taken_back", layer, names, source=bench.source, path=EDITED)
