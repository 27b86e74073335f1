"""Views: what one kind of caller may see."""

import pytest

from gis_server.access.views import View, compile_views
from gis_server.catalog import Catalog
from gis_server.catalog.model import Text, ViewRule
from gis_server.errors import UnknownLayer
from tests.city import catalog_of, layer_of


def test_no_public_view_holds_a_stricter_layer_or_field(catalog: Catalog) -> None:
    public = compile_views(catalog)["public"]
    for layer, fields in public.layers.items():
        assert catalog[layer].file.access == "public"
        assert all(catalog[layer].fields[name].access in (None, "public") for name in fields)


def test_the_full_view_holds_everything(catalog: Catalog) -> None:
    full = compile_views(catalog)["full"]
    assert full.layers == {layer.id: tuple(layer.fields) for layer in catalog}


def test_a_stricter_field_is_cut_from_a_visible_layer(catalog: Catalog) -> None:
    views = compile_views(catalog)
    assert "dia_chi" not in views["public"].layers["cadastre.thua_dat"]
    assert "dia_chi" in views["agency"].layers["cadastre.thua_dat"]


@pytest.mark.parametrize("plus", ["drainage.ho_ga", "drainage.*"])
def test_an_extra_layer_or_group_is_seen_whole(plus: str) -> None:
    rule = ViewRule(title=Text(vi="Thử", en="Trial"), level="public", plus=[plus])
    secret = {"ma": {"type": "text", "required": True}, "ghi_chu": {"type": "text", "access": "restricted"}}
    catalog = catalog_of(layer_of(fields=secret), layer_of("lighting.cot_den"))
    catalog = type(catalog)(catalog.layers, {}, {}, {"trial": rule}, {}, {}, catalog.crs)
    assert compile_views(catalog)["trial"].layers == {"drainage.ho_ga": ("ma", "ghi_chu")}


def test_hidden_and_unknown_layers_are_refused_in_the_same_words(catalog: Catalog) -> None:
    view = View("public", {})
    sentences = []
    for name in ("drainage.ho_ga", "drainage.no_ga"):
        with pytest.raises(UnknownLayer) as error:
            view.layer(catalog, name)
        sentences.append(str(error.value).replace(name, ""))
    assert sentences[0] == sentences[1]
