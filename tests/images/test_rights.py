"""A picture shows what its caller may see, and nothing tells of the rest."""

from collections.abc import Callable

from gis_server.catalog import Catalog
from tests.images.conftest import PARCEL, Shot, box_around
from tests.serving import City, X, Y

Shoot = Callable[..., Shot]
ARMY, HOUSE = (X + 250, Y + 250), (X - 250, Y + 250)
"""Within the two parcels, away from their labels."""


def test_rows_of_the_army_are_on_nobody_elses_picture(shoot: Shoot, catalog: Catalog) -> None:
    """The same picture is asked for by one who may see them, before and after: nothing is shared."""
    box = box_around(catalog, 3857)
    told = {
        number: shoot(f"/maps/{PARCEL}.png", 3857, box, view, width=600, show="none")
        for number, view in enumerate(("agency", "public", "agency", "public"))
    }
    white = (255, 255, 255)
    assert [shot.at(*ARMY) == white for shot in told.values()] == [False, True, False, True]
    assert white not in [shot.at(*HOUSE) for shot in told.values()]


def test_tiles_and_wms_go_by_the_same_rule(drawn_city: City, catalog: Catalog) -> None:
    box = ",".join(map(str, box_around(catalog, 3857)))
    wms = f"/wms?REQUEST=GetMap&LAYERS={PARCEL}&CRS=EPSG:3857&BBOX={box}&WIDTH=300&HEIGHT=220"
    assert drawn_city.get(wms, "public").content != drawn_city.get(wms, "agency").content
    keyed = drawn_city.get(f"{wms}&key={drawn_city.agency_key}", "public")
    assert keyed.content == drawn_city.get(wms, "agency").content
    assert keyed.headers["cache-control"].startswith("private")


def test_a_layer_that_is_not_theirs_does_not_exist(drawn_city: City, catalog: Catalog) -> None:
    hidden = next(layer.id for layer in catalog if layer.file.access == "restricted" and layer.file.raster is None)
    assert drawn_city.get(f"/maps/{hidden}.png", "full").status_code == 200
    refused, unknown = (drawn_city.get(f"/maps/{name}.png", "public") for name in (hidden, "khong.co"))
    assert refused.status_code == unknown.status_code == 404
    assert refused.json()["detail"].replace(hidden, "khong.co") == unknown.json()["detail"]
    for query in (f"LAYERS=nen,{hidden}", f"LAYERS={hidden}"):
        answer = drawn_city.get(f"/wms?REQUEST=GetMap&{query}&CRS=CRS:84&BBOX=106,10,107,11&WIDTH=9&HEIGHT=9")
        assert answer.status_code == 400
        assert "LayerNotDefined" in answer.text
    only = drawn_city.get(f"/maps/quy_hoach.png?layers={hidden}")
    assert only.status_code == 400
    assert hidden not in drawn_city.get("/wms?REQUEST=GetCapabilities").text


def test_a_click_finds_only_what_is_theirs(drawn_city: City, catalog: Catalog) -> None:
    box = ",".join(map(str, box_around(catalog, 9210)))
    column, row = 600 + 200, 450 - 300
    asked = (
        f"/wms?REQUEST=GetFeatureInfo&LAYERS={PARCEL}&QUERY_LAYERS={PARCEL}&CRS=EPSG:9210&BBOX={box}"
        f"&WIDTH=1200&HEIGHT=900&I={column}&J={row}&INFO_FORMAT=application/json"
    )
    found = {view: drawn_city.get(asked, view).json()["features"] for view in ("public", "agency")}
    assert found["public"] == []
    assert [one["properties"]["loai_dat"] for one in found["agency"]] == ["CQP"]


def test_a_key_that_was_revoked_gets_a_fault_in_xml(drawn_city: City) -> None:
    answer = drawn_city.get("/wms?REQUEST=GetCapabilities&key=khong-dung")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (401, "text/xml")
