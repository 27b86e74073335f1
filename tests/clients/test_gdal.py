"""GDAL's OGC API driver reads every collection: page by page, in the city's grid, with filters and boxes of its own."""

import geopandas
import pyogrio
import pytest

from tests.clients.conftest import Collection, a_part

pytestmark = pytest.mark.clients


def read(collection: Collection, **how: object) -> geopandas.GeoDataFrame:
    source = f"OAPIF:{collection.address}/collections/{collection.id}"
    return pyogrio.read_dataframe(source, PAGE_SIZE=collection.page, **how)


def test_gdal_reads_every_collection_whole_and_in_part(collection: Collection) -> None:
    whole = read(collection)
    assert len(whole) == collection.number
    assert whole.crs.to_epsg() == 9210
    assert whole.total_bounds == pytest.approx(collection.bounds, abs=0.001)
    assert {name: whole[name].sum() for name in collection.sums} == pytest.approx(collection.sums)
    value = whole[collection.field].dropna().iloc[0]
    box = a_part(whole.total_bounds, 3)
    meant = whole[(whole[collection.field] == value) & whole.intersects(box)]
    text = value.replace("'", "''")
    found = read(collection, where=f"\"{collection.field}\" = '{text}'", bbox=box.bounds)
    assert len(found) == len(meant)
    assert sorted(found.geometry.to_wkb()) == sorted(meant.geometry.to_wkb())
