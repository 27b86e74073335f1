"""Rows that are served as they come are not sent; the load is the same as if they had been, whatever the delivery."""

import copy
import random
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely
import yaml

from gis_server.catalog import Catalog
from gis_server.catalog.checks import Waiver
from gis_server.db.database import Database
from gis_server.errors import MapError
from gis_server.releases import drafts as held_drafts
from gis_server.releases.drafts import drafts, publish_drafts
from gis_server.releases.rollback import Wish, roll_back
from loaders import held, pipeline
from loaders.child.host import Child
from loaders.line import UNDER_WAY
from loaders.mapping import Mapping
from loaders.memory.again import Again
from loaders.memory.recall import Recall
from loaders.pipeline import Desk, Order, load
from loaders.readers.stream import Chunk, Stream
from loaders.report import as_json
from loaders.rows import Rows
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered
from tests.loaders.test_relations import EAST, NORTH, with_file

Feature = tuple[Any, dict[str, Any]]
Ask = Callable[..., list[tuple[Any, ...]]]
PROFILE = {**MANHOLES, "rejects": 0.4, "repair": 0.01, "layers": [
    {"to": "drainage.tuyen_cong", "from": {"kind": "LineString"},
     "fields": {"ma": "ma", "cao_do_day_dau": "dau", "cao_do_day_cuoi": "cuoi"}},
    {"to": "drainage.ho_ga", "from": {"kind": "Point"}, "fields": {"ma": "ma", "tuyen_duong": "duong"}},
    {"to": "cadastre.thua_dat", "from": {"kind": "Polygon"}, "fields": {
        "ma_xa_cu": "xa", "so_to": "to", "so_thua": "thua", "dien_tich": "dt", "loai_dat": "loai",
        "ma_thua_dat": "ma_thua", "dia_chi": "dc"}},
]}  # fmt: skip
OTHERS = {**MANHOLES, "source": {**MANHOLES["source"], "id": "quan_1"}}
SIDE = 12
LOTS = SIDE * SIDE
OURS = ("seconds", "check_seconds", "peak_mib")
LAYERS = ("cadastre.thua_dat", "drainage.ho_ga", "drainage.tuyen_cong")


