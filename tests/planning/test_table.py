"""Many parcels in one request: the numbers of their dossiers, a row each, safe in a spreadsheet."""

import csv
import io
from typing import Any

import pyarrow as pa
import pytest
from httpx2 import Response

from gis_server.planning import table as module
from tests.planning.conftest import BEN_NGHE, DA_KAO, VUNG_TAU
from tests.planning.test_dossier import LOT, rule
from tests.serving import City

ASKED = [[BEN_NGHE, "7", "901"], [BEN_NGHE, "7", "none"], [DA_KAO, "7", "950"], [BEN_NGHE, "7", "902"]]


def post(city: City, query: str = "", view: str = "agency", **given: Any) -> Response:
    headers = {"Host": "bando.example", **({"Bando-Key": city.agency_key} if view == "agency" else {})}
    asked = given or {"json": {"parcels": ASKED}}
    return city.client.post(f"/planning/dossiers{query}", headers={**headers, **asked.pop("headers", {})}, **asked)


@pytest.fixture(scope="module")
def rows(neighbourhood: City) -> list[dict[str, Any]]:
    answer = post(neighbourhood, "?f=json")
    assert answer.status_code == 200, answer.text
    assert answer.json()["release"] == 1
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def test_a_row_for_each_parcel_in_the_order_asked_for(rows: list[dict[str, Any]]) -> None:
    assert [[row["commune"], row["sheet"], row["parcel"]] for row in rows] == ASKED
    assert [row["found"] for row in rows] == [True, False, True, True]


def test_the_table_says_what_the_dossiers_say(neighbourhood: City, rows: list[dict[str, Any]]) -> None:
    lot, row = neighbourhood.get(LOT, "agency").json(), rows[0]
    assert row["area_m2"] == lot["area"]["computed_m2"]
    assert row["planning.lo_gioi.overlap.m2"] == rule(lot, "planning.lo_gioi")["covered_m2"] == 20
    assert row["planning.chi_gioi_duong_do.strip.m2"] == 20
    assert row["planning.hanh_lang_an_toan.overlap.n"] == 1, "a sliver is not counted"
    assert row["planning.hanh_lang_an_toan.overlap.loai"] == "DIEN"
    assert (row["drainage.vung_ngap.overlap.share"], row["drainage.vung_ngap.overlap.muc_do"]) == (50, "2")
    assert row["drainage.diem_ngap.near.m"] == 100
    assert row["cadastre.thua_dat.neighbour.n"] == 2
    assert row["planning.o_pho.overlap.n"] == 0, "none"
    assert "drainage.tram_muc_nuoc.near.n" not in row, "never delivered"


def told_alone(city: City, key: list[str]) -> dict[str, Any]:
    """A row of the table, read from the parcel's own dossier."""
    lot = city.get("/planning/parcels/{}/{}/{}/dossier".format(*key), "agency").json()
    row = dict(zip(("commune", "sheet", "parcel", "found"), (*key, True), strict=True))
    row |= {"area_m2": lot["area"]["computed_m2"], "grid": lot["area"]["grid"]["srid"]}
    for one in (one for section in lot["sections"] for one in section["rules"] if one["delivered"]):
        name, statements = f"{one['layer']}.{one['relation']}", one["statements"]
        counted = [told for told in statements if not told.get("sliver")]
        row[f"{name}.n"] = len(counted)
        if one["relation"] == "overlap":
            row |= {f"{name}.m2": one["covered_m2"], f"{name}.share": one["covered_share"]}
        if one["relation"] == "near":
            row[f"{name}.m"] = statements[0]["distance_m"] if statements else None
        if counted:
            row |= {f"{name}.{field['name']}": field["value"] for field in counted[0]["attributes"]}
    return row


def test_a_table_and_single_dossiers_say_the_same_to_the_letter(
    neighbourhood: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [[BEN_NGHE, "7", str(number)] for number in range(1, 241, 13)]
    keys += [[VUNG_TAU, "7", str(number)] for number in range(1, 61, 9)] + [[BEN_NGHE, "7", "901"]]
    whole = post(neighbourhood, "?f=json", json={"parcels": keys}).json()["rows"]
    monkeypatch.setattr(module, "BATCH", 3)
    assert post(neighbourhood, "?f=json", json={"parcels": keys}).json()["rows"] == whole
    for key, row in zip(keys, whole, strict=True):
        alone = told_alone(neighbourhood, key)
        assert {name: row[name] for name in alone} == alone


def test_arrow_holds_the_same_as_json(neighbourhood: City, rows: list[dict[str, Any]]) -> None:
    answer = post(neighbourhood, "?f=arrow")
    assert answer.headers["Content-Type"] == "application/vnd.apache.arrow.stream"
    assert answer.headers["Bando-Release"] == "1"
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.column_names == post(neighbourhood, "?f=json").json()["columns"]
    assert table.to_pylist() == [{name: row.get(name) for name in table.column_names} for row in rows]
    assert post(neighbourhood, "?f=parquet").status_code == 400


def test_csv_holds_the_same_and_no_formula(neighbourhood: City, rows: list[dict[str, Any]]) -> None:
    answer = post(neighbourhood)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["found"] for row in table] == ["true", "false", "true", "true"]
    assert float(table[0]["planning.lo_gioi.overlap.m2"]) == 20
    assert table[0]["drainage.tram_muc_nuoc.near.n"] == ""
    formulas = post(neighbourhood, content=b"=1+1,7,901\n@x,-2,+3\n", headers={"Content-Type": "text/csv"})
    safe = csv.DictReader(io.StringIO(formulas.content.decode("utf-8-sig")))
    assert [row["commune"] for row in safe] == ["'=1+1", "'@x"]


def test_what_is_hidden_is_not_in_the_table(neighbourhood: City) -> None:
    answer = post(neighbourhood, "?f=json", view="public")
    assert [row["found"] for row in answer.json()["rows"]] == [True, False, True, False]
    assert "tuyen_cong" not in answer.text
    hidden = post(neighbourhood, "?sections=khong_co", view="public")
    assert hidden.status_code == 400


def test_chapters_can_be_chosen(neighbourhood: City) -> None:
    columns = post(neighbourhood, "?f=json&sections=ngap,o_pho").json()["columns"]
    assert {name.split(".")[0] for name in columns[6:]} == {"planning", "drainage"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"parcels": []}', 400),
        (b'{"parcels": [["1", "2"]]}', 400),
        (b'{"parcels": [[{}, "", ""]]}', 400),
        (b'{"parcels": ["abc"]}', 400),
        (b'{"parcels": [["26740", 7, true]]}', 400),
        (b'{"parcels": "abc"}', 400),
        (b"[" * 10_000, 400),
        (b'{"parcels": [' + b'["1","2","3"],' * 20_000 + b'["1","2","3"]]}', 400),
        (b" " * 2_000_001, 413),
    ],
)
def test_bad_lists_are_refused(neighbourhood: City, body: bytes, status: int) -> None:
    answer = post(neighbourhood, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_table_is_not_to_be_had_by_get(neighbourhood: City) -> None:
    assert neighbourhood.get("/planning/dossiers").status_code == 405
