"""`make bench`: every benchmark, one after the other (`python -m benchmarks [name …]`: these, in this order).

They share one throw-away installation, into which `osm_load` brings the real city; `tiles`, `tiles_http`, `soak`,
`features` and `images` measure on that.
"""

import os
import platform
import subprocess
import sys
import time

from benchmarks import (
    city,
    cold,
    dossier,
    drawing,
    drawn_anew,
    edits,
    exports,
    features,
    gate,
    grid,
    history,
    images,
    letters,
    load,
    mechanisms,
    osm_load,
    overlay,
    raster,
    search,
    soak,
    start,
    tiles,
    tiles_http,
    tipg,
)
from benchmarks.measure import CONSOLE
from benchmarks.place import OSM, Bench, fresh_installation

IN_ORDER = (
    osm_load, drawn_anew, tiles, tiles_http, features, images, soak, letters, grid, start, gate, raster, search,
    drawing, mechanisms, history, city, load, exports, dossier, overlay, edits, cold, tipg,
)  # fmt: skip
BENCHMARKS = {one.__name__.rpartition(".")[2]: one for one in IN_ORDER}


def main() -> int:
    chosen = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in chosen if name not in BENCHMARKS]:
        CONSOLE.print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    if not OSM.exists():
        CONSOLE.print(f"{OSM} is not here: the benchmarks measure on the real city.")
        return 1
    CONSOLE.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with fresh_installation() as place:
        broken = [name for name in chosen if not _ran(name, place)]
    if broken:
        CONSOLE.print(f"broken: {', '.join(broken)}")
    return 1 if broken else 0


def _ran(name: str, place: Bench) -> bool:
    """Whether it came to its end; the others are measured all the same."""
    started = time.perf_counter()
    CONSOLE.print(f"\n{name}, begun at a load of {os.getloadavg()[0]:.1f}", style="bold")
    try:
        BENCHMARKS[name].bench(place)
    except Exception as error:
        CONSOLE.print_exception()
        if isinstance(error, subprocess.CalledProcessError):
            CONSOLE.print(f"{error.output or ''}{error.stderr or ''}", markup=False)
        return False
    took = time.perf_counter() - started
    CONSOLE.print(f"{name} took {took:.0f} s; load now {os.getloadavg()[0]:.1f}", style="dim")
    return True


if __name__ == "__main__":
    sys.exit(main())
