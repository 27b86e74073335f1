"""Tables follow the layer files: what loses nothing is done in place, what would lose data is refused."""

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from gis_server.catalog import Layer
from gis_server.db.database import Database
from gis_server.db.ddl import LONGEST_NAME, STORED, table_of
from gis_server.db.tables import migrate
from gis_server.errors import Busy, LoadRefused, MigrationRefused, SettingInvalid
from gis_server.releases.publish import publish
from tests.city import FIELDS, SO_THOAT_NUOC, catalog_of, layer_of, stage

HO_GA = layer_of()
ROWS = [("A", "tròn", 1.5, "POINT(603514.4 1191454.713)"), ("B", "7", None, "POINT(603600 1191500)")]


@pytest.fixture
def database(make_blank_database: Callable[[], Database]) -> Database:
    """One layer with two rows served and one version in history."""
    database = make_blank_database()
    migrate(database, catalog_of(HO_GA))
    with database.connect("load") as conn:
        publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, [ROWS[0], ("B", "cũ", 3.0, ROWS[1][3])])], who="t", note="")
        publish(conn, SO_THOAT_NUOC, [stage(conn, HO_GA, ROWS)], who="test", note="")
    return database


def fetch(database: Database, question: str) -> list[tuple[Any, ...]]:
    with database.connect("read") as conn:
        return conn.execute(question.encode()).fetchall()


def republish(database: Database, layer: Layer, rows: list[tuple[Any, ...]]) -> object:
    with database.connect("load") as conn:
        return publish(conn, SO_THOAT_NUOC, [stage(conn, layer, rows)], who="test", note="")


def with_fields(**fields: Any) -> Layer:
    """The manholes with fields added, changed, or gone (None)."""
    return layer_of(fields={name: rule for name, rule in {**FIELDS, **fields}.items() if rule is not None})


def test_tables_are_as_the_contract_says(database):
    columns = fetch(
        database,
        "SELECT column_name::text, udt_name::text FROM information_schema.columns WHERE table_schema = 'drainage'",
    )
    assert dict(columns) == {
        "fid": "int8",
        "born": "int4",
        "source": "text",
        "hash": "int8",
        "ma": "text",
        "loai": "text",
        "cao_do": "float8",
        "geom": "geometry",
        "geom_3857": "geometry",
        "clearance": "float4",
    }
    assert {column.name for column in table_of(HO_GA).columns} == {name for name, _ in columns}
    assert catalog_of().crs.stored == STORED


def test_geometry_of_another_kind_grid_or_dimension_does_not_get_in(database):
    with database.connect("load") as conn:
        for wkt, srid in (("LINESTRING(0 0, 1 1)", 9210), ("POINT(0 0)", 4326), ("POINT Z (0 0 0)", 9210)):
            with pytest.raises(psycopg.Error), conn.transaction():
                conn.execute("UPDATE drainage.ho_ga SET geom = ST_GeomFromText(%s, %s)", [wkt, srid])
        conn.execute("UPDATE drainage.ho_ga SET geom = ST_Multi(geom)")


def test_a_catalog_that_did_not_change_costs_one_question(make_blank_database):
    database = make_blank_database()
    city = catalog_of(*(layer_of(f"drainage.lop_{number}") for number in range(150)))
    assert len([change for change in migrate(database, city) if change.startswith("+")]) == 150
    started = time.perf_counter()
    assert migrate(database, city) == []
    assert time.perf_counter() - started < 0.3


def test_titles_styles_and_order_of_fields_are_no_change_of_tables(database):
    renamed = layer_of(title={"vi": "Giếng thăm", "en": "Shaft"}, fields=dict(reversed(FIELDS.items())))
    assert migrate(database, catalog_of(renamed)) == []


def test_a_field_is_added_in_place_and_the_next_load_writes_only_what_it_brings(database):
    layer = with_fields(vat_lieu={"type": "text"})
    assert "drainage.ho_ga.vat_lieu + TEXT" in migrate(database, catalog_of(layer))
    assert migrate(database, catalog_of(layer)) == []
    assert fetch(database, "SELECT ma, vat_lieu FROM drainage.ho_ga ORDER BY 1") == [("A", None), ("B", None)]
    assert fetch(database, "SELECT vat_lieu FROM history.drainage__ho_ga") == [(None,)]
    same = [(*row[:3], None, row[3]) for row in ROWS]
    assert republish(database, layer, same) is None
    assert republish(database, layer, [(*ROWS[0][:3], "gang", ROWS[0][3]), same[1]]).layers[0].counts.changed == 1


