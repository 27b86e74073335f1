"""A layer against what its source serves now: rows halved, codes, fields or kinds of geometry that are gone."""

from psycopg import sql

from gis_server.catalog import Layer
from loaders.checks.bench import Bench
from loaders.statements import statement

FEW_ROWS = 100
"""In smaller layers any of this is an ordinary change."""
FEW_OF_A_CODE = 20


def compare_with_served(bench: Bench, layer: Layer) -> None:
    """Findings REV-01 … REV-04."""
    served = sql.Identifier(layer.group, layer.name)
    values = {"source": bench.source, "srid": bench.catalog.crs.stored, "least": FEW_OF_A_CODE}
    query = statement("checks/served_rows.sql")
    row = bench.staging.conn.execute(query, {"layer": layer.id, "source": bench.source}).fetchone()
    if row is None or row[0] < FEW_ROWS:
        return
    if bench.staging.counts[layer.id] * 2 < row[0] or layer.id in bench.thinned:
        bench.run("halves", layer, served_rows=row[0], srid=values["srid"])
    if not bench.staging.suspects.has_every_kind(layer) or layer.id in bench.thinned:
        bench.run("kinds_gone", layer, {"served": served}, **values)
    counts = sql.SQL(", ").join([sql.SQL("count({})").format(sql.Identifier(name)) for name in layer.fields])
    bench.run("emptied", layer, {"served": served, "counts": counts}, fields=list(layer.fields), **values)
    for name, rule in layer.fields.items():
        if rule.domain is not None:
            bench.run("vanished", layer, {"served": served, "field": sql.Identifier(name)}, field=name, **values)
