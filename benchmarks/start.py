"""What a command costs before it does anything: importing, the catalog, the child that reads files.

`python -m benchmarks.start`; seconds of processor.
"""

import statistics
import sys

from benchmarks.measure import claim, run
from benchmarks.place import Bench, fresh_installation

TIMES = 7
CATALOG = "from gis_server.settings import Settings as S; from gis_server.catalog import read_catalog as read; "
READ = "read(S().layers_folder, S().styles_folder)"


def bench(place: Bench) -> None:
    bare, settings = _cpu_ms("pass"), _cpu_ms(CATALOG)
    whole = statistics.median(place.bando("releases").cpu_s for _ in range(TIMES)) * 1000
    claim("start: `bando releases`, whole", whole, bare, "ms", "ms a bare Python")
    claim("start: importing `bando load`", _cpu_ms("import gis_server.cli.load"), whole, "ms", "ms `bando releases`")
    claim("start: reading the catalog", _cpu_ms(CATALOG + READ) - settings, whole, "ms", "ms `bando releases`")
    child, usual = _cpu_ms("import loaders.child.worker"), _cpu_ms("import pyogrio")
    claim("start: the child that reads files", child, usual, "ms", "ms `import pyogrio`, with pandas")


def _cpu_ms(program: str) -> float:
    """Median milliseconds of processor of a Python program, after one run that warms up."""
    return statistics.median([run([sys.executable, "-c", program]).cpu_s for _ in range(TIMES + 1)][1:]) * 1000


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation)
