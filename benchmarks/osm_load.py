"""The whole OSM city of 2018 into PostGIS: `bando load` against its limits and against plain `ogr2ogr`."""

from benchmarks.measure import CONSOLE, Measured, claim, run
from benchmarks.place import OSM, Bench

LIMIT_S, LIMIT_MIB = 90.0, 1536.0
GDAL_LAYERS = ("points", "lines", "multilinestrings", "multipolygons", "other_relations")


def bench(place: Bench) -> None:
    first = place.bando("load", str(OSM), "--profile", "osm")
    again = place.bando("load", str(OSM), "--profile", "osm")
    plain = _ogr2ogr(place)
    claim("OSM city: bando load", first.seconds, LIMIT_S, "s", "s limit")
    claim("OSM city: bando load, peak memory", first.peak_mib, LIMIT_MIB, "MiB", "MiB limit")
    claim("OSM city: bando load", first.seconds, plain.seconds, "s", "s ogr2ogr, no checks, no history")
    claim("OSM city: same file again, no release", again.seconds, first.seconds, "s", "s first load")


def _ogr2ogr(place: Bench) -> Measured:
    """GDAL's own way: five tables as read, COPY, a spatial index each."""
    target = f"PG:{place.database.dsn('owner')}"
    options = ["-lco", "SPATIAL_INDEX=GIST", "-lco", "SCHEMA=peer", "--config", "PG_USE_COPY", "YES"]
    with place.database.connect("owner") as conn:
        conn.execute("CREATE SCHEMA peer")
    measured = run(["ogr2ogr", "-f", "PostgreSQL", target, str(OSM), *GDAL_LAYERS, *options])
    with place.database.connect("owner") as conn:
        rows = sum(conn.execute(f"SELECT count(*) FROM peer.{layer}".encode()).fetchone()[0] for layer in GDAL_LAYERS)
    CONSOLE.print(f"    ogr2ogr wrote {rows:,} rows", style="dim")
    return measured
