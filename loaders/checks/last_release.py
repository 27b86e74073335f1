"""A layer against what its source serves now: rows halved, codes, fields or kinds of geometry that are gone."""

from psycopg import sql

from gis_server.catalog import Layer
from loaders.checks.bench import Bench
from loaders.statements import statement

FEW_ROWS = 100
"""In smaller layers any of this is an ordinary change."""
FEW_OF_A_CODE = 20
KIND = sql.SQL("replace(GeometryType(geom), 'MULTI', '')")


def compare_with_served(bench: Bench, layer: Layer) -> None:
    """Findings REV-01 … REV-04."""
    served = sql.Identifier(layer.group, layer.name)
    values = {"source": bench.source, "srid": bench.catalog.crs.stored, "least": FEW_OF_A_CODE}
    query = statement("checks/served_rows.sql")
    row = bench.staging.conn.execute(query, {"layer": layer.id, "source": bench.source}).fetchone()
    if row is None or row[0] < FEW_ROWS:
        return
    thinned = layer.id in bench.thinned
    if bench.staging.counts[layer.id] * 2 < row[0] or (thinned and bench.staging.rows(layer) * 2 < row[0]):
        bench.run("halves", layer, served_rows=row[0], srid=values["srid"])
    every_kind = bench.staging.suspects.has_every_kind(layer) and not thinned
    if not every_kind and may_be_gone(bench, layer, KIND, least=FEW_OF_A_CODE):
        bench.run("kinds_gone", layer, {"served": served}, **values)
    kept = bench.staging.held.kept(layer)
    if kept is None or 2 * len(kept.rest) >= row[0]:  # what is filled in half of all rows is filled in one of the kept
        counts = sql.SQL(", ").join([sql.SQL("count({})").format(sql.Identifier(name)) for name in layer.fields])
        bench.run("emptied", layer, {"served": served, "counts": counts}, fields=list(layer.fields), **values)
    for name, rule in layer.fields.items():
        if rule.domain is not None and may_be_gone(bench, layer, sql.Identifier(name), least=FEW_OF_A_CODE):
            bench.run("vanished", layer, {"served": served, "field": sql.Identifier(name)}, field=name, **values)


def may_be_gone(bench: Bench, layer: Layer, value: sql.Composable, *, least: int = 1) -> bool:
    """Whether a value that is served so often may be in no row of this delivery.

    Rows that were held back are served ones, so that what is gone can only be a value of the others.
    """
    kept = bench.staging.held.kept(layer)
    if kept is None:
        return True
    if not kept.rest:
        return False
    names = {"staged": bench.staging.sent(layer), "served": sql.Identifier(layer.group, layer.name), "value": value}
    values = {"rest": kept.rest, "least": least, "source": bench.source}
    row = bench.staging.conn.execute(statement("checks/may_be_gone.sql", **names), values).fetchone()
    return row is not None and bool(row[0])
