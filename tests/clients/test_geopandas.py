"""GeoPandas reads every collection: GeoJSON page by page, and the part a filter and a box leave as GeoParquet."""

import io
from typing import Any

import geopandas
import httpx2
import pandas
import pytest

from tests.clients.conftest import Collection, a_part

pytestmark = pytest.mark.clients


def ask(address: str, **query: str) -> httpx2.Response:
    answer = httpx2.get(address, params=query or None, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def pages(collection: Collection) -> list[dict[str, Any]]:
    """By the `next` links, to the end."""
    found = [ask(collection.items, limit=str(collection.page), f="json").json()]
    while onward := [link["href"] for link in found[-1]["links"] if link["rel"] == "next"]:
        found.append(ask(onward[0]).json())
    return found


def test_geopandas_reads_every_collection_by_pages_and_by_filter(collection: Collection) -> None:
    read = pages(collection)
    assert len(read) >= min(3, collection.number)
    whole = pandas.concat([geopandas.GeoDataFrame.from_features(page, crs="OGC:CRS84") for page in read])
    assert len({feature["id"] for page in read for feature in page["features"]}) == collection.number == len(whole)
    value = whole[collection.field].dropna().iloc[0]
    box = a_part(whole.total_bounds, 0.00003)
    meant = whole[(whole[collection.field] == value) & whole.intersects(box)]
    text = f"{collection.field} = '{value.replace(chr(39), chr(39) * 2)}'"
    part = ask(collection.items, f="parquet", filter=text, bbox=",".join(map(str, box.bounds)))
    found = geopandas.read_parquet(io.BytesIO(part.content))
    assert len(found) == len(meant)
    assert set(found[collection.field]) == set(meant[collection.field])
