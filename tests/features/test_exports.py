"""Tables of features: every writing holds what the pages hold, of one release, safe to open, fetched in parts."""

import asyncio
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.features.exports import reading
from gis_server.features.exports.shelf import Shelf
from tests.features.cql.city import rows, staged
from tests.features.test_items import link_of
from tests.serving import MEASURED, SYNTHETIC, City, Serve, publish_rows, row_of

PARCELS = "/collections/cadastre.thua_dat/items"
GRID = "http://www.opengis.net/def/crs/EPSG/0/9210"
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "=HYPERLINK(\"http://x\")"]  # fmt: skip
Table = list[dict[str, Any]]


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    database, layer = make_database(), catalog["cadastre.thua_dat"]
    evil = [{**row, "so_thua": f"x{place}", "ma_thua_dat": EVIL[place]} for place, row in enumerate(rows(catalog, 8))]
    publish_rows(database, MEASURED, [(layer, [staged(catalog, row) for row in rows(catalog)])])
    publish_rows(database, SYNTHETIC, [(layer, [staged(catalog, row) for row in evil])])
    with serve(database) as city:
        yield city


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FIRST_ROWS", 7)
    monkeypatch.setattr(reading, "BATCH_BYTES", 5_000)


def paged(city: City, **query: str) -> Table:
    answer = city.get(PARCELS, params={"limit": "1000", **query}).json()
    assert link_of(answer, "next") is None
    return [
        {"fid": one["id"], **one["properties"], "geometry": shapely.geometry.shape(one["geometry"])}
        for one in answer["features"]
    ]


def table(city: City, form: str, view: str = "public", **query: str) -> pa.Table:
    answer = city.get(PARCELS, view, params={"f": form, **query})
    assert answer.status_code == 200, answer.text
    return READERS[form](answer.content)


def from_gdal(content: bytes) -> pa.Table:
    with tempfile.NamedTemporaryFile(suffix=".gpkg" if content.startswith(b"SQLite") else ".fgb") as file:
        file.write(content)
        file.flush()
        meta, found = pyogrio.read_arrow(file.name, return_fids=True)
    columns = {name: found[name] for name in found.column_names}
    columns["geometry"] = columns.pop(meta["geometry_name"] or "wkb_geometry")
    columns.setdefault("fid", columns.pop("OGC_FID", None))
    for name in ("hieu_luc_tu", "hieu_luc_den"):
        columns[name] = columns[name].cast(pa.date32())
    return pa.table(columns)


READERS: dict[str, Callable[[bytes], pa.Table]] = {
    "arrow": lambda content: pa.ipc.open_stream(content).read_all(),
    "parquet": lambda content: pq.read_table(io.BytesIO(content)),
    "flatgeobuf": from_gdal,
    "gpkg": from_gdal,
}


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("crs", [None, GRID])
def test_a_table_holds_what_the_pages_hold(city: City, form: str, crs: str | None) -> None:
    query = {"crs": crs} if crs else {}
    wanted = {one["fid"]: one for one in paged(city, **query)}
    found = table(city, form, **query)
    shapes = shapely.from_wkb(found["geometry"].to_pylist())
    assert sorted(found["fid"].to_pylist()) == sorted(wanted)
    for row, shape in zip(found.drop_columns(["geometry"]).to_pylist(), shapes, strict=True):
        told = wanted[row["fid"]]
        assert shapely.hausdorff_distance(shape, told["geometry"]) < (0.001 if crs else 1e-7)
        for name in ("so_thua", "ma_thua_dat", "dien_tich", "loai_dat", "source", "synthetic"):
            assert row[name] == told[name], name
        assert (row["hieu_luc_tu"] and row["hieu_luc_tu"].isoformat()) == told["hieu_luc_tu"]


@pytest.mark.parametrize(("form", "name"), [("parquet", "9210"), ("flatgeobuf", "9210"), ("gpkg", "9210")])
def test_files_say_in_which_grid_they_are(city: City, form: str, name: str) -> None:
    content = city.get(PARCELS, params={"f": form, "crs": GRID}).content
    if form == "parquet":
        assert b'"code":9210' in pq.read_schema(io.BytesIO(content)).metadata[b"geo"]
    else:
        with tempfile.NamedTemporaryFile(suffix=f".{form.replace('flatgeobuf', 'fgb')}") as file:
            file.write(content)
            file.flush()
            assert pyogrio.read_info(file.name)["crs"] == f"EPSG:{name}"


