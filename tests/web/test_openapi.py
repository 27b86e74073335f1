"""The API document: OpenAPI 3.0, valid, complete, and nothing in it points elsewhere."""

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from gis_server.features.landing import CONFORMS_TO
from tests.serving import LAT, LON, City

ONE_OF = {"/planning/dossier": f"corners={LAT} {LON}"}
"""Of whose parameters one of several must be given, which the document can only say in words."""
DIFFERENT = {"/sprites/{file}", "/assets/{path}"}


@pytest.fixture(scope="module")
def document(whole_city: City) -> dict[str, Any]:
    answer = whole_city.get("/api")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    found: dict[str, Any] = answer.json()
    return found


def test_the_document_is_valid_openapi_3_0(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.0.")
    OpenAPIV30SpecValidator(document).validate()


def test_no_reference_leaves_the_document(document: dict[str, Any]) -> None:
    references = re.findall(r"'\$ref': '([^']*)'", repr(document))
    assert references
    assert all(reference.startswith("#/") for reference in references)


def test_ogc_parameters_are_written_as_the_standard_wants(document: dict[str, Any]) -> None:
    items = document["paths"]["/collections/{collectionId}/items"]["get"]["parameters"]
    by_name = {parameter["name"]: parameter for parameter in items}
    for name in ("limit", "bbox", "datetime"):
        assert (by_name[name]["style"], by_name[name]["explode"]) == ("form", False)
        assert by_name[name]["required"] is False
    assert by_name["limit"]["schema"]["maximum"] == 10_000
    assert by_name["bbox"]["schema"]["oneOf"] == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]


def test_every_operation_names_its_answers_and_errors_in_both_languages(document: dict[str, Any]) -> None:
    shared = document["components"]["responses"]
    assert {"400", "401", "404", "413", "503"} <= set(shared)
    assert all(" · " in answer["description"] for answer in shared.values())
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert " · " in operation["summary"], path
            assert all(
                re.search("[ .]· |·", one["description"]) or one["name"] == "file" for one in operation["parameters"]
            )
            wanted = {"200", "400", "401", "503", "default"} | ({"404"} if "{" in path else set())
            assert wanted <= set(operation["responses"]), (method, path)


def test_a_choice_of_encodings_is_the_kinds_of_answer_there_are(document: dict[str, Any]) -> None:
    def choices(path: str) -> list[str]:
        found = {one["name"]: one for one in document["paths"][path]["get"]["parameters"]}
        values: list[str] = found["f"]["schema"]["enum"]
        return values

    assert choices("/collections") == ["json", "html"]
    assert choices("/planning/dossier") == ["json", "html", "pdf"]
    assert choices("/tiles") == ["json"]


def test_every_path_of_the_document_answers_as_it_says(document: dict[str, Any], whole_city: City) -> None:
    fid = whole_city.get("/collections/base_transport.duong_bo/items?limit=1").json()["features"][0]["id"]
    values = {
        "featureId": fid,
        "collectionId": "base_transport.duong_bo",
        "z": 0,
        "x": 0,
        "y": 0,
        "commune": "K1",
        "sheet": "K1",
        "parcel": "K1",
        "lon": LON,
        "lat": LAT,
    }
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        if "text/event-stream" in methods["get"]["responses"]["200"]["content"]:
            continue  # never ends; tests/tiles/test_events.py listens to it
        if path in ("/cogs/{sha256}.tif", "/verify/{signature}") or path.startswith("/archives/{archive}"):
            continue
        parameters = methods["get"]["parameters"]
        example = {one["name"]: values.get(one["name"], one.get("example")) for one in parameters}
        asked = "&".join(
            f"{one['name']}={example[one['name']]}" for one in parameters if one["required"] and one["in"] == "query"
        )
        asked = ONE_OF.get(path, asked)
        answer = whole_city.get(f"{path.format(**example)}{'?' + asked if asked else ''}")
        assert answer.status_code in (200, 204), (path, answer.text)
        kinds = [kind.partition(";")[0] for kind in methods["get"]["responses"]["200"]["content"]]
        assert (
            answer.status_code == 204 or path in DIFFERENT or answer.headers["Content-Type"].partition(";")[0] in kinds
        ), path


def test_the_page_for_people_names_every_path_and_loads_nothing_from_elsewhere(
    document: dict[str, Any], whole_city: City
) -> None:
    page = whole_city.get("/api.html").text
    for path, methods in document["paths"].items():
        assert all(f"{method.upper()} {path}</code>" in page for method in methods)
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!http://bando\.example/|#|data:,")', page)


def test_the_landing_page_leads_to_everything(whole_city: City) -> None:
    links = whole_city.get("/?f=json").json()["links"]
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= {link["rel"] for link in links}
    for link in links:
        answer = whole_city.get(link["href"].removeprefix("http://bando.example"))
        assert answer.status_code == 200, link
        assert answer.headers["Content-Type"].replace("; charset=utf-8", "") == link["type"]


def test_conformance_lists_the_classes_that_work(whole_city: City) -> None:
    assert whole_city.get("/conformance").json()["conformsTo"] == list(CONFORMS_TO)
    assert CONFORMS_TO[1] in whole_city.get("/conformance?f=html").text
