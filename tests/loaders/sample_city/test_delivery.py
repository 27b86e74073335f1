"""Are the files what agencies deliver, down to the bytes?"""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from typer.testing import CliRunner

from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.cli.main import build as command_line
from gis_server.errors import SettingInvalid
from loaders.child.host import reading_child
from loaders.crs import Locator, srid_of
from loaders.deliveries import open_delivery
from loaders.plan import make_plan
from loaders.profile_reader import read_profile
from loaders.sample_city.big import write_big
from loaders.sample_city.deliver import deliver
from loaders.sample_city.writers import ESRI_PRJ
from loaders.text import from_tcvn3
from tests.loaders.sample_city.conftest import Sample

LIMIT = 40_000_000


def test_the_manifest_reads_every_layer_in_one_load(sample: Sample, catalog: Catalog) -> None:
    with open_delivery(sample.folder) as delivery:
        plan = make_plan(delivery, None, catalog)
    assert plan.layers == set(catalog.layers)
    assert plan.source.synthetic
    assert {name for name in plan.left_out if not name.endswith(".yaml") and "chuoi_thoi_gian" not in name} == set()


def test_each_agency_folder_loads_by_itself(sample: Sample, catalog: Catalog) -> None:
    folders = [path.parent for path in sample.folder.glob("*/giao_nop.yaml")]
    assert len(folders) == 13
    for folder in folders:
        with open_delivery(folder) as delivery:
            assert make_plan(delivery, None, catalog).readings


def test_every_row_of_every_layer_is_in_the_files(sample: Sample, catalog: Catalog, places: Places) -> None:
    seen: set[str] = set()
    locator = Locator(catalog, places)
    with reading_child() as child, open_delivery(sample.folder) as delivery:
        plan = make_plan(delivery, None, catalog)
        rows = sum(
            chunk.rows.num_rows
            for one in plan.readings
            for stream in one.streams(locator, child, seen)
            for chunk in stream.chunks
        )
    rasters = len(list(sample.folder.rglob("*.tif")))
    assert rows == sum(len(table) for table in sample.city.tables.values()) + rasters


def test_the_delivery_is_small(sample: Sample) -> None:
    assert sum(path.stat().st_size for path in sample.folder.rglob("*") if path.is_file()) < LIMIT


def test_shapefiles_hold_tcvn3_bytes_and_cut_names(sample: Sample) -> None:
    path = sample.folder / "cong_ty_chieu_sang" / "cot_den.dbf"
    names, records = _dbf(path)
    assert "TUYENDUONG" in names
    assert max(len(name) for name in names) <= 10
    assert from_tcvn3(records.decode("latin-1")).count("Nguyễn") > 0
    assert "Nguyễn".encode() not in records
    assert b"Nguy\xd4n" in records  # TCVN 5712: ễ is D4
    assert path.with_suffix(".cpg").read_text() == "UTF-8"
    assert not (sample.folder / "trung_tam_ha_tang_ky_thuat" / "ho_ga.cpg").exists()


def _dbf(path: Path) -> tuple[list[str], bytes]:
    content = path.read_bytes()
    start = struct.unpack_from("<H", content, 8)[0]
    fields = [content[at : at + 11].split(b"\0")[0].decode("ascii") for at in range(32, start - 1, 32)]
    return fields, content[start:]


def test_the_private_prj_is_still_recognised_as_the_city_grid(sample: Sample, catalog: Catalog) -> None:
    path = sample.folder / "trung_tam_ha_tang_ky_thuat" / "ho_ga.shp"
    assert path.with_suffix(".prj").read_text() == ESRI_PRJ
    assert srid_of(pyogrio.read_info(path)["crs"], catalog.crs, "ho_ga") == catalog.crs.stored


def test_both_generations_of_class_names_are_delivered(sample: Sample) -> None:
    new = {name for name, _ in pyogrio.list_layers(sample.folder / "so_nong_nghiep_moi_truong" / "NenDiaLy2019.gdb")}
    old = {name for name, _ in pyogrio.list_layers(sample.folder / "trung_tam_gis_nen_cu" / "NenDiaHinh.gdb")}
    assert {"NhaS", "KhuDanCu", "DiaPhanHanhChinhTrenDatLien"} <= new
    assert {"DoanTimDuongBo", "SongSuoiA", "PhuBeMat", "DeL"} <= old


