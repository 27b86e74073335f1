"""Edits where they are switched off, and the parts of a request to edit that need no service."""

import pytest

from gis_server.errors import BadRequest, VersionMissing
from gis_server.features.edits.versions import meant_for
from tests.serving import City

TREES = "/collections/greenery.cay_xanh_duong_pho/items"
OTHERS = frozenset({"ab12"})


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", "/1"), ("PATCH", "/1"), ("DELETE", "/1")])
def test_a_service_for_reading_says_so(whole_city: City, method: str, path: str) -> None:
    headers = {"Host": "bando.example", "Bando-Key": whole_city.agency_key}
    answer = whole_city.client.request(method, f"{TREES}{path}", headers=headers, json={})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "BANDO_EDITS" in answer.json()["detail"]


def test_a_service_for_reading_claims_no_edits(whole_city: City) -> None:
    assert not any("features-4" in one for one in whole_city.get("/conformance").json()["conformsTo"])
    paths = whole_city.get("/api").json()["paths"]
    assert "/transactions" not in paths
    assert set(paths["/collections/{collectionId}/items/{featureId}"]) == {"get"}
    asked = whole_city.client.request("OPTIONS", TREES, headers={"Host": "bando.example"})
    assert (asked.status_code, asked.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("if_match", "versions"),
    [
        ("*", None),
        (" * ", None),
        ('"vab12.3f"', OTHERS),
        ('W/"vab12.3f"', OTHERS),
        ('"vab12"', OTHERS),
        ('"vab12.3f", "v9.0", "other"', OTHERS | {"9"}),
        ('"other"', frozenset()),
        ('""', frozenset()),
    ],
)
def test_if_match_names_versions(if_match: str, versions: frozenset[str] | None) -> None:
    assert meant_for(if_match) == versions


def test_without_if_match_nobody_knows_which_version_is_meant() -> None:
    with pytest.raises(VersionMissing, match="ETag"):
        meant_for(None)
    with pytest.raises(BadRequest):
        meant_for("vab12")
