"""A layer in a notebook: whole, in metres, of one release, whatever lies between it and the service."""

from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gis_server.catalog import Catalog
from gis_server.client import Bando, BandoError, NotFound, Unreachable
from gis_server.client.frames import MOST_ON_A_MAP
from tests.client.conftest import Town, TownMaker
from tests.client.weather import Weather, weather
from tests.planning.conftest import BEN_NGHE, BLOCKS, PARCELS, rows_of
from tests.serving import LAT, LON, MEASURED, X, Y, publish_rows

HALF = shapely.box(X + 3, Y - 50, X + 60, Y + 100)


def numbers(table: pa.Table) -> set[tuple[str, str]]:
    return set(zip(table["ma_xa_cu"].to_pylist(), table["so_thua"].to_pylist(), strict=True))


def test_a_layer_comes_whole_with_its_release(city: Bando, town: Town) -> None:
    table = city.layer(PARCELS).to_arrow()
    assert table.num_rows == len(town.second) == city.layer(PARCELS).count()
    assert numbers(table) == {(row["ma_xa_cu"], row["so_thua"]) for row, _ in town.second}
    told = {b"bando:layer": PARCELS.encode(), b"bando:release": b"2", b"bando:crs": b"EPSG:9210"}
    assert table.schema.metadata == told


def test_steps_narrow_the_question_and_leave_the_layer_as_it_was(city: Bando, town: Town) -> None:
    layer = city.layer(PARCELS)
    old = layer.filter("loai_dat = 'CLN' OR loai_dat = 'CQP'").filter(f"ma_xa_cu = '{BEN_NGHE}'").select("loai_dat")
    table = old.to_arrow()
    assert sorted(table["loai_dat"].to_pylist()) == ["CLN", "CQP"]
    assert set(table.column_names) == {"fid", "loai_dat", "source", "synthetic", "geometry"}
    assert old.count() == 2
    assert layer.count() == len(town.second)
    assert layer.limit(7).to_arrow().num_rows == layer.limit(7).count() == 7
    assert layer.in_force("2025-07-01").count() == len(town.second)
    with pytest.raises(BandoError, match="has no outline"):
        layer.place("26506").count()


def test_within_and_touching_are_what_shapely_says(city: Bando, town: Town) -> None:
    inside = sum(shape.within(HALF) for shape in town.shapes)
    crossing = sum(shape.intersects(HALF) for shape in town.shapes)
    assert 0 < inside < crossing
    assert city.layer(PARCELS).within(HALF).count() == inside
    assert city.layer(PARCELS).touching(HALF).to_arrow().num_rows == crossing
    with pytest.raises(BandoError, match="One shape per query"):
        city.layer(PARCELS).within(HALF).touching(HALF)


def test_the_past_is_asked_by_release(city: Bando, town: Town) -> None:
    before = city.layer(PARCELS).as_of(1).to_arrow()
    assert numbers(before) == {(row["ma_xa_cu"], row["so_thua"]) for row, _ in town.first}
    assert before.schema.metadata[b"bando:release"] == b"1"
    with pytest.raises(BandoError, match="there is no such release"):
        city.layer(PARCELS).as_of(99).to_arrow()


def test_a_frame_is_in_metres_and_moves_by_the_agreed_shift(city: Bando, town: Town) -> None:
    frame = city.layer(PARCELS).filter(f"ma_xa_cu = '{BEN_NGHE}'").to_geopandas()
    assert frame.attrs == {"layer": PARCELS, "release": 2}
    assert frame.area.between(1, 2_000).all()
    ours = dict(zip(frame["so_thua"], frame.geometry, strict=True))
    for row, shape in town.second:
        if row["ma_xa_cu"] == BEN_NGHE:
            assert shapely.equals_exact(ours[row["so_thua"]], shape, 0.001, normalize=True)
    moved = frame.to_crs(4326)
    degrees = city.layer(PARCELS).filter(f"ma_xa_cu = '{BEN_NGHE}'").in_crs(4326).to_geopandas()
    apart = np.abs(np.array(moved.total_bounds) - degrees.total_bounds)
    assert apart.max() < 1e-8, "a millimetre"
    check = geopandas.GeoSeries([shapely.Point(X, Y)], crs=frame.crs).to_crs(4326).iloc[0]
    assert (check.x, check.y) == pytest.approx((LON, LAT), abs=1e-8)


def test_a_frame_asks_in_the_system_that_it_is_in(city: Bando) -> None:
    blocks = city.layer(BLOCKS).filter(f"ma = '{BEN_NGHE}-6'").to_geopandas()
    here = city.layer(PARCELS).touching(blocks).count()
    assert here == city.layer(PARCELS).touching(blocks.to_crs(4326)).count() > 0


def test_a_file_is_there_whole_or_not_at_all(city: Bando, town: Town, tmp_path: Path) -> None:
    path = city.layer(PARCELS).to_parquet(tmp_path / "thua.parquet")
    assert pq.read_table(path).num_rows == len(town.second)
    assert geopandas.read_parquet(path).crs.to_epsg() == 9210
    with pytest.raises(BandoError):
        city.layer(PARCELS).filter("none = 1").to_parquet(tmp_path / "bad.parquet")
    assert [one.name for one in tmp_path.iterdir()] == ["thua.parquet"]


