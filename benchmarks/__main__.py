"""`make bench`: every benchmark on one throw-away installation."""

import os
import platform
import sys

from benchmarks import (
    city,
    dossier,
    drawing,
    edits,
    exports,
    features,
    gate,
    grid,
    images,
    letters,
    load,
    osm_load,
    overlay,
    raster,
    search,
    soak,
    tiles,
    tiles_http,
    tipg,
)
from benchmarks.measure import CONSOLE
from benchmarks.place import OSM, fresh_installation


def main() -> int:
    if not OSM.exists():
        CONSOLE.print(f"{OSM} is not here: the benchmarks measure on the real city.")
        return 1
    CONSOLE.print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
    )
    with fresh_installation() as place:
        for one in (
            letters,
            grid,
            osm_load,
            tiles,
            drawing,
            city,
            tiles_http,
            soak,
            features,
            exports,
            gate,
            raster,
            images,
            search,
            load,
            dossier,
            overlay,
            edits,
            tipg,
        ):
            one.bench(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
