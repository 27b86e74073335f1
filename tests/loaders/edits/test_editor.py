"""The editor: edits pass the gate of deliveries and become one release, or nothing changes at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
import shapely
from psycopg import sql

from gis_server.access.views import compile_views
from gis_server.catalog import Catalog, Layer
from gis_server.catalog.checks import Budget, Waiver
from gis_server.db.database import Database
from gis_server.db.shapes import hash_expression
from gis_server.errors import BadRequest, Busy, EditConflict, EditForbidden, EditRefused, EditStale, UnknownLayer
from gis_server.releases.edits import Author, Edit, Edited, Shape, Sight, version_sql
from gis_server.releases.publish import alone
from gis_server.releases.source import Source
from loaders.edits.editor import GateEditor
from tests.serving import MEASURED, SYNTHETIC, X, Y, publish_rows, row_of

PARCELS, TREES = "cadastre.thua_dat", "greenery.cay_xanh_duong_pho"
OFFICE = Source("van_phong", "Văn phòng", "Office", "agency", "VPĐKĐĐ")
AUTHOR = Author("VPĐKĐĐ Quận 3", "Tách thửa", OFFICE, frozenset({MEASURED.id}))
SIDE_M = 10.0
MILLIMETRE = 0.001


class Desk:
    """A layer of parcels in a row, an editor, and ways to ask what is served."""

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self.database = database
        self.catalog = catalog
        self.editor = GateEditor(catalog, database)
        self.parcels = catalog[PARCELS]
        self.view = compile_views(catalog)["full"]

    def sight(self, layer: Layer | None = None) -> Sight:
        layer = layer or self.parcels
        return Sight(layer, self.view.layers[layer.id], self.view.rows(layer))

    def apply(self, *edits: Edit, author: Author = AUTHOR) -> Edited:
        return self.editor.apply(edits, author)

    def insert(self, number: str, shape: shapely.Geometry, **values: Any) -> Edit:
        given = {"ma_xa_cu": "K1", "so_to": "K1", "so_thua": number, **values}
        return Edit(self.sight(), "insert", None, None, given, drawn(shape), True)

    def update(self, number: str, values: dict[str, Any], shape: shapely.Geometry | None = None) -> Edit:
        fid, version = self.known(number)
        redraw = None if shape is None else drawn(shape)
        return Edit(self.sight(), "update", fid, frozenset({version}), values, redraw, shape is not None)

    def delete(self, number: str) -> Edit:
        fid, version = self.known(number)
        return Edit(self.sight(), "delete", fid, frozenset({version}))

    def known(self, number: str) -> tuple[int, str]:
        query = sql.SQL("SELECT fid, {} FROM cadastre.thua_dat WHERE so_thua = %s").format(
            sql.SQL(version_sql(self.sight()))
        )
        (row,) = self.ask(query, number)
        return row[0], row[1]

    def ask(self, query: sql.Composable | str, *values: Any) -> list[tuple[Any, ...]]:
        with self.database.connect("read") as conn:
            text = query.encode() if isinstance(query, str) else query
            return conn.execute(text, values or None).fetchall()

    def release(self) -> int:
        return int(self.ask("SELECT max(release) FROM meta.release")[0][0])

    def litter(self) -> int:
        with psycopg.connect(self.database.url) as conn:
            row = conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE 'load%'")
            return int(row.fetchone()[0])  # type: ignore[index]


def square(place: float, side: float = SIDE_M, up: float = 0.0) -> shapely.Polygon:
    """A square in the row of parcels, as wide as it is high, its corner so many sides to the east."""
    west, south = round(X + place * SIDE_M, 3), round(Y + up, 3)
    return shapely.box(west, south, west + side, south + side)


def drawn(shape: shapely.Geometry, srid: int = 9210, unit: float = MILLIMETRE) -> Shape:
    return Shape(shapely.to_wkb(shape), srid, unit)


@pytest.fixture
def desk(make_database: Callable[[], Database], catalog: Catalog) -> Desk:
    """For tests that edit."""
    return desk_on(make_database(), catalog)


@pytest.fixture(scope="module")
def calm(make_database: Callable[[], Database], catalog: Catalog) -> Desk:
    """For tests whose edits are all refused."""
    return desk_on(make_database(), catalog)


def desk_on(database: Database, catalog: Catalog) -> Desk:
    """Five parcels side by side, K1 to K5, and one of another source far away."""
    layer = catalog[PARCELS]
    place = {name: at for at, name in enumerate(layer.fields)}

    def row(number: int, shape: shapely.Geometry) -> tuple[Any, ...]:
        values = list(row_of(catalog, layer, 1))
        values[place["so_thua"]] = f"K{number}"
        values[place["dien_tich"]] = shape.area
        return (*values[:-1], shape.wkt)

    publish_rows(database, MEASURED, [(layer, [row(number, square(number - 1)) for number in range(1, 6)])])
    publish_rows(database, SYNTHETIC, [(layer, [row(9, square(40))])])
    return Desk(database, catalog)


def test_a_created_feature_is_served_under_the_office_s_source_in_a_release_of_its_own(desk: Desk) -> None:
    before = desk.release()
    made = desk.apply(desk.insert("K6", square(5), dien_tich=100, loai_dat="ODT", hieu_luc_tu="2026-11-22"))
    assert made.release == before + 1
    assert made.told == ()
    found = desk.ask(
        "SELECT fid, source, born, so_thua, dien_tich, loai_dat, hieu_luc_tu::text, "
        "ST_Equals(geom, ST_GeomFromText(%s, 9210)) FROM cadastre.thua_dat WHERE fid = %s", square(5).wkt, made.fids[0],
    )  # fmt: skip
    assert found == [(made.fids[0], OFFICE.id, made.release, "K6", 100.0, "ODT", "2026-11-22", True)]
    assert desk.ask("SELECT who, note FROM meta.release WHERE release = %s", made.release) == [
        (AUTHOR.who, AUTHOR.note)
    ]
    assert desk.litter() == 0


def test_an_update_changes_what_it_names_and_nothing_else(desk: Desk) -> None:
    everything = "SELECT to_jsonb(t) - 'hash' - 'geom_3857' FROM cadastre.thua_dat t WHERE so_thua = 'K2'"
    ((before,),) = desk.ask(everything)
    done = desk.apply(desk.update("K2", {"loai_dat": "CLN", "dia_chi": None}))
    ((after,),) = desk.ask(everything)
    measured = {"clearance": 10}  # what is written is measured; the rows of this test were not
    assert after == {**before, "loai_dat": "CLN", "dia_chi": None, "born": done.release, **measured}
    assert desk.ask("SELECT died, loai_dat FROM history.cadastre__thua_dat WHERE fid = %s", done.fids[0]) == [
        (done.release, before["loai_dat"])
    ]


def test_the_row_that_an_edit_leaves_is_the_row_that_a_load_would_leave(desk: Desk, catalog: Catalog) -> None:
    desk.apply(desk.update("K2", {"dien_tich": 101}), desk.insert("K6", square(5), dien_tich=100))
    query = (
        f"SELECT count(*) FILTER (WHERE hash <> {hash_expression(catalog[PARCELS])}), "
        "max(ST_HausdorffDistance(geom_3857, ST_Transform(geom, 3857))) FROM cadastre.thua_dat"
    )
    ((wrong, off),) = desk.ask(query)
    assert wrong == 0
    assert off < 1e-4


def test_a_batch_is_one_release_and_all_or_nothing(desk: Desk) -> None:
    before = desk.release()
    left, right = shapely.box(X + 10, Y, X + 14, Y + 10), shapely.box(X + 14, Y, X + 20, Y + 10)
    split = (
        desk.delete("K2"),
        desk.insert("K2a", left, dien_tich=40),
        desk.insert("K2b", right, dien_tich=60),
        desk.update("K3", {"loai_dat": "CLN"}),
    )
    with pytest.raises(EditRefused, match="ATT-03"):
        desk.apply(*split, desk.update("K4", {"loai_dat": "XXX"}))
    assert desk.release() == before
    assert len(desk.ask("SELECT FROM cadastre.thua_dat")) == 6
    done = desk.apply(*split)
    assert done.release == before + 1
    assert done.told == ()
    assert desk.ask(
        "SELECT source, added, changed, removed FROM meta.release_layer WHERE release = %s ORDER BY source",
        done.release,
    ) == [(MEASURED.id, 0, 1, 1), (OFFICE.id, 2, 0, 0)]


def test_of_two_editors_who_saw_the_same_version_one_wins(desk: Desk) -> None:
    first, second = desk.update("K2", {"loai_dat": "CLN"}), desk.update("K2", {"loai_dat": "LUC"})
    desk.apply(first)
    with pytest.raises(EditStale, match="release 3"):
        desk.apply(second)
    assert desk.ask("SELECT loai_dat FROM cadastre.thua_dat WHERE so_thua = 'K2'") == [("CLN",)]
    desk.apply(replace(second, versions=None))
    assert desk.ask("SELECT loai_dat FROM cadastre.thua_dat WHERE so_thua = 'K2'") == [("LUC",)]


def test_an_edit_that_changes_nothing_makes_no_release(desk: Desk) -> None:
    done = desk.apply(desk.update("K2", {"so_thua": "K2"}))
    assert done.release is None
    assert desk.release() == 2


@pytest.mark.parametrize(
    ("code", "values", "shape"),
    [
        ("ATT-01", {"so_thua": None}, square(5)),
        ("ATT-02", {"dien_tich": "một trăm"}, square(5)),
        ("ATT-02", {"hieu_luc_tu": "22/11/2026"}, square(5)),
        ("ATT-03", {"loai_dat": "ĐẤT"}, square(5)),
        ("ATT-04", {"so_to": "12345678901"}, square(5)),
        ("ATT-05", {"dien_tich": -1}, square(5)),
        ("GEO-01", {}, shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])),
        ("GEO-02", {}, shapely.Polygon()),
        ("GEO-03", {}, shapely.Point(X, Y)),
        ("GEO-04", {}, shapely.box(0, 0, 10, 10)),
    ],
)
def test_what_a_delivery_may_not_bring_an_edit_may_not(
    calm: Desk, code: str, values: dict[str, Any], shape: shapely.Geometry
) -> None:
    with pytest.raises(EditRefused, match=code) as refused:
        calm.apply(calm.insert("K6", shape, **values))
    assert code in [one["code"] for one in refused.value.members["findings"]]
    assert calm.release() == 2
    assert calm.litter() == 0
    assert calm.ask("SELECT outcome, who FROM meta.load ORDER BY load_id DESC LIMIT 1") == [("refused", AUTHOR.who)]


def test_an_overlap_and_a_gap_with_what_is_served_are_told_and_let_pass(desk: Desk) -> None:
    over = shapely.box(X + 49, Y, X + 60, Y + 10)
    done = desk.apply(desk.insert("K6", over, dien_tich=110))
    assert [(one.code, one.edit, one.severity) for one in done.told] == [("COV-01", 0, "warning")]
    assert done.told[0].place is not None
    beside = shapely.box(X + 60.1, Y, X + 70, Y + 10)
    assert [one.code for one in desk.apply(desk.insert("K7", beside, dien_tich=99)).told] == ["COV-02"]


def test_faults_of_neighbours_are_not_laid_to_the_edited_feature(desk: Desk) -> None:
    desk.apply(desk.insert("K6", shapely.box(X + 45, Y + 5, X + 60, Y + 15), dien_tich=150))
    assert desk.apply(desk.update("K4", {"loai_dat": "CLN"})).told == ()


def test_a_drawing_that_is_served_already_is_told(desk: Desk) -> None:
    assert "GEO-14" in [one.code for one in desk.apply(desk.insert("K6", square(2), dien_tich=100)).told]


def test_a_key_that_is_taken_is_a_conflict_that_names_the_feature(calm: Desk) -> None:
    fid, _ = calm.known("K2")
    with pytest.raises(EditConflict, match=f"number {fid}") as refused:
        calm.apply(calm.insert("K2", square(20), dien_tich=100))
    assert refused.value.members == {"collection": PARCELS, "id": fid}
    with pytest.raises(EditRefused, match="ATT-06"):
        calm.apply(calm.insert("K6", square(5), dien_tich=100), calm.insert("K6", square(6), dien_tich=100))


def test_keys_do_not_change_and_other_sources_are_left_alone(calm: Desk) -> None:
    with pytest.raises(BadRequest, match="so_thua: K2 → K22"):
        calm.apply(calm.update("K2", {"so_thua": "K22"}))
    with pytest.raises(EditForbidden, match="tong_hop"):
        calm.apply(calm.update("K9", {"loai_dat": "CLN"}))
    with pytest.raises(UnknownLayer):
        calm.apply(replace(calm.delete("K2"), fid=987_654))


def test_a_point_sent_back_as_it_was_served_stays_where_it_is(desk: Desk, catalog: Catalog) -> None:
    (west,) = [shape for (shape,) in desk.ask("SELECT ST_AsBinary(geom) FROM cadastre.thua_dat WHERE so_thua = 'K2'")]
    stored = shapely.from_wkb(bytes(west))
    in_degrees = shapely.transform(stored, lambda points: catalog.crs.transform(points, 9210, 4326).round(7))
    edit = desk.update("K2", {"loai_dat": "CLN"}, stored)
    desk.apply(replace(edit, shape=drawn(in_degrees, 4326, 1e-7)))
    ((same,),) = desk.ask(
        "SELECT geom = ST_GeomFromWKB(%s, 9210) FROM cadastre.thua_dat WHERE so_thua = 'K2'", bytes(west)
    )
    assert same
    beside = shapely.transform(square(5), lambda points: catalog.crs.transform(points, 9210, 4326).round(7))
    done = desk.apply(replace(desk.insert("K6", square(5), dien_tich=100), shape=drawn(beside, 4326, 1e-7)))
    assert done.told == ()
    ((gap,),) = desk.ask(
        "SELECT ST_Length(ST_Intersection(a.geom, b.geom)) FROM cadastre.thua_dat a, cadastre.thua_dat b "
        "WHERE a.so_thua = 'K5' AND b.so_thua = 'K6'"
    )
    assert gap == pytest.approx(SIDE_M)


def test_relations_are_asked_of_other_layers_near_the_edit(desk: Desk, catalog: Catalog) -> None:
    trees, wards = catalog[TREES], catalog["base_boundary.dia_phan_hanh_chinh_tren_dat_lien"]
    sight = desk.sight(trees)

    def plant(number: str, east: float) -> Edited:
        point = drawn(shapely.Point(X + east, Y))
        return desk.apply(Edit(sight, "insert", None, None, {"ma_cay": number}, point, True))

    assert plant("C1", 0).told == ()
    publish_rows(desk.database, MEASURED, [(wards, [row_of(catalog, wards, 1)])])
    assert plant("C2", 1).told == ()
    assert [one.code for one in plant("C3", 3_000).told] == ["REL-01"]


def test_an_edit_of_a_field_keeps_the_drawing_to_the_last_digit_so_that_no_tile_is_touched(desk: Desk) -> None:
    done = desk.apply(desk.update("K2", {"dia_chi": "12 Lê Lợi"}))
    ((touched,),) = desk.ask("SELECT octet_length(cells) FROM meta.touched WHERE release = %s", done.release)
    ((elsewhere,),) = desk.ask("SELECT min(octet_length(cells)) FROM meta.touched")
    assert touched == elsewhere
    moved = desk.apply(desk.update("K2", {}, square(1, up=0.5)))
    ((touched,),) = desk.ask("SELECT octet_length(cells) FROM meta.touched WHERE release = %s", moved.release)
    assert touched > elsewhere


def test_a_budget_of_warnings_and_waivers_hold_for_edits(desk: Desk, catalog: Catalog) -> None:
    over = desk.insert("K6", shapely.box(X + 49, Y, X + 60, Y + 10), dien_tich=110)
    strict = Layer(PARCELS, desk.parcels.file.model_copy(update={"budget": Budget(warnings=0.0)}))
    files = replace(catalog, layers={**catalog.layers, PARCELS: strict})
    edit = replace(over, sight=replace(over.sight, layer=strict))
    with pytest.raises(EditRefused, match="budget") as refused:
        GateEditor(files, desk.database).apply([edit], AUTHOR)
    assert [one["code"] for one in refused.value.members["findings"]] == ["COV-01"]
    answered = Waiver(code="COV-01", keys=["K1, K1, K6"], who="Sở X", why="đo lại", until=date(2999, 1, 1))
    lenient = replace(files, waivers={PARCELS: [answered]})
    assert GateEditor(lenient, desk.database).apply([edit], AUTHOR).told == ()


def test_an_edit_gives_up_soon_while_somebody_else_publishes(calm: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.edits.editor.PATIENCE", "100ms")
    with calm.database.connect() as conn, alone(conn), pytest.raises(Busy, match="Another publish"):
        calm.apply(calm.update("K2", {"loai_dat": "CLN"}))
    assert calm.litter() == 0


def test_what_comes_together_is_checked_together_across_layers(desk: Desk, catalog: Catalog) -> None:
    manholes, pipes = catalog["drainage.ho_ga"], catalog["drainage.tuyen_cong"]
    publish_rows(desk.database, MEASURED, [(layer, [row_of(catalog, layer, 1)]) for layer in (manholes, pipes)])

    def made(layer: Layer, number: str, shape: shapely.Geometry) -> Edit:
        return Edit(desk.sight(layer), "insert", None, None, {"ma": number}, drawn(shape), True)

    ends = shapely.Point(X + 500, Y), shapely.Point(X + 530, Y)
    pipe = made(pipes, "C9", shapely.LineString(ends))
    nodes = [made(manholes, f"H{place}", end) for place, end in enumerate(ends)]
    with_nodes = desk.apply(*nodes, pipe)
    assert [one.code for one in with_nodes.told if one.code in ("NET-01", "REL-02")] == []
    alone = desk.apply(made(pipes, "C10", shapely.LineString([(X + 600, Y), (X + 630, Y)])))
    assert [one.code for one in alone.told].count("NET-01") == 2
    lonely = desk.apply(made(manholes, "H9", shapely.Point(X + 900, Y)))
    assert "REL-02" in [one.code for one in lonely.told]


def test_a_thousand_edits_at_once_are_one_release(desk: Desk, catalog: Catalog) -> None:
    trees = desk.sight(catalog[TREES])
    edits = [
        Edit(trees, "insert", None, None, {"ma_cay": f"T{n}"}, drawn(shapely.Point(X + n % 40, Y + n // 40)), True)
        for n in range(1_000)
    ]
    done = desk.apply(*edits)
    assert len(set(done.fids)) == 1_000
    assert desk.ask("SELECT added FROM meta.release_layer WHERE release = %s", done.release) == [(1_000,)]


def test_most_of_a_source_does_not_end_at_once(desk: Desk, catalog: Catalog) -> None:
    trees = catalog[TREES]
    publish_rows(desk.database, MEASURED, [(trees, [row_of(catalog, trees, number) for number in range(1, 121)])])
    fids = [fid for (fid,) in desk.ask(f"SELECT fid FROM {trees.table} ORDER BY fid")]
    end = [Edit(desk.sight(trees), "delete", fid) for fid in fids]
    with pytest.raises(EditRefused, match="REV-01"):
        desk.apply(*end[:61])
    assert desk.apply(*end[:60]).release == desk.release()