def test_contours_in_dgn_carry_their_height_as_level_and_elevation(sample: Sample) -> None:
    meta, rows = pyogrio.raw.read_arrow(sample.folder / "doan_do_dac_ban_do" / "binh_do.dgn")
    shapes = shapely.from_wkb(rows.column(meta["geometry_name"] or "wkb_geometry").to_numpy())
    heights = np.array([shapely.get_coordinates(shape, include_z=True)[0, 2] for shape in shapes])
    assert np.allclose(heights, 0.5 * np.array(rows.column("Level").to_pylist()))
    assert heights.tolist() == sample.city.tables["base_relief.duong_binh_do"].columns["doCao"]


def test_survey_tables_put_north_first(sample: Sample) -> None:
    lines = (sample.folder / "doan_do_dac_ban_do" / "diem_dia_chinh.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("X;Y;")
    north, east = (float(value.replace(",", ".")) for value in lines[1].split(";")[:2])
    assert north > 1_100_000 > 700_000 > east


def test_geojson_is_in_degrees_by_the_pinned_shift(sample: Sample, catalog: Catalog) -> None:
    path = sample.folder / "trung_tam_dieu_hanh_giao_thong" / "nut_giao.geojson"
    _, _, wkb, _ = pyogrio.raw.read(path)
    back = catalog.crs.transform(shapely.get_coordinates(shapely.from_wkb(wkb)), 4326, catalog.crs.stored)
    assert np.abs(back - shapely.get_coordinates(sample.city.tables["traffic.nut_giao"].geometry)).max() < 0.001


def test_the_height_model_is_a_geotiff_on_the_city_grid(sample: Sample, catalog: Catalog) -> None:
    with rasterio.open(sample.folder / "trung_tam_vien_tham" / "dem_5m.tif") as raster:
        assert raster.res == (5.0, 5.0)
        assert raster.nodata == -9999.0
        assert srid_of(raster.crs.to_wkt(), catalog.crs, "dem") == catalog.crs.stored
        assert np.array_equal(raster.read(1), sample.city.ground.heights)
        assert raster.bounds.left == sample.plan.frame.box.bounds[0]


def test_the_same_city_is_written_in_the_same_bytes(sample: Sample, catalog: Catalog, tmp_path: Path) -> None:
    deliver(sample.city, catalog, tmp_path / "again")
    first, again = _digests(sample.folder), _digests(tmp_path / "again")
    assert first.keys() == again.keys()
    assert {name for name in first if first[name] != again[name]} == set()


def _digests(folder: Path) -> dict[str, str]:
    """Of whole files; of a geodatabase, whose catalogue tables hold new GUIDs each time, of its layers."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.suffix != ".gdb"]
    found = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    for path in folder.rglob("*.gdb"):
        for name, _ in pyogrio.list_layers(path):
            _, rows = pyogrio.raw.read_arrow(path, layer=name)
            found[f"{path.name}/{name}"] = hashlib.sha256(repr(rows.to_pydict()).encode()).hexdigest()
    return found


@pytest.mark.parametrize("count", [10_007])
def test_the_city_sized_set_has_just_so_many_parcels_that_tile_their_blocks(
    catalog: Catalog, tmp_path: Path, count: int
) -> None:
    counts = write_big(count, 7, catalog, tmp_path / "lon", lambda step: None)
    assert counts["cadastre.thua_dat"] == count
    assert abs(counts["base_settlement.nha"] - 0.75 * count) < 40
    meta, _, wkb, fields = pyogrio.raw.read(tmp_path / "lon" / "ThuaDat.gpkg")
    parcels = shapely.from_wkb(wkb)
    assert shapely.is_valid(parcels).all()
    assert shapely.coverage_is_valid(parcels)
    values = dict(zip(meta["fields"], fields, strict=True))
    assert len(set(zip(values["ma_xa_cu"], values["so_to"], values["so_thua"], strict=True))) == count
    houses = shapely.from_wkb(pyogrio.raw.read(tmp_path / "lon" / "Nha.fgb")[2])
    house, _ = shapely.STRtree(parcels).query(houses, predicate="within")
    assert len(np.unique(house)) == len(houses)
    assert read_profile("mau_lon", catalog).source.synthetic


def test_a_folder_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "luận văn.docx").write_text("quý giá")
    with pytest.raises(SettingInvalid, match="không trống"):
        CliRunner().invoke(command_line(), ["sample", "--out", str(tmp_path)], catch_exceptions=False)
    assert (tmp_path / "luận văn.docx").read_text() == "quý giá"
