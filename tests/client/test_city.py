"""Dossiers, names, sums and changes in a notebook say what the service says."""

from typing import Any

import pytest
import shapely

from gis_server.client import Bando, BandoError, NotFound
from gis_server.client import city as module
from tests.client.conftest import Town
from tests.planning.conftest import BEN_NGHE, DA_KAO, PARCELS
from tests.serving import LAT, LON, X, Y

LOT = (BEN_NGHE, "7", "901")
GROUND = shapely.box(X + 1_000, Y, X + 1_010, Y + 20)


def test_layers_are_a_table(city: Bando, town: Town) -> None:
    rows = {row["id"]: row for row in city.layers().to_pylist()}
    assert rows[PARCELS]["count"] == len(town.second)
    assert rows[PARCELS]["title_vi"] != rows[PARCELS]["title_en"]
    assert city.release == 2


def test_a_dossier_by_number_and_by_corners(city: Bando) -> None:
    lot = city.dossier(*LOT)
    assert lot["area"]["computed_m2"] == pytest.approx(200, abs=0.5)
    ground = city.dossier(corners=GROUND)
    assert ground["area"]["computed_m2"] == lot["area"]["computed_m2"]
    pairs = list(GROUND.exterior.coords)[:-1]
    assert city.dossier(corners=pairs)["area"] == ground["area"]
    assert city.dossier(corners=GROUND.centroid)["area"] == lot["area"]
    assert city.dossier(*LOT, as_of=1)["release"]["number"] == 1
    with pytest.raises(NotFound, match="There is no parcel"):
        city.dossier(BEN_NGHE, "7", "none")
    with pytest.raises(NotFound, match="1 Đường Không Có"):
        city.dossier("1 Đường Không Có")
    for asked in ((), LOT[:2]):
        with pytest.raises(BandoError, match="Give commune, sheet and parcel"):
            city.dossier(*asked)
    with pytest.raises(BandoError, match="Give commune, sheet and parcel"):
        city.dossier(*LOT, corners=GROUND)


def test_many_dossiers_are_one_table_of_one_release(city: Bando, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [LOT, (BEN_NGHE, 7, "none"), (DA_KAO, 7, 950), (BEN_NGHE, 7, 902), LOT]
    whole = city.dossiers(asked, sections=["ngap"])
    assert whole["found"].to_pylist() == [True, False, True, True, True]
    assert whole["drainage.vung_ngap.overlap.share"].to_pylist()[0] == 50
    monkeypatch.setattr(module, "PARCELS_AT_ONCE", 2)
    assert city.dossiers(asked, sections=["ngap"]).equals(whole)
    frame = city.layer(PARCELS).select("ma_xa_cu", "so_to", "so_thua").limit(3).to_geopandas()
    assert all(city.dossiers(frame[["ma_xa_cu", "so_to", "so_thua"]])["found"].to_pylist())
    with pytest.raises(BandoError, match="1 to 20000 parcels"):
        city.dossiers([])


def test_names_and_places(city: Bando) -> None:
    found = city.search(f"{BEN_NGHE}/7/901")
    assert found[0]["layer"] == PARCELS
    here = city.reverse(LON, LAT, radius_m=200)
    assert here["release"] == 2


def test_a_summary_measures_what_is_inside(city: Bando, town: Town) -> None:
    told = city.summarise(GROUND.buffer(50), PARCELS, by="loai_dat")
    inside: list[Any] = [shape.intersection(GROUND.buffer(50)) for shape in town.shapes]
    assert told["total"]["count"] == sum(shape.area > 0 for shape in inside)
    assert told["total"]["area_m2"] == pytest.approx(sum(shape.area for shape in inside), abs=0.01)
    odt = city.summarise(GROUND, PARCELS, filter="loai_dat = 'ODT'", within_m=50)
    assert odt["total"]["count"] < told["total"]["count"]


def test_changes_are_followed_to_the_end(city: Bando, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = city.changes(since=1).to_pylist()
    assert sorted(row["kind"] for row in rows) == ["changed", "removed"]
    assert {(row["release"], row["layer"]) for row in rows} == {(2, PARCELS)}
    whole = city.changes(since=0)
    monkeypatch.setattr(module, "CHANGES_AT_ONCE", 7)
    assert city.changes(since=0).equals(whole)
    assert city.changes(since=2).num_rows == 0
    assert (
        city.changes(since=0, until=1, layer=PARCELS).num_rows
        == sum(row == PARCELS for row in whole["layer"].to_pylist()) - 2
    )