def test_a_required_field_is_added_and_rows_written_from_then_on_obey_it(database):
    layer = with_fields(vat_lieu={"type": "text", "required": True})
    migrate(database, catalog_of(layer))
    assert republish(database, layer, [(*row[:3], None, row[3]) for row in ROWS]) is None
    with pytest.raises(LoadRefused, match="vat_lieu required"):
        republish(database, layer, [("A", "x", 1.5, None, ROWS[0][3])])
    assert republish(database, layer, [("A", "x", 1.5, "gang", ROWS[0][3])]).number == 3
    wider = with_fields(vat_lieu={"type": "text", "required": True}, sau={"type": "number"})
    migrate(database, catalog_of(wider))


@pytest.mark.parametrize("required", [True, False], ids=["tightened", "loosened"])
def test_a_requirement_comes_and_goes_in_place(database, required):
    strict, loose = with_fields(loai={"type": "text", "required": True}), HO_GA
    migrate(database, catalog_of(strict))
    if not required:
        migrate(database, catalog_of(loose))
    without = [(ROWS[0][0], None, *ROWS[0][2:]), ROWS[1]]
    if required:
        with pytest.raises(LoadRefused, match="loai required"):
            republish(database, strict, without)
    else:
        assert republish(database, loose, without).layers[0].counts.changed == 1


def test_integers_widen_to_numbers_and_kinds_of_geometry_are_added(make_blank_database):
    database = make_blank_database()
    old = with_fields(cao_do={"type": "integer"})
    migrate(database, catalog_of(old))
    republish(database, old, [("A", None, 7, "POINT(1 1)")])
    new = layer_of(geometry=["Point", "Polygon"])
    migrate(database, catalog_of(new))
    assert republish(database, new, [("A", None, 7.0, "POINT(1 1)")]) is None
    square = "POLYGON((0 0, 9 0, 9 9, 0 0))"
    assert republish(database, new, [("A", None, 7.5, square)]).layers[0].counts.changed == 1


def test_a_kind_of_geometry_that_no_row_has_goes_in_place(database):
    both = layer_of(geometry=["Point", "Polygon"])
    migrate(database, catalog_of(both))
    assert migrate(database, catalog_of(HO_GA)) == ["drainage.ho_ga: geometry Point, Polygon → Point"]
    assert len(fetch(database, "SELECT FROM drainage.ho_ga")) == 2


DESTRUCTIVE = {
    "a dropped field": (with_fields(loai=None), "drainage.ho_ga.loai"),
    "a changed type": (with_fields(loai={"type": "integer"}), "drainage.ho_ga.loai"),
    "a number made integer": (with_fields(cao_do={"type": "integer"}), "drainage.ho_ga.cao_do"),
    "another kind of geometry": (layer_of(geometry=["LineString"]), "drainage.ho_ga"),
    "another key": (layer_of(key=["ma", "loai"]), "drainage.ho_ga"),
    "a layer whose file is gone": (None, "drainage.ho_ga"),
}


@pytest.mark.parametrize(("layer", "drops"), DESTRUCTIVE.values(), ids=DESTRUCTIVE)
def test_what_would_lose_data_is_refused_with_the_command_and_done_when_told(database, layer, drops):
    city = catalog_of(*([layer] if layer else []))
    before = fetch(database, "SELECT * FROM drainage.ho_ga ORDER BY fid")
    with pytest.raises(MigrationRefused, match=f"bando db migrate --drop {drops}\n") as caught:
        migrate(database, city)
    assert "Chưa thay đổi gì" in caught.value.vi
    assert fetch(database, "SELECT * FROM drainage.ho_ga ORDER BY fid") == before
    assert migrate(database, city, allow_destructive=frozenset({drops}))
    assert migrate(database, city) == []
    rows_left = 2 if "." in drops.removeprefix("drainage.") else 0
    assert fetch(database, "SELECT coalesce(sum(rows), 0) FROM meta.layer_state") == [(rows_left,)]
    if layer is None:
        assert fetch(database, "SELECT to_regclass('drainage.ho_ga'), to_regclass('history.drainage__ho_ga')") == [
            (None, None)
        ]
    else:
        assert len(fetch(database, "SELECT FROM drainage.ho_ga")) == rows_left


def test_every_refusal_is_told_at_once_and_nothing_else_is_done_meanwhile(database):
    layer = with_fields(loai=None, cao_do={"type": "text"}, moi={"type": "text"})
    with pytest.raises(MigrationRefused) as caught:
        migrate(database, catalog_of(layer, layer_of("drainage.moi")))
    assert "--drop drainage.ho_ga.cao_do --drop drainage.ho_ga.loai" in caught.value.vi
    assert fetch(database, "SELECT layer FROM meta.layer") == [("drainage.ho_ga",)]