def parcel(number: int) -> Feature:
    west, south = EAST + 10.0 * (number % SIDE), NORTH + 0.25 + 20.0 * (number // SIDE)
    values = {"xa": "26740", "to": "1", "thua": str(number), "dt": 200.0, "ma_thua": f"M{number}"}
    values |= {"loai": "ODT" if number % 4 else "CLN", "dc": f"{number} Lê Lợi"}
    return shapely.box(west, south, west + 10, south + 20), values


def manhole(number: int) -> Feature:
    return shapely.Point(EAST + 10.0 * number, NORTH - 50.25), {"ma": f"H{number}", "duong": "Lê Lợi"}


def pipe(number: int) -> Feature:
    ends = [(EAST + 10.0 * number, NORTH - 50.25), (EAST + 10.0 * number + 10, NORTH - 50.25)]
    return shapely.LineString(ends), {"ma": f"T{number}", "dau": 2.0, "cuoi": 1.0}


def city() -> list[Feature]:
    """Parcels side by side, and a row of manholes with pipes between them."""
    features = [
        *(parcel(number) for number in range(LOTS)),
        *(manhole(number) for number in range(120)),
        *(pipe(number) for number in range(119)),
    ]
    columns = dict.fromkeys(name for _, values in features for name in values)
    return [(shape, {**columns, **values}) for shape, values in features]


def taken() -> Feature:
    """A manhole with a key that another source serves."""
    return shapely.Point(EAST + 5, NORTH - 80), {**dict.fromkeys(city()[0][1]), "ma": "Q1"}


def changed(features: list[Feature], at: int, **values: Any) -> None:
    shape, old = features[at]
    features[at] = shape, {**old, **values}


def redrawn(features: list[Feature], at: int, shape: Any) -> None:
    features[at] = shape, features[at][1]


def again(features: list[Feature], at: int, *, east: float = 0.0, **values: Any) -> None:
    """A row once more, maybe elsewhere or called otherwise."""
    shape, old = features[at]
    features.append((shapely.affinity.translate(shape, east), {**old, **values}))


def crossed(features: list[Feature], at: int) -> None:
    """An outline that crosses itself."""
    west, south, east, north = shapely.bounds(features[at][0])
    redrawn(features, at, shapely.Polygon([(west, south), (east, north), (east, south), (west, north)]))


def everywhere(features: list[Feature], name: str, value: str | None) -> None:
    """One value wherever there is one."""
    for place, (_, values) in enumerate(features):
        if values[name]:
            changed(features, place, **{name: value})


def without(features: list[Feature], gone: Callable[[Any], bool]) -> None:
    features[:] = [one for one in features if not gone(one[0])]


EDITS: list[Callable[[list[Feature], int], object]] = [
    lambda features, at: changed(features, at, duong="Hai Bà Trưng", dt=201.5, dau=2.5),
    lambda features, at: changed(features, at, dau=1.0, cuoi=1.5, dt=900.0),
    lambda features, at: changed(features, at % LOTS, loai="XXX"),
    lambda features, at: changed(features, at % LOTS, ma_thua="M7"),
    lambda features, at: changed(features, at, ma=None, thua=None),
    lambda features, at: redrawn(features, at, shapely.affinity.translate(features[at][0], 0.5, 0.5)),
    lambda features, at: crossed(features, at % LOTS),
    lambda features, at: again(features, at),
    lambda features, at: again(features, at, east=0.05),
    lambda features, at: again(features, at, ma=f"N{at}", thua=f"N{at}"),
    lambda features, at: features.pop(at),
    lambda features, _: features.append(taken()),
    lambda features, _: everywhere(features, "loai", "ODT"),
    lambda features, _: everywhere(features, "dc", None),
    lambda features, at: random.Random(at).shuffle(features),
    lambda features, _: features.__delitem__(slice(len(features) // 2 + 40)),
    lambda features, _: features.__setitem__(
        slice(None), [one for one in features if one[0].geom_type != "LineString"]
    ),
]
"""What happens between two deliveries, at one row or in all."""


@dataclass(frozen=True)
class Way:
    """A database, and from how many rows on what is served in it is not sent again."""

    desk: Desk
    fewest: int

    def load(
        self, features: list[Feature], folder: Path, profile: dict[str, Any] = PROFILE, **order: Any
    ) -> dict[str, Any] | str:
        """The report, or the sentence of a refusal."""
        file = folder / "profile.yaml"
        file.write_text(yaml.safe_dump(profile, allow_unicode=True))
        try:
            report = load(Order(delivered(folder, *features), str(file), **order), self.desk)
        except MapError as error:
            return str(error)
        told = {name: value for name, value in as_json(report).items() if name not in OURS}
        return {
            **told,
            "located": report.located,
            "outlines": {name: len(them) for name, them in report.outlines.items()},
        }

    def state(self) -> list[list[tuple[Any, ...]]]:
        queries = [
            *(f"SELECT fid, born, source, hash, s::text FROM {layer} AS s ORDER BY fid" for layer in LAYERS),
            *(f"SELECT h::text FROM history.{layer.replace('.', '__')} AS h ORDER BY fid, born" for layer in LAYERS),
            "SELECT release, layer, source, added, changed, removed FROM meta.release_layer ORDER BY 1, 2, 3",
            "SELECT layer, source, rows, release FROM meta.layer_state ORDER BY 1, 2",
            "SELECT load_id, layer, code, field, key, value, ST_AsText(place) FROM meta.finding ORDER BY finding_id",
        ]  # fmt: skip
        with psycopg.connect(self.desk.database.url) as conn:
            return [conn.execute(query.encode()).fetchall() for query in queries]


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each load did not send at first."""
    counts: list[int] = []

    def settle(self: held.Held) -> None:
        settled(self)
        counts.append(sum(len(away.number) for away in self.away.values()))

    settled = held.Held.settle
    monkeypatch.setattr(held.Held, "settle", settle)
    return counts


@pytest.fixture
def came_again(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many parcels at a time were known from the delivery before."""
    counts: list[int] = []

    def tell(self: Recall, again: Again) -> None:
        if again.layer.name == "thua_dat":
            counts.append(len(again.numbers))
        told(self, again)

    told = Recall.tell
    monkeypatch.setattr(Recall, "tell", tell)
    return counts


@pytest.fixture
def by_either_way(
    make_database: Callable[[], Database],
    desk_at: Callable[..., Desk],
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Loads into two databases, holding rows back in one alone; what comes of it must be the same."""
    fields = catalog["cadastre.thua_dat"].file.fields
    unique = {**fields, "ma_thua_dat": fields["ma_thua_dat"].model_copy(update={"unique": True})}
    files = with_file(catalog, "cadastre.thua_dat", fields=unique)
    short, long = (Way(desk_at(make_database(), files), fewest) for fewest in (1, held.MOST))

    def loaded(
        features: list[Feature],
        folder: Path,
        before: Callable[[Desk], object] | None = None,
        changes: Callable[[Catalog], Catalog] = lambda files: files,
        **order: Any,
    ) -> Any:
        answers = []
        for way in (short, long):
            monkeypatch.setattr(held, "FEWEST", way.fewest)
            if before is not None:
                before(way.desk)
            under = replace(way, desk=replace(way.desk, catalog=changes(files)))
            answers.append((under.load(features, folder, **order), way.state()))
        assert answers[0] == answers[1]
        return answers[0][0]

    return loaded


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_between_deliveries_the_short_way_ends_where_the_long_one_does(
    by_either_way, held_back, tmp_path, seed
):
    """The edits are dealt out to the seeds: each gets a third of them, one at a time, at last two at once."""
    rng, features, released = random.Random(seed), city(), 0
    by_either_way([taken()], tmp_path, profile=OTHERS)
    by_either_way(features, tmp_path)
    deck = random.Random(0).sample(EDITS, len(EDITS))[seed::3]
    for edits in ([], *([edit] for edit in deck[:-2]), deck[-2:]):
        offered = list(features)
        for edit in edits:
            edit(offered, rng.randrange(len(offered)))
        answer = by_either_way(offered, tmp_path, judge=rng.random() < 0.2)
        if isinstance(answer, dict) and answer["release"]:
            features, released = offered, released + 1
    assert released
    assert sum(held_back) > 1_000


def shorter_addresses(files: Catalog) -> Catalog:
    """The layer file now says how long an address may be."""
    fields = files["cadastre.thua_dat"].file.fields
    strict = {**fields, "dia_chi": fields["dia_chi"].model_copy(update={"length": 9})}
    return with_file(files, "cadastre.thua_dat", fields=strict)


def answered_for(files: Catalog) -> Catalog:
    waiver = {"code": "COV-01", "count": 9, "who": "Lan", "why": "đang đo lại", "until": "2999-01-01"}
    return replace(files, waivers={"cadastre.thua_dat": [Waiver.model_validate(waiver)]})


def rolled_back(desk: Desk) -> None:
    with desk.database.connect() as conn:
        roll_back(conn, desk.catalog, Wish(2), who="Lan", note="")


def forgotten(desk: Desk) -> None:
    """What is remembered is damaged, of whichever database it was."""
    for file in desk.memory.iterdir():
        file.write_bytes(file.read_bytes()[:-9])


def other_rules() -> dict[str, Any]:
    profile = copy.deepcopy(PROFILE)
    profile["layers"][2]["fields"]["dia_chi"] = {"template": "{dc}, Quận 1"}
    return profile


BETWEEN: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"changes": shorter_addresses}, False),
    ({"changes": shorter_addresses}, True),
    ({}, False),
    ({"profile": other_rules()}, False),
    ({"changes": answered_for}, False),
    ({"changes": answered_for}, True),
    ({"before": rolled_back}, True),
    ({"judge": True}, True),
    ({"before": forgotten}, False),
]
"""What is otherwise when a delivery comes again, and whether most parcels are known all the same."""


def test_whatever_is_otherwise_when_a_delivery_comes_again_is_heeded(by_either_way, came_again, tmp_path):
    """Each time one parcel is moved over its neighbour and another has a new address; one always has a finding."""
    rng, features = random.Random(5), city()
    changed(features, 7, dt=900.0)
    by_either_way([taken()], tmp_path, profile=OTHERS)
    by_either_way(features, tmp_path)
    for order, known in BETWEEN:
        moved, told = rng.randrange(LOTS), rng.randrange(LOTS)
        offered = list(features)
        redrawn(offered, moved, shapely.affinity.translate(offered[moved][0], 0.5, 0.5))
        changed(offered, told, dc=f"{told} Hai Bà Trưng")
        came_again.clear()
        by_either_way(offered, tmp_path, **order)
        assert (sum(came_again) > LOTS // 2) == known, order


@pytest.fixture
def way(fresh: Database, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Way:
    """A database whose loads send changes only."""
    monkeypatch.setattr(held, "FEWEST", 1)
    return Way(desk_at(fresh), 1)


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pieces of what was read were in memory each time one more of eight rows came."""
    counts: list[int] = []
    pieces: list[weakref.ref[Rows]] = []

    def chunks(self: Child, stream: Stream, rows: bool) -> Iterator[Chunk]:
        for chunk in read(self, stream, rows):
            for first in range(0, chunk.rows.num_rows, 8):
                yield Chunk(chunk.kind, chunk.rows.slice(first, 8))

    def rows_of(self: Mapping, *given: Any) -> Rows:
        rows = made(self, *given)
        pieces.append(weakref.ref(rows))
        counts.append(sum(piece() is not None for piece in pieces))
        return rows

    read, made = Child._chunks, Mapping._rows
    monkeypatch.setattr(Child, "_chunks", chunks)
    monkeypatch.setattr(Mapping, "_rows", rows_of)
    return counts


def test_what_was_read_is_let_go_while_more_is_read(way, alive, came_again, tmp_path):
    """Of rows that come again, too, whether a surface moved or not: else a load holds as much as it is given."""
    features = city()
    for moved in (False, False, True):
        if moved:
            redrawn(features, 5, shapely.affinity.translate(features[5][0], 0.5, 0.5))
        alive.clear()
        way.load(features, tmp_path, judge=moved)
        assert len(alive) == -(-len(features) // 8)
        assert max(alive) <= UNDER_WAY + 5
    assert sum(came_again) == 2 * LOTS - 1


def test_a_draft_of_a_reload_is_whole(way, held_back, tmp_path, ask: Ask):
    way.load(city(), tmp_path)
    features = city()
    changed(features, 3, dc="3 Hai Bà Trưng")
    number = way.load(features, tmp_path, hold=True)["draft"]
    assert held_back[-1] == len(features) - 1
    with way.desk.database.connect() as conn:
        (draft,) = drafts(conn, [number])
        assert draft.layers["cadastre.thua_dat"]["rows"] == LOTS
        publish_drafts(conn, way.desk.catalog, held_drafts.Wish([number], "Lan"))
    assert ask("SELECT count(*), count(*) FILTER (WHERE born = 2) FROM cadastre.thua_dat") == [(LOTS, 1)]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does something once, between a load's comparing and its publishing."""

    def does(what: Callable[[], object]) -> None:
        def overtaken(*args: Any, **values: Any) -> Any:
            monkeypatch.setattr(pipeline, "publish", publish)
            what()
            return publish(*args, **values)

        publish = pipeline.publish
        monkeypatch.setattr(pipeline, "publish", overtaken)

    return does


@pytest.mark.parametrize("edit", [lambda other: changed(other, 5, dc="mới"), lambda other: other.pop(5)])
def test_what_the_same_source_publishes_meanwhile_is_written_over_all_the_same(  # noqa: PLR0913
    way, meanwhile, tmp_path, ask: Ask, desk_at, edit
):
    """A second load changes, or takes away, a row that the first has compared and not sent."""
    way.load(city(), tmp_path)
    other, features, folder = city(), city(), tmp_path / "other"
    edit(other)
    changed(features, 3, dc="3 Hai Bà Trưng")
    folder.mkdir()
    meanwhile(lambda: Way(desk_at(way.desk.database), 1).load(other, folder))
    assert way.load(features, tmp_path)["release"] == 3
    rows = ask("SELECT so_thua, dia_chi, born FROM cadastre.thua_dat WHERE born > 1 ORDER BY so_thua")
    assert rows == [("3", "3 Hai Bà Trưng", 3), ("5", "5 Lê Lợi", 3)]
    assert ask("SELECT count(*), count(DISTINCT fid) FROM cadastre.thua_dat") == [(LOTS, LOTS)]


def test_rows_that_are_nowhere_any_more_stop_the_load(way, meanwhile, tmp_path):
    """The table was made anew behind our back: nothing is published, and the sentence says what to do."""

    def emptied() -> None:
        with psycopg.connect(way.desk.database.url) as conn:
            conn.execute("DELETE FROM cadastre.thua_dat; DELETE FROM meta.layer_state")

    way.load(city(), tmp_path)
    meanwhile(emptied)
    features = city()
    changed(features, 3, dc="3 Hai Bà Trưng")
    assert "tạo lại trong khi nạp" in way.load(features, tmp_path)
