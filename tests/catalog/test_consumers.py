"""A field or layer that goes away: who in the files still counts on it."""

from typing import Any

import pytest

from gis_server.catalog import Catalog
from gis_server.catalog.consumers import consumers
from gis_server.catalog.expressions import fields_read
from gis_server.catalog.model import LayerStyle, PortalMap
from gis_server.db.tables import migrate
from gis_server.errors import MigrationRefused
from gis_server.releases.publish import publish
from tests.city import FIELDS, SO_THOAT_NUOC, catalog_of, layer_of, stage

STYLE = LayerStyle.model_validate(
    {"layers": [{"type": "circle"}, {"type": "symbol", "layout": {"text-field": ["to-string", ["get", "cao_do"]]}}]}
)
PORTAL = PortalMap.model_validate(
    {
        "title": {"vi": "Ngập", "en": "Floods"},
        "description": {"vi": "a", "en": "b"},
        "center": [106, 10],
        "zoom": 10,
        "layers": ["drainage.ho_ga"],
    }
)
STYLE_FILE, MAP_FILE = "styles/drainage/ho_ga.yaml", "styles/maps/ngap.yaml"


def drawn(**fields: Any) -> Catalog:
    layer = layer_of(fields=fields or FIELDS)
    bare = catalog_of(layer)
    return Catalog(**{**vars(bare), "styles": {"drainage/ho_ga": STYLE}, "maps": {"ngap": PORTAL}})


def files(sentences: list[str]) -> list[str]:
    return [sentence.partition(":")[0] for sentence in sentences]


def test_a_field_that_a_style_reads_names_the_style_and_the_maps_drawn_by_it():
    assert files(consumers(drawn(), "drainage.ho_ga.cao_do")) == [STYLE_FILE, MAP_FILE]


def test_a_field_that_nothing_reads_has_no_consumers():
    assert consumers(drawn(), "drainage.ho_ga.loai") == []


def test_a_layer_names_its_style_and_its_maps_even_when_its_file_is_gone():
    gone = Catalog(**{**vars(drawn()), "layers": {}})
    assert files(consumers(gone, "drainage.ho_ga")) == [STYLE_FILE, MAP_FILE]


def test_every_field_that_a_real_style_reads_is_found(catalog):
    for layer in catalog:
        for field in fields_read(catalog.styles[layer.file.style].layers) & layer.fields.keys():
            assert consumers(catalog, f"{layer.id}.{field}")


def test_a_migration_that_loses_a_field_says_who_uses_it(make_blank_database):
    database = make_blank_database()
    migrate(database, drawn())
    with database.connect("load") as conn:
        rows = [("A", None, 1.5, "POINT(603514 1191454)")]
        publish(conn, SO_THOAT_NUOC, [stage(conn, layer_of(), rows)], who="test", note="")
    narrow = drawn(**{name: rule for name, rule in FIELDS.items() if name != "cao_do"})
    with pytest.raises(MigrationRefused, match=MAP_FILE):
        migrate(database, narrow)
    told = migrate(database, narrow, allow_destructive=frozenset({"drainage.ho_ga.cao_do"}))
    assert STYLE_FILE in told[0]
    with database.connect("read") as conn:
        assert conn.execute("SELECT layer, field, release FROM meta.loss").fetchall() == [
            ("drainage.ho_ga", "cao_do", 1)
        ]