def test_an_empty_layer_may_change_in_any_way(make_blank_database):
    database = make_blank_database()
    migrate(database, catalog_of(HO_GA, layer_of("drainage.thua")))
    other = layer_of(key=["loai"], geometry=["Polygon"], fields={"loai": {"type": "integer"}})
    assert migrate(database, catalog_of(other)) == ["- drainage.thua", "drainage.ho_ga: anew"]
    republish(database, other, [(7, "POLYGON((0 0, 9 0, 9 9, 0 0))")])


def test_a_drop_that_drops_nothing_is_an_error(database):
    with pytest.raises(SettingInvalid, match=r"drainage\.ho_gaa"):
        migrate(database, catalog_of(HO_GA), allow_destructive=frozenset({"drainage.ho_gaa"}))


def test_a_layer_made_anew_starts_with_a_new_load(database):
    layer = layer_of(geometry=["LineString"])
    migrate(database, catalog_of(layer), allow_destructive=frozenset({"drainage.ho_ga"}))
    release = republish(database, layer, [("A", None, None, "LINESTRING(0 0, 1 1)")])
    assert release.number == 3
    assert fetch(database, "SELECT rows, release FROM meta.layer_state") == [(1, 3)]


def test_names_with_capitals_hyphens_and_any_length_are_kept(make_blank_database):
    database = make_blank_database()
    name = "công-trình " + "x" * 40
    field = "maNhanDang-" + "y" * (LONGEST_NAME - 11)
    layer = layer_of(f"drainage.{name}", key=[field], fields={field: {"type": "text"}, "order": {"type": "text"}})
    migrate(database, catalog_of(layer))
    assert republish(database, layer, [("A", "B", "POINT(1 1)")]).number == 1
    assert republish(database, layer, [("A", "C", "POINT(1 1)")]).number == 2
    wider = layer_of(layer.id, key=[field], fields={**layer.file.model_dump()["fields"], "Mới": {"type": "number"}})
    assert migrate(database, catalog_of(wider))


def test_a_migration_that_meets_a_long_question_gives_up_with_a_sentence(database, monkeypatch):
    monkeypatch.setattr("gis_server.db.tables.PATIENCE", "200ms")
    with database.connect("read") as reader:
        reader.execute("SELECT FROM drainage.ho_ga")
        with pytest.raises(Busy, match="held a table"):
            migrate(database, catalog_of(with_fields(moi={"type": "text"})))
    assert migrate(database, catalog_of(with_fields(moi={"type": "text"})))


def test_indexes_that_older_tables_lack_come_with_the_migration(database):
    migrate(database, catalog_of(HO_GA))
    listed = "SELECT indexdef FROM pg_indexes WHERE tablename IN ('ho_ga', 'drainage__ho_ga') ORDER BY 1"
    before = fetch(database, listed)
    with database.connect("owner") as conn:
        conn.execute("UPDATE meta.layer SET definition = definition - 'indexes'")
        conn.execute("DROP INDEX history.drainage__ho_ga_geom, history.drainage__ho_ga_died, drainage.ho_ga_born")
    assert migrate(database, catalog_of(HO_GA)) == ["drainage.ho_ga: index"]
    assert fetch(database, listed) == before
    assert migrate(database, catalog_of(HO_GA)) == []


def test_areas_that_were_served_before_anybody_measured_are_measured_by_the_migration(make_blank_database):
    database, areas = make_blank_database(), layer_of(geometry=["Polygon", "Point"])
    migrate(database, catalog_of(areas))
    republish(database, areas, [("A", None, 1.0, "POLYGON((0 0, 9 0, 9 4, 0 4, 0 0))"), ("B", None, 1.0, "POINT(1 1)")])
    with database.connect("owner") as conn:
        conn.execute("UPDATE meta.layer SET definition = definition - 'measured'")
        conn.execute("ALTER TABLE drainage.ho_ga DROP COLUMN clearance")
    assert migrate(database, catalog_of(areas)) == ["drainage.ho_ga: clearance"]
    assert fetch(database, "SELECT ma, clearance FROM drainage.ho_ga ORDER BY 1") == [("A", 4.0), ("B", None)]
    assert migrate(database, catalog_of(areas)) == []


def test_hashes_of_an_older_way_are_made_anew_and_history_with_them(database):
    with database.connect("owner") as conn:
        conn.execute("UPDATE meta.layer SET definition = definition - 'hash'")
        conn.execute("UPDATE drainage.ho_ga SET hash = 0")
        conn.execute("UPDATE history.drainage__ho_ga SET hash = 0")
    assert migrate(database, catalog_of(HO_GA)) == ["drainage.ho_ga: hash"]
    assert republish(database, HO_GA, ROWS) is None
    assert fetch(database, "SELECT count(*) FROM history.drainage__ho_ga WHERE hash = 0") == [(0,)]
