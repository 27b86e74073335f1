"""Questions about earlier releases where much has ended: a layer of 100,000 parcels, all of them changed nine times.

`python -m benchmarks.history [parcels]`: dossiers as of a release in between, with and without an index on the shapes
that ended, and what that index adds to a publish that changes every row.
"""

import statistics
import sys
from contextlib import closing

from benchmarks.dossier import _client
from benchmarks.measure import CONSOLE, claim, seconds_of
from benchmarks.place import Bench, fresh_installation
from gis_server.db.statements import quoted
from gis_server.releases.publish import publish
from gis_server.releases.source import Source
from gis_server.releases.staged import Staged

PARCELS, RELEASES, ASKED = 100_000, 10, 40
LAYER, HISTORY = "cadastre.thua_dat", "history.cadastre__thua_dat"
LOTS = """SELECT '26740', '1', n::text, {release}, ST_MakeEnvelope(x, y, x + 5, y + 15, 9210)
FROM (
    SELECT n, 600000 + 6 * (n % 400) AS x, 1190000 + 16 * (n / 400) AS y FROM generate_series(1, {parcels}) AS n
) AS lot"""


def bench(_: Bench, parcels: int = PARCELS) -> None:
    """In an installation of its own."""
    with fresh_installation() as city:
        measure(city, parcels)


def measure(city: Bench, parcels: int) -> None:
    times = {is_indexed: [] for is_indexed in (False, True)}
    for release in range(1, RELEASES + 1):
        is_indexed = release % 2 == 0
        _index(city, is_wanted=is_indexed)
        seconds = _publish(city, parcels, release)
        if release > 1:
            times[is_indexed].append(seconds)
    _index(city, is_wanted=False)
    without = _dossiers(city, parcels)
    built = seconds_of(lambda: _index(city, is_wanted=True))
    CONSOLE.print(f"    built over {parcels * (RELEASES - 1):,} ended rows in {built:.1f} s", style="dim")
    indexed = _dossiers(city, parcels)
    claim("dossier as of a release in between, indexed, median", indexed, without, "ms", "ms without")
    with_it, without_it = (statistics.median(times[one]) for one in (True, False))
    claim(f"a release that changes {parcels:,} rows, indexed", with_it, without_it, "s", "s without")


def _publish(city: Bench, parcels: int, release: int) -> float:
    """Seconds of a release in which every parcel says something else."""
    layer = city.catalog[LAYER]
    table = f'staging."{layer.group}__{layer.name}"'
    with closing(city.database.connect("load")) as conn:
        columns = ", ".join(map(quoted, layer.fields))
        conn.execute(f"DROP TABLE IF EXISTS {table}".encode())
        conn.execute(f"CREATE UNLOGGED TABLE {table} AS SELECT {columns}, geom FROM {layer.table} LIMIT 0".encode())
        made = LOTS.format(release=release, parcels=parcels)
        conn.execute(f"INSERT INTO {table} (ma_xa_cu, so_to, so_thua, dien_tich, geom) {made}".encode())
        source = Source("mau", "Mẫu", "Sample", "CC0", "Bando", synthetic=True)

        def published() -> None:
            publish(conn, source, [Staged(layer, table)], who="bench", note="")
            conn.commit()

        return seconds_of(published)


def _index(city: Bench, *, is_wanted: bool) -> None:
    with closing(city.database.connect("owner")) as conn:
        conn.execute(b"DROP INDEX IF EXISTS history.cadastre__thua_dat_geom")
        if is_wanted:
            conn.execute(f"CREATE INDEX cadastre__thua_dat_geom ON {HISTORY} USING gist (geom)".encode())
        conn.commit()
        conn.autocommit = True
        conn.execute(f"ANALYZE {HISTORY}".encode())


def _dossiers(city: Bench, parcels: int) -> float:
    """Median milliseconds as of the release in the middle."""
    with _client(city) as client:
        paths = [f"/planning/parcels/26740/1/{n * parcels // ASKED + 7}/dossier?release=5" for n in range(ASKED)]
        assert client.get(paths[0]).status_code == 200, client.get(paths[0]).text
        return statistics.median(seconds_of(lambda path=path: client.get(path)) * 1000 for path in paths)


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
