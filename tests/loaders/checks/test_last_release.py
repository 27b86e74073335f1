"""What a source served and delivers no more is told with a place, and with the same one whichever way it is found."""

import psycopg
import shapely

from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered

OF_A_KIND = 60
PROFILE = {**MANHOLES, "layers": [
    {"to": "cadastre.thua_dat", "fields": {"ma_xa_cu": "xa", "so_to": "to", "so_thua": "thua", "loai_dat": "loai"}},
]}  # fmt: skip


def parcels(folder, kind):
    """A row of parcels from west to east, the first half of one kind."""
    squares = [
        shapely.box(603_000 + 20 * place, 1_191_000, 603_010 + 20 * place, 1_191_010) for place in range(2 * OF_A_KIND)
    ]
    values = {"xa": "26740", "to": "1"}
    kinds = [kind] * OF_A_KIND + ["ODT"] * OF_A_KIND
    rows = [{**values, "thua": str(place), "loai": one} for place, one in enumerate(kinds)]
    return delivered(folder, *zip(squares, rows, strict=True))


def test_a_code_that_is_gone_is_shown_where_its_oldest_feature_is(tmp_path, load_it, fresh):
    """Wherever its rows lie on disk: PostgreSQL writes a changed row behind the others."""
    load_it(parcels(tmp_path, "CLN"), PROFILE)
    with psycopg.connect(fresh.url, autocommit=True) as conn:
        first = "(SELECT min(fid) FROM cadastre.thua_dat WHERE loai_dat = 'CLN')"
        conn.execute(f"UPDATE cadastre.thua_dat SET dia_chi = repeat('x', 5000) WHERE fid = {first}")
        expected = conn.execute(
            f"SELECT round(ST_X(p)), round(ST_Y(p)) FROM cadastre.thua_dat, ST_Centroid(geom) AS p WHERE fid = {first}"
        ).fetchone()
    report = load_it(parcels(tmp_path, "ODT"), PROFILE, judge=True)
    (gone,) = (one for one in report.findings if one.code == "REV-02")
    assert gone.field == "loai_dat"
    (example,) = gone.examples
    assert expected is not None
    assert (round(example.x), round(example.y)) == tuple(map(int, expected))
