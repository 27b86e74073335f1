"""Some shapes of the layers with findings: what lies beside a finding, and enough of the rest to see where that is."""

from loaders.checks.bench import Bench
from loaders.checks.finding import Finding
from loaders.statements import statement

BOUNDS = {"places": 500, "reach_m": 15.0, "near": 1_000, "others": 500}
"""How many findings are looked at, how far around, and how many shapes of a layer are kept: a page must stay small."""


def outlines(bench: Bench, findings: list[Finding]) -> dict[str, list[bytes]]:
    """WKB in the stored grid, by layer."""
    found: dict[str, list[bytes]] = {}
    for name in sorted({one.layer for one in findings} & set(bench.staging.layers)):
        layer = bench.staging.layers[name]
        bench.index(layer)
        query = statement("outlines.sql", staged=bench.staging.table(layer), findings=bench.staging.findings)
        rows = bench.staging.conn.execute(query, {"layer": name, **BOUNDS})
        found[name] = [bytes(row[0]) for row in rows if row[0] is not None]
    return found
