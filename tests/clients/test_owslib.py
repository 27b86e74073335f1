"""OWSLib finds every collection, what can be asked of it, and reads it page by page and by filters."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
from owslib.ogcapi.features import Features

from tests.clients.conftest import Collection, Sample, a_part

pytestmark = pytest.mark.clients


@pytest.fixture(scope="session")
def service(sample: Sample) -> Features:
    return Features(sample.address)


def pages(service: Features, collection: Collection) -> list[dict[str, Any]]:
    """OWSLib has no verb for the next page: its link's parameters are handed back."""
    found = [service.collection_items(collection.id, limit=collection.page)]
    while onward := [link["href"] for link in found[-1]["links"] if link["rel"] == "next"]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(onward[0]).query).items()}
        found.append(service.collection_items(collection.id, **query))
    return found


def test_owslib_finds_every_collection_and_what_the_service_keeps(service: Features, sample: Sample) -> None:
    assert set(service.feature_collections()) == set(sample.collections)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in service.conformance()["conformsTo"]
    assert service.api()["openapi"].startswith("3.0")


def test_owslib_reads_every_collection_by_pages_and_by_filter(service: Features, collection: Collection) -> None:
    assert collection.field in service.collection_queryables(collection.id)["properties"]
    told = service.collection(collection.id)
    features = [feature for page in pages(service, collection) for feature in page["features"]]
    assert len({feature["id"] for feature in features}) == collection.number == len(features)
    one = next(feature for feature in features if feature["properties"][collection.field] is not None)
    value = one["properties"][collection.field]
    box = a_part(told["extent"]["spatial"]["bbox"][0], 0.00003)
    meant = {
        feature["id"]
        for feature in features
        if feature["properties"][collection.field] == value
        and box.intersects(shapely.geometry.shape(feature["geometry"]))
    }
    text = f"{collection.field} = '{value.replace(chr(39), chr(39) * 2)}'"
    found = service.collection_items(collection.id, limit=10_000, bbox=box.bounds, filter=text)
    assert {feature["id"] for feature in found["features"]} == meant
    assert service.collection_item(collection.id, str(one["id"]))["properties"] == one["properties"]
