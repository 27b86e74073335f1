"""Shipped profiles for suppliers' schemas speak of everything that those schemas have."""

import csv

import pytest
import shapely

from gis_server.settings import HOME
from loaders.profile_reader import read_profile
from loaders.readers.stream import Stream
from loaders.selection import select
from tests.loaders.inspection.test_inspect import written


def test_every_class_of_tt_16_2025_has_a_layer_or_a_reason(catalog):
    table = HOME.parent / "shared" / "catalogue" / "tt16_2025_planning_classes.csv"
    if not table.exists():
        pytest.skip(f"no catalogue beside the repository: {table}")
    profile = read_profile("tt16_2025", catalog)
    loaded = set()
    with table.open() as lines:
        for row in csv.DictReader(lines):
            stream = Stream(f"{row['database']}.gdb", row["class_name"], None, iter(()), frozenset({"maDoiTuong"}))
            chosen = select(stream, profile, catalog)
            assert chosen.layers or chosen.skip, row
            loaded |= {rule.to for rule in chosen.layers}
    assert loaded == {rule.to for rule in profile.layers}


def test_functions_of_the_planning_portal_are_not_those_of_the_cadastre(tmp_path, load_it, ask):
    columns = {"maso": ["QHPK1", "QHPK2", "QHPK3"], "chucnang": ["SKC", "Đất nhóm nhà ở", "DGT"]}
    shapes = [shapely.box(603600 + 100 * n, 1191400, 603700 + 100 * n, 1191500) for n in range(3)]
    load_it(written(tmp_path / "qhpksdd_new.gpkg", columns, shapes, crs="EPSG:9210"), "cong_quy_hoach")
    assert ask("SELECT ma, chuc_nang FROM planning.quy_hoach_su_dung_dat ORDER BY ma") == [
        ("QHPK1", "CONG_NGHIEP"),
        ("QHPK2", "NHOM_NHA_O"),
        ("QHPK3", "GIAO_THONG"),
    ]
