"""The whole OSM city of 2018 into PostGIS: `bando load` against its limits, osm2pgsql and plain `ogr2ogr`."""

from benchmarks.measure import CONSOLE, Measured, claim, run
from benchmarks.place import OSM, Bench

LIMIT_S, LIMIT_MIB = 90.0, 1536.0
GDAL_LAYERS = ("points", "lines", "multilinestrings", "multipolygons", "other_relations")
OSM2PGSQL_TABLES = ("planet_osm_point", "planet_osm_line", "planet_osm_polygon", "planet_osm_roads")


def bench(place: Bench) -> None:
    first = place.bando("load", str(OSM), "--profile", "osm")
    drawing = _shares(place, first)["vẽ sẵn · draw ahead"]
    again = place.bando("load", str(OSM), "--profile", "osm")
    with place.database.connect("owner") as conn:
        conn.execute("CREATE SCHEMA peer")
    osm2pgsql = min((_osm2pgsql(place) for _ in range(2)), key=lambda measured: measured.seconds)
    plain = _ogr2ogr(place)
    claim("OSM city: bando load", first.seconds, LIMIT_S, "s", "s limit")
    claim("OSM city: bando load, peak memory", first.peak_mib, LIMIT_MIB, "MiB", "MiB limit")
    claim("OSM city: bando load", first.seconds, osm2pgsql.seconds, "s", "s osm2pgsql (aim 2.0)")
    claim("OSM city: without drawing tiles ahead", first.seconds - drawing, osm2pgsql.seconds, "s", "s osm2pgsql")
    claim("OSM city: bando load", first.seconds, plain.seconds, "s", "s ogr2ogr, no checks, no history")
    claim("OSM city: same file again, no release", again.seconds, first.seconds, "s", "s first load")


def _shares(place: Bench, load: Measured) -> dict[str, float]:
    """The steps of the load, as it wrote them into its own log book; the rest is starting the program."""
    with place.database.connect("owner") as conn:
        (steps,) = conn.execute("SELECT report->'seconds' FROM meta.load ORDER BY load_id DESC LIMIT 1").fetchone()
    steps["khởi động · start"] = load.seconds - sum(steps.values())
    shares = "  ".join(f"{name} {seconds:.2f} s ({seconds / load.seconds:.0%})" for name, seconds in steps.items())
    CONSOLE.print(f"    {shares}", style="dim")
    return steps


def _osm2pgsql(place: Bench) -> Measured:
    """What the OSM world loads with: tags as they are in four tables, COPY, clustered, a spatial index each."""
    target = ["-d", place.database.dsn("owner"), "--output-pgsql-schema=peer"]
    measured = run(["osm2pgsql", "--create", *target, str(OSM)])
    _count(place, OSM2PGSQL_TABLES, "osm2pgsql")
    return measured


def _ogr2ogr(place: Bench) -> Measured:
    """GDAL's own way: five tables as read, COPY, a spatial index each."""
    target = f"PG:{place.database.dsn('owner')}"
    options = ["-lco", "SPATIAL_INDEX=GIST", "-lco", "SCHEMA=peer", "--config", "PG_USE_COPY", "YES"]
    measured = run(["ogr2ogr", "-f", "PostgreSQL", target, str(OSM), *GDAL_LAYERS, *options])
    _count(place, GDAL_LAYERS, "ogr2ogr")
    return measured


def _count(place: Bench, tables: tuple[str, ...], who: str) -> None:
    with place.database.connect("owner") as conn:
        rows = sum(conn.execute(f"SELECT count(*) FROM peer.{table}".encode()).fetchone()[0] for table in tables)
    CONSOLE.print(f"    {who} wrote {rows:,} rows", style="dim")
