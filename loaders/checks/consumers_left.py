"""A field that styles and portal maps read, and that a load empties: who will miss it, in files of the project."""

from psycopg import sql

from gis_server.catalog import Layer
from gis_server.catalog.consumers import consumers
from gis_server.catalog.expressions import fields_read
from loaders.checks.bench import Bench
from loaders.checks.last_release import may_be_gone


def find_emptied_fields_in_use(bench: Bench, layer: Layer) -> None:
    """Findings REV-05, one for each consumer: however few rows had a value, a map that draws by it changes."""
    style = bench.catalog.styles.get(layer.file.style)
    read = fields_read(style.layers) if style else frozenset[str]()
    for field in sorted(read & layer.fields.keys()):
        if not may_be_gone(bench, layer, sql.SQL("nullif({} IS NOT NULL, false)").format(sql.Identifier(field))):
            continue
        names = {"served": sql.Identifier(layer.group, layer.name), "field": sql.Identifier(field)}
        who = consumers(bench.catalog, f"{layer.id}.{field}")
        values = {"source": bench.source, "srid": bench.catalog.crs.stored, "name": field}
        bench.run("emptied_in_use", layer, names, consumers=who, **values)