def test_an_arrow_stream_says_what_its_geometry_is(city: City) -> None:
    field = table(city, "arrow", crs=GRID).schema.field("geometry")
    assert field.metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"
    assert b"EPSG:9210" in field.metadata[b"ARROW:extension:metadata"]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(city: City) -> None:
    answer = city.get(PARCELS, params={"f": "csv", "filter": "source = 'tong_hop' OR so_thua LIKE 'x%'"})
    assert answer.status_code == 400  # source is no queryable
    answer = city.get(PARCELS, params={"f": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cadastre.thua_dat.csv"'
    assert answer.content.startswith('\ufeff"fid",'.encode())
    found = pyarrow.csv.read_csv(
        io.BytesIO(answer.content),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types={"ma_thua_dat": pa.string(), "so_thua": pa.string()}),
    ).to_pylist()
    wanted = paged(city)
    assert len(found) == len(wanted)
    for row, told in zip(found, wanted, strict=True):
        text = told["ma_thua_dat"] or ""
        assert row["ma_thua_dat"] == (f"'{text}" if text in EVIL else text)
        assert shapely.from_wkt(row["geometry"]).equals_exact(told["geometry"], 1e-7)


def test_filters_selection_and_limits_hold_for_tables(city: City) -> None:
    query = {"filter": "dien_tich > 3 AND S_INTERSECTS(geometry, BBOX(106,10,107,11))", "properties": "so_thua"}
    wanted = {one["so_thua"] for one in paged(city, **query)}
    found = table(city, "arrow", **query)
    assert set(found["so_thua"].to_pylist()) == wanted
    assert found.column_names == ["fid", "so_thua", "source", "synthetic", "geometry"]
    assert table(city, "arrow", limit="9").num_rows == 9
    bare = table(city, "parquet", skipGeometry="true", properties="")
    assert bare.column_names == ["fid", "source", "synthetic"]
    assert b"geo" not in (bare.schema.metadata or {})
    for form in ("arrow", "parquet"):
        assert table(city, form, filter="dien_tich > 999").num_rows == 0
    assert city.get(PARCELS, params={"f": "csv", "filter": "dien_tich > 999"}).text.count("\n") == 1


def test_what_is_hidden_is_in_no_table(city: City) -> None:
    assert "dia_chi" not in table(city, "arrow").column_names
    assert "dia_chi" in table(city, "arrow", "agency").column_names
    assert city.get("/collections/drainage.ho_ga/items?f=arrow").status_code == 404


def test_a_download_that_broke_off_goes_on(city: City) -> None:
    whole = table(city, "arrow")["fid"].to_pylist()
    rest = city.get(PARCELS, params={"f": "arrow", "after": str(whole[40]), "release": str(city.release)})
    assert READERS["arrow"](rest.content)["fid"].to_pylist() == whole[41:]
    assert rest.headers["Bando-Release"] == str(city.release)
    assert [one["fid"] for one in paged(city, after=str(whole[40]))] == whole[41:]


@pytest.mark.parametrize("form", ["parquet", "gpkg", "flatgeobuf", "arrow", "csv"])
def test_a_file_is_fetched_in_ranges_and_known_again(city: City, form: str) -> None:
    first = city.get(PARCELS, params={"f": form})
    assert first.headers["Accept-Ranges"] == "bytes"
    size = len(first.content)
    part = city.get(PARCELS, params={"f": form}, headers={"Range": f"bytes={size // 2}-"})
    assert part.status_code == 206
    assert part.content == first.content[size // 2 :]
    again = city.get(PARCELS, params={"f": form}, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = city.get(PARCELS, "agency", params={"f": form})
    assert other.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("range_", ["bytes=5-1", "lines=1-2", "bytes=abc", "bytes", "bytes=0-1,5-6"])
def test_what_is_no_range_gives_the_whole(city: City, range_: str) -> None:
    answer = city.get(PARCELS, params={"f": "csv"}, headers={"Range": range_})
    assert answer.status_code == 200
    assert answer.content == city.get(PARCELS, params={"f": "csv"}).content


def test_a_table_shows_one_release_though_the_layer_is_published_meanwhile(
    make_database: Callable[[], Database], catalog: Catalog, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FIRST_ROWS", 3)
    monkeypatch.setattr(reading, "BATCH_BYTES", 1)
    layer, database = catalog["cadastre.thua_dat"], make_database()
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, number) for number in range(1, 10)])])
    statements: list[str] = []
    original = reading.batch_sql

    def noted(*given: Any) -> Any:
        found = original(*given)
        statements.append(found[0])
        if len(statements) == 3:
            publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, number) for number in range(5, 15)])])
        return found

    monkeypatch.setattr(reading, "batch_sql", noted)
    with serve(database) as city:
        answer = city.get(PARCELS, params={"f": "arrow"})
    assert answer.headers["Bando-Release"] == "1"
    assert set(READERS["arrow"](answer.content)["so_thua"].to_pylist()) == {f"K{number}" for number in range(1, 10)}
    assert "UNION ALL" in statements[-1]


