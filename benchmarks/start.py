"""What a command costs before it does anything: importing, the catalog, the child that reads files.

`python -m benchmarks.start`; seconds of processor.
"""

import statistics
import sys

from benchmarks.measure import claim, run
from benchmarks.place import Bench, fresh_installation

TIMES = 7
CATALOG = (
    "from gis_server.settings import Settings; from gis_server.catalog import read_catalog; "
    "from gis_server.cli.kept_catalog import kept_catalog; given = Settings(); "
)
KEPT, ANEW = "kept_catalog(given)", "read_catalog(given.layers_folder, given.styles_folder)"


def bench(place: Bench) -> None:
    def cost(program: str) -> float:
        return _cpu_ms(place, program)

    bare, without = cost("pass"), cost(CATALOG)
    whole = statistics.median(place.bando("releases").cpu_s for _ in range(TIMES)) * 1000
    claim("start: `bando releases`, whole", whole, bare, "ms", "ms a bare Python")
    claim("start: importing `bando load`", cost("import gis_server.cli.load"), whole, "ms", "ms `bando releases`")
    kept, anew = (cost(CATALOG + way) - without for way in (KEPT, ANEW))
    claim("start: the catalog as it was kept", kept, anew, "ms", "ms read from its files")
    child, usual = cost("import loaders.child.worker"), cost("import pyogrio")
    claim("start: the child that reads files", child, usual, "ms", "ms `import pyogrio`, with pandas")


def _cpu_ms(place: Bench, program: str) -> float:
    """Median milliseconds of processor of a Python program, after one run that warms up."""
    command, state = [sys.executable, "-c", program], str(place.settings.state_folder)
    return statistics.median([run(command, BANDO_STATE=state).cpu_s for _ in range(TIMES + 1)][1:]) * 1000


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation)
