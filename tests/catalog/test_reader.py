"""The catalog is read strictly: every mistake at once, by file and key."""

from pathlib import Path

import pytest
import yaml

from gis_server.catalog import read_catalog
from gis_server.errors import CatalogInvalid, UnknownLayer

CRS = Path(__file__).parents[2] / "layers" / "_crs.yaml"

HO_GA = {
    "title": {"vi": "Hố ga", "en": "Manhole"},
    "theme": "drainage",
    "geometry": "Point",
    "scale": 2000,
    "steward": "Trung tâm Quản lý hạ tầng kỹ thuật",
    "evidence": "proposal",
    "access": "agency",
    "key": ["ma"],
    "fields": {
        "ma": {"type": "text", "required": True},
        "loai": {"type": "code", "domain": "loai_ho_ga"},
    },
    "tiles": {"zoom": [13, 22], "fields": ["ma", "loai"]},
    "style": "drainage/ho_ga",
}
TEXT = {"vi": "Chữ", "en": "Text"}


class Folder:
    """A small catalog on disk that a test spoils in one place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("layers/_crs.yaml", yaml.safe_load(CRS.read_text()))
        self.write("layers/_themes.yaml", {"drainage": {"title": TEXT, "icon": "x"}})
        self.write("layers/_views.yaml", {"public": {"title": TEXT, "level": "public"}})
        domain = {"title": TEXT, "evidence": "proposal", "values": {"1": TEXT}}
        self.write("layers/_domains/loai_ho_ga.yaml", domain)
        self.write("layers/drainage/ho_ga.yaml", HO_GA)
        self.write("styles/drainage/ho_ga.yaml", {"layers": [{"type": "circle"}]})

    def write(self, name: str, content: object) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True))

    def read(self):
        return read_catalog(self.root / "layers", self.root / "styles")


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_a_layer_is_known_by_its_path(folder):
    catalog = folder.read()
    assert list(catalog.layers) == ["drainage.ho_ga"]
    assert catalog["drainage.ho_ga"].table == '"drainage"."ho_ga"'
    with pytest.raises(UnknownLayer, match=r"Không có lớp “drainage\.x”"):
        catalog["drainage.x"]


def test_every_mistake_is_listed_at_once_with_file_and_key(folder):
    folder.write("layers/drainage/ho_ga.yaml", HO_GA | {"colour": "red", "scale": "big"})
    folder.write("layers/drainage/cua_xa.yaml", HO_GA | {"geometry": "Blob"})
    with pytest.raises(CatalogInvalid) as caught:
        folder.read()
    assert "layers/drainage/ho_ga.yaml: colour: Extra inputs are not permitted" in caught.value.vi
    assert "layers/drainage/ho_ga.yaml: scale.0" in caught.value.vi
    assert "layers/drainage/cua_xa.yaml: geometry.0" in caught.value.vi


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"theme": "x"}, "theme: “x” is not in layers/_themes.yaml"),
        ({"style": "drainage/x"}, r"style: there is no styles/drainage/x.yaml"),
        ({"key": ["so"]}, "key: “so” is not among the fields"),
        ({"label": "ten"}, "label: “ten” is not among the fields"),
        ({"tiles": {"zoom": [1, 2], "fields": ["x"]}}, r"tiles.fields: “x” is not among the fields"),
        ({"checks": [{"inside": "a.b"}]}, r"checks: there is no layer a.b"),
        ({"fields": HO_GA["fields"] | {"fid": {"type": "integer"}}}, r"fields.fid: the name is reserved"),
        ({"fields": HO_GA["fields"] | {"x": {"type": "code", "domain": "y"}}}, r"there is no layers/_domains/y.yaml"),
        ({"fields": HO_GA["fields"] | {"x": {"type": "text", "access": "public"}}}, "looser than the layer's own"),
    ],
)
def test_files_that_contradict_each_other_are_named(folder, change, sentence):
    folder.write("layers/drainage/ho_ga.yaml", HO_GA | change)
    with pytest.raises(CatalogInvalid) as caught:
        folder.read()
    assert sentence in caught.value.vi


def test_no_stays_a_word_and_a_key_stands_once(folder):
    folder.write("layers/_domains/loai_ho_ga.yaml", "title: {vi: a, en: b}\nevidence: R\nvalues: {NO: {vi: a, en: b}}")
    assert list(folder.read().domains["loai_ho_ga"].values) == ["NO"]
    folder.write("layers/_themes.yaml", "drainage: {title: {vi: a, en: b}, icon: x}\ndrainage: {}")
    with pytest.raises(CatalogInvalid, match=r"_themes\.yaml: line 2: key “drainage” is repeated"):
        folder.read()


def test_broken_yaml_is_a_sentence_with_its_line(folder):
    folder.write("layers/drainage/ho_ga.yaml", "title: {vi: a\nen b")
    with pytest.raises(CatalogInvalid, match=r"layers/drainage/ho_ga\.yaml: line 3: did not find expected"):
        folder.read()


def test_an_orphan_style_or_code_list_is_a_mistake(folder):
    folder.write("styles/drainage/x.yaml", {"layers": [{"type": "circle"}]})
    folder.write("layers/_domains/x.yaml", {"title": TEXT, "evidence": "R", "values": {}})
    with pytest.raises(CatalogInvalid) as caught:
        folder.read()
    assert "styles/drainage/x.yaml: no layer uses this style" in caught.value.vi
    assert "layers/_domains/x.yaml: no layer uses this code list" in caught.value.vi


def test_waivers_lie_beside_their_layer_and_are_no_layer(folder):
    waiver = {"code": "REL-02", "keys": ["HG1"], "who": "Lan", "why": "Chờ đo lại", "until": "2026-12-31"}
    folder.write("layers/drainage/ho_ga.waivers.yaml", {"waivers": [waiver]})
    catalog = folder.read()
    assert list(catalog.layers) == ["drainage.ho_ga"]
    assert [one.keys for one in catalog.waivers["drainage.ho_ga"]] == [["HG1"]]


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        ({"who": ""}, "waivers.0.who"),
        ({"count": 3}, "exactly one of keys, count"),
        ({"until": None}, "waivers.0.until"),
    ],
)
def test_a_waiver_needs_a_name_a_reason_a_bound_and_a_day(folder, spoiled, words):
    waiver = {"code": "REL-02", "keys": ["HG1"], "who": "Lan", "why": "Chờ đo lại", "until": "2026-12-31", **spoiled}
    folder.write("layers/drainage/ho_ga.waivers.yaml", {"waivers": [waiver]})
    with pytest.raises(CatalogInvalid, match=words):
        folder.read()


def test_waivers_of_a_layer_that_does_not_exist_are_a_mistake(folder):
    waiver = {"code": "REL-02", "count": 3, "who": "Lan", "why": "Chờ đo lại", "until": "2026-12-31"}
    folder.write("layers/drainage/ho_gaa.waivers.yaml", {"waivers": [waiver]})
    with pytest.raises(CatalogInvalid, match=r"there is no layer drainage\.ho_gaa"):
        folder.read()


def test_a_check_that_names_a_field_that_is_not_there_is_a_mistake(folder):
    falls = {"falls": {"first": "cao_dau", "last": "ma"}}
    folder.write("layers/drainage/ho_ga.yaml", {**HO_GA, "checks": [falls]})
    with pytest.raises(CatalogInvalid, match="cao_dau"):
        folder.read()


def test_a_role_that_edits_a_layer_is_described_beside_the_layers(folder):
    folder.write("layers/drainage/ho_ga.yaml", {**HO_GA, "edits": {"roles": ["thoat_nuoc"]}})
    with pytest.raises(CatalogInvalid, match=r"edits.roles: “thoat_nuoc” is not in layers/_editors.yaml"):
        folder.read()
    source = {"id": "thoat_nuoc", "title": TEXT, "licence": "agency", "attribution": "X"}
    folder.write("layers/_editors.yaml", {"thoat_nuoc": {"title": TEXT, "source": source, "also": ["mau"]}})
    catalog = folder.read()
    assert catalog["drainage.ho_ga"].file.edits.roles == ["thoat_nuoc"]
    assert catalog.editors["thoat_nuoc"].source.id == "thoat_nuoc"


@pytest.mark.parametrize(
    ("tiles", "words"),
    [
        ({"reduce": "merge", "label": "ten"}, "“ten” is not among tiles.fields"),
        ({"reduce": "merge", "label": "ma"}, "“ma” names single features"),
        ({"reduce": "simplify", "label": "loai"}, "a point says its own name"),
        ({"label": "loai"}, "`label` needs a `reduce` other than none"),
        ({"reduce": "rank", "rank": {"by": "loai", "first": ["9"]}}, r"tiles.rank.first: there is no code 9"),
        ({"reduce": "rank", "rank": {"by": "loai"}}, "codes have an order"),
        ({"reduce": "cluster", "rank": {"by": "loai", "first": ["1"]}}, "`rank` needs `reduce: rank`"),
    ],
)
def test_labels_and_ranks_name_what_tiles_carry(folder, tiles, words):
    folder.write("layers/drainage/ho_ga.yaml", {**HO_GA, "tiles": {**HO_GA["tiles"], **tiles}})
    with pytest.raises(CatalogInvalid, match=words):
        folder.read()


@pytest.mark.parametrize(("source", "words"), [("nhan", "has no labels"), ("ten", "“ten” is none")])
def test_a_style_says_labels_only_of_a_layer_that_has_them(folder, source, words):
    folder.write("styles/drainage/ho_ga.yaml", {"layers": [{"type": "symbol", "source-layer": source}]})
    with pytest.raises(CatalogInvalid, match=words):
        folder.read()
