"""Coordinates move by the one pinned shift, never by PROJ's own choice."""

from pathlib import Path

import numpy as np
import pytest

from gis_server.catalog.crs import CrsBook
from gis_server.catalog.model import CrsFile
from gis_server.catalog.words import read_yaml

BEN_THANH = np.array([[106.6983, 10.7725]])


@pytest.fixture(scope="module")
def crs():
    return CrsBook(CrsFile.model_validate(read_yaml(Path(__file__).parents[2] / "layers" / "_crs.yaml")))


def test_the_check_point_holds_to_a_millimetre_both_ways(crs):
    stored = crs.transform(BEN_THANH, 4326, 9210)
    assert stored[0] == pytest.approx([603_514.400, 1_191_454.713], abs=0.001)
    assert crs.transform(np.array([[603_514.400, 1_191_454.713]]), 9210, 4326)[0] == pytest.approx(
        BEN_THANH[0], abs=1e-8
    )


@pytest.mark.parametrize(
    ("srid", "east", "north"),
    [(5897, 685_554, 1_191_808), (3405, 685_498, 1_191_451), (32648, 685_695, 1_191_339), (5899, 384_785, 1_191_493)],
)
def test_other_grids_agree_with_the_catalogue_table(crs, srid, east, north):
    """Values of catalogue/README.md §6.3, whole metres, some computed with EPSG:5194: within 1.5 m."""
    assert crs.transform(BEN_THANH, 4326, srid)[0] == pytest.approx([east, north], abs=1.5)


@pytest.mark.parametrize("srid", [9210, 5897, 5899, 3405, 32648, 3857, 4756])
def test_there_and_back_is_the_same_place(crs, srid):
    there = crs.transform(BEN_THANH, 4326, srid)
    assert crs.transform(there, srid, 4326)[0] == pytest.approx(BEN_THANH[0], abs=1e-9)


def test_no_step_where_proj_would_change_its_mind(crs):
    """PROJ prefers another operation south of 11.04° N; the pinned shift is smooth across that line."""
    points = np.column_stack([np.full(3, 106.6), [11.0399, 11.0400, 11.0401]])
    north = crs.transform(points, 4326, 9210)[:, 1]
    assert np.diff(north)[0] == pytest.approx(np.diff(north)[1], abs=0.001)