BAD = [
    "f=arrow&sortby=so_to",
    "f=csv&crs=http://www.opengis.net/def/crs/EPSG/0/4326",
    "f=xlsx",
    "f=arrow&after=-1",
    "f=arrow&after=x",
    "f=csv&limit=0",
    "f=gpkg&filter=x%3D1",
    "f=arrow&cursor=forged",
]


@pytest.mark.parametrize("query", BAD)
def test_what_tables_cannot_say_is_a_sentence(city: City, query: str) -> None:
    answer = city.get(f"{PARCELS}?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/geo+json"),
        ("*/*", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/vnd.ogc.fg+json", "application/vnd.ogc.fg+json"),
        ("application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"),
        ("text/csv;q=0.5, application/geo+json;q=0.4", "text/csv"),
        ("text/csv;q=x", "application/geo+json"),
        ("image/png", "application/geo+json"),
    ],
)
def test_the_writing_is_negotiated(city: City, accept: str, kind: str) -> None:
    answer = city.get(f"{PARCELS}?limit=1", headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith(kind)


def test_jsonfg_says_times_and_places(city: City) -> None:
    plain = city.get(PARCELS, params={"f": "jsonfg", "limit": "3"}).json()
    moved = city.get(PARCELS, params={"f": "jsonfg", "limit": "3", "crs": GRID}).json()
    assert plain["conformsTo"] == moved["conformsTo"]
    assert moved["coordRefSys"] == GRID
    for one, other in zip(plain["features"], moved["features"], strict=True):
        assert one["place"] is None
        assert other["geometry"] is None
        assert other["place"]["coordinates"][0][0][0] > 500_000
        assert set(one["time"]) == {"interval"}


def test_files_made_at_once_are_bounded_and_those_unused_longest_go(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, 2_500)
    made: list[str] = []

    async def ask(name: str) -> None:
        def make(path: Path) -> None:
            made.append(name)
            time.sleep(0.05)
            path.write_bytes(b"x" * 1_000)

        assert (await shelf.file(name, make)).read_bytes()

    async def all_of_it() -> None:
        await asyncio.gather(*(ask("a.csv") for _ in range(20)))
        assert made == ["a.csv"], "of those who ask at once, one makes it"
        for name in ("b.csv", "c.csv", "a.csv", "d.csv"):
            await ask(name)
            await asyncio.sleep(0.02)

    asyncio.run(all_of_it())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "c.csv", "d.csv"]


def test_a_table_that_fails_leaves_no_file_and_says_so(city: City, tmp_path: Path) -> None:
    answer = city.get(PARCELS, params={"f": "gpkg", "filter": "(dien_tich + 9) ^ 900 > 1"})
    assert answer.status_code == 400
    folder = city.settings.state_folder / "exports"
    assert not [path for path in folder.iterdir() if ".draft" in path.name]


async def test_nobody_else_on_the_machine_reads_tables_and_questions_that_fail_leave_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shelf = Shelf(folder, 1_000_000)

    def fails(path: Path) -> None:
        raise ValueError(path)

    await shelf.file("a.csv", lambda path: path.write_bytes(b"1") and None)
    assert folder.stat().st_mode & 0o777 == 0o700
    for number in range(3):
        with pytest.raises(ValueError, match="draft"):
            await shelf.file(f"{number}.csv", fails)
    assert not shelf._being_made
    assert [one.name for one in folder.iterdir()] == ["a.csv"]