def test_a_map_in_one_line(city: Bando, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = city.layer(PARCELS).within(HALF).explore("loai_dat").get_root().render()
    assert "ma_xa_cu" in drawn
    assert "#1b6ca8" in drawn
    assert city.layer(PARCELS).filter("so_thua = 'none'").explore().get_root().render()
    with pytest.raises(BandoError, match="no field mau to colour by"):
        city.layer(PARCELS).limit(1).to_folium("mau")
    monkeypatch.setattr("gis_server.client.frames.MOST_ON_A_MAP", 5)
    assert MOST_ON_A_MAP > 5
    with pytest.raises(BandoError, match="too many for a map"):
        city.layer(PARCELS).explore()


def test_codes_have_words_in_both_languages(city: Bando, catalog: Catalog) -> None:
    blocks, codes = city.layer(BLOCKS), catalog.domains["chuc_nang_quy_hoach"].values
    assert blocks.words("chuc_nang") == {code: value.vi for code, value in codes.items()}
    assert blocks.words("chuc_nang", "en") == {code: value.en for code, value in codes.items()}
    assert blocks.words("mat_do") == {}
    with pytest.raises(BandoError, match="has no field mau"):
        blocks.words("mau")


def test_refusals_carry_both_sentences(city: Bando, town: Town) -> None:
    with pytest.raises(BandoError) as refused:
        city.layer(PARCELS).filter("khong_co = 1").to_arrow()
    assert refused.value.status == 400
    assert "khong_co" in refused.value.vi
    assert "khong_co" in refused.value.en
    assert refused.value.vi != refused.value.en
    with pytest.raises(NotFound, match="There is no layer"):
        city.layer("cadastre.none").count()
    with pytest.raises(BandoError, match="EPSG:32648 is not offered"):
        city.layer(PARCELS).in_crs(32648)
    ring = [(X + np.cos(a) * 50, Y + np.sin(a) * 50) for a in np.linspace(0, 6.28, 4_000)]
    with pytest.raises(BandoError, match="too many vertices"):
        city.layer(PARCELS).within(shapely.Polygon(ring)).count()


def test_a_key_opens_what_the_public_does_not_see(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    field = "dien_tich_phap_ly"
    public = town.client(key=None).layer(PARCELS).limit(1).to_arrow()
    monkeypatch.setenv("BANDO_URL", f"{town.address}/")
    monkeypatch.setenv("BANDO_KEY", town.key)
    ours = Bando(progress=False)
    assert set(public.column_names) < set(ours.layer(PARCELS).limit(1).to_arrow().column_names), field
    assert town.key not in repr(ours) + repr(ours.layer(PARCELS))
    with pytest.raises(BandoError) as refused:
        town.client(key="bando_wrong").layer(PARCELS).count()
    assert refused.value.status == 401


def test_a_download_that_breaks_goes_on_where_it_broke(town: Town, sky: Weather) -> None:
    whole = town.client().layer(PARCELS).to_arrow()
    sky.next = ["cut:9000", "cut:20", "gone", "busy", "cut:4000"]
    table = town.client(url=sky.address).layer(PARCELS).to_arrow()
    assert table.equals(whole)
    assert [status for *_, status in sky.asked] == [200, 206, 0, 503, 206, 206]
    assert [part for _, part, _ in sky.asked] == [
        None, "bytes=9000-", "bytes=9020-", "bytes=9020-", "bytes=9020-", "bytes=13020-"
    ]  # fmt: skip
    assert [sky.release_of(place) for place in range(6)] == [None, "2", "2", "2", "2", "2"], "one release"


def test_a_download_goes_on_in_its_release_though_the_next_is_published_and_the_file_is_lost(
    open_town: TownMaker, catalog: Catalog
) -> None:
    with open_town() as town, weather(town.address) as sky:
        whole = town.client().layer(PARCELS).to_arrow()

        def move_on() -> None:
            publish_rows(town.database, MEASURED, [rows_of(catalog, PARCELS, town.first[5:])])
            for file in town.exports.iterdir():
                file.unlink()

        sky.next, sky.meanwhile = ["cut:9000", "elsewhere"], move_on
        assert town.client(url=sky.address).layer(PARCELS).to_arrow().equals(whole)
        assert [status for *_, status in sky.asked] == [200, 206]
        assert town.client().layer(PARCELS).count() == len(town.first) - 5


def test_a_service_that_stays_busy_is_told_of_in_its_own_words(town: Town, sky: Weather) -> None:
    sky.next = ["busy"] * 50
    with pytest.raises(BandoError) as busy:
        town.client(url=sky.address, patience_s=2).layer(PARCELS).to_arrow()
    assert (busy.value.status, busy.value.vi, busy.value.en) == (503, "Bận.", "Busy.")
    assert len(sky.asked) == 6
    sky.next = ["busy", "gone"]
    assert town.client(url=sky.address).layer(PARCELS).count() == len(town.second)


def test_nobody_or_somebody_else_at_the_address_is_a_sentence(town: Town, sky: Weather) -> None:
    sky.next = ["stranger", "stranger"]
    for ask in (town.client(url=sky.address).layers, town.client(url=sky.address).layer(PARCELS).to_arrow):
        with pytest.raises(BandoError, match="it is not Bando"):
            ask()
    with pytest.raises(Unreachable, match="BANDO_URL"):
        Bando("http://127.0.0.1:9", progress=False, patience_s=0).layers()
    with pytest.raises(BandoError, match="write it as"):
        Bando("localhost:8000")


def test_people_see_how_far_a_download_is(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.client(progress=True).layer(PARCELS).to_arrow()
    assert PARCELS in capsys.readouterr().err
