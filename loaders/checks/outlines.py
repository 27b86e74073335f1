"""Some shapes of the layers with findings, simplified: enough to see on a map where in a layer a finding lies."""

from loaders.checks.bench import Bench
from loaders.checks.finding import Finding
from loaders.statements import statement

SHAPES_OF_A_LAYER = 1_500
TOLERANCE_M = 1.0


def outlines(bench: Bench, findings: list[Finding]) -> dict[str, list[bytes]]:
    """WKB in the stored grid, by layer."""
    found: dict[str, list[bytes]] = {}
    for name in sorted({one.layer for one in findings} & set(bench.staging.layers)):
        query = statement("outlines.sql", staged=bench.staging.table(bench.staging.layers[name]))
        values = {"tolerance_m": TOLERANCE_M, "limit": SHAPES_OF_A_LAYER}
        found[name] = [bytes(row[0]) for row in bench.staging.conn.execute(query, values) if row[0] is not None]
    return found
