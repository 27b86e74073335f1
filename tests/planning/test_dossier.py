"""The dossier of a lot where everything that may lie on a lot does, and what each statement says of itself."""

from typing import Any

import jsonschema
import pytest

from gis_server.catalog import Catalog
from tests.planning.conftest import BEN_NGHE, DA_KAO, DECIDED
from tests.serving import City, X, Y

LOT = f"/planning/parcels/{BEN_NGHE}/7/901/dossier"


def dossier(city: City, path: str = LOT, view: str = "agency") -> dict[str, Any]:
    answer = city.get(path, view)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rule(content: dict[str, Any], layer: str, relation: str = "") -> dict[str, Any]:
    """The one rule of a layer (and relation)."""
    rules = [one for section in content["sections"] for one in section["rules"]]
    (found,) = [one for one in rules if one["layer"] == layer and one["relation"].startswith(relation)]
    return dict(found)


def told(content: dict[str, Any], layer: str, relation: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rule(content, layer, relation)["statements"]
    return found


def value(statement: dict[str, Any], name: str) -> Any:
    return next(one["value"] for one in statement["attributes"] if one["name"] == name)


@pytest.fixture(scope="module")
def lot(neighbourhood: City) -> dict[str, Any]:
    return dossier(neighbourhood)


def test_identity_and_areas_recorded_and_computed(lot: dict[str, Any]) -> None:
    assert (lot["subject"]["commune"], lot["subject"]["sheet"], lot["subject"]["number"]) == (BEN_NGHE, "7", "901")
    assert lot["subject"]["commune_title"]["vi"] == "Phường Bến Nghé"
    recorded = {one["name"]: one["value"] for one in lot["area"]["recorded"]}
    assert recorded == {"dien_tich_phap_ly": 198.5, "dien_tich": 200}
    assert (lot["area"]["computed_m2"], lot["area"]["perimeter_m"], lot["area"]["grid"]["srid"]) == (200, 60, 9210)
    assert [(one["side_m"]) for one in lot["corners"]] in ([10, 20, 10, 20], [20, 10, 20, 10])
    assert {(one["x"], one["y"]) for one in lot["corners"]} >= {(round(Y, 3), round(X + 1000, 3))}


def test_road_reserve_red_line_and_building_line(lot: dict[str, Any]) -> None:
    (reserve,) = told(lot, "planning.lo_gioi")
    (red,) = told(lot, "planning.chi_gioi_duong_do")
    (building,) = told(lot, "planning.chi_gioi_xay_dung")
    assert (reserve["area_m2"], reserve["share"], reserve["sliver"]) == (20, 10, False)
    assert (red["area_m2"], red["length_m"]) == (20, 10)
    assert building["length_m"] == 10


def test_a_red_line_that_divides_nothing_has_a_length_and_no_area(neighbourhood: City) -> None:
    (line,) = told(dossier(neighbourhood, LOT.replace("901", "903")), "planning.chi_gioi_duong_do")
    assert (line["length_m"], "area_m2" in line) == (5, False)


def test_corridors_of_surfaces_and_of_widened_lines_and_slivers_by_name(lot: dict[str, Any]) -> None:
    by_kind = {value(one, "loai"): one for one in told(lot, "planning.hanh_lang_an_toan", "overlap")}
    assert (by_kind["DIEN"]["area_m2"], by_kind["DIEN"]["sliver"]) == (20, False)
    assert (by_kind["SONG_RACH"]["area_m2"], by_kind["SONG_RACH"]["sliver"]) == (2, True)
    assert rule(lot, "planning.hanh_lang_an_toan", "overlap")["tolerance_m"] == 0.3


def test_only_what_is_in_force_on_the_day_of_the_release_is_told(lot: dict[str, Any]) -> None:
    (planned,) = told(lot, "planning.ke_hoach_su_dung_dat")
    assert (value(planned, "loai_dat"), planned["area_m2"]) == ("DGT", 40)


def test_floods_and_what_is_near(lot: dict[str, Any]) -> None:
    (area,) = told(lot, "drainage.vung_ngap")
    (point,) = told(lot, "drainage.diem_ngap")
    assert (area["share"], value(area, "muc_do"), value(area, "la_kich_ban")) == (50, "2", True)
    assert point["distance_m"] == 100
    assert rule(lot, "drainage.tram_muc_nuoc")["delivered"] is False, "nothing was ever delivered, which is not “none”"
    assert rule(lot, "drainage.diem_ngap")["delivered"] is True


def test_neighbours_share_an_edge(lot: dict[str, Any]) -> None:
    shared = {value(one, "so_thua"): one["length_m"] for one in told(lot, "cadastre.thua_dat", "neighbour")}
    assert shared.keys() == {"902", "903"}
    assert shared["902"] == pytest.approx(20, abs=0.11)
    assert shared["903"] == pytest.approx(15, abs=0.11)


def test_every_statement_says_where_it_comes_from(lot: dict[str, Any], catalog: Catalog) -> None:
    statements = [one for section in lot["sections"] for part in section["rules"] for one in part["statements"]]
    assert len(statements) >= 10
    for one in statements:
        layer = catalog[one["layer"]].file
        assert (one["scale"], one["steward"], one["evidence"]) == (list(layer.scale), layer.steward, layer.evidence)
        assert (one["release"], one["source"], one["synthetic"]) == (1, "do_dac", False)
    assert told(lot, "planning.lo_gioi")[0]["date"] == DECIDED["ngay_phe_duyet"]


def test_answers_keep_to_the_schema(neighbourhood: City, lot: dict[str, Any]) -> None:
    schema = dossier(neighbourhood, "/planning/dossier/schema")
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for content in (lot, dossier(neighbourhood, view="public"), dossier(neighbourhood, SHAPE)):
        assert [error.message for error in validator.iter_errors(content)] == []


def test_what_is_restricted_leaves_no_trace(neighbourhood: City) -> None:
    answer = neighbourhood.get(LOT)
    public = answer.json()
    assert "tuyen_cong" not in answer.text
    assert "nguon_goc" not in answer.text
    assert "CQP" not in answer.text
    assert [value(one, "so_thua") for one in told(public, "cadastre.thua_dat", "neighbour")] == ["903"]
    hidden = neighbourhood.get(LOT.replace("901", "902"))
    missing = neighbourhood.get(LOT.replace("901", "999"))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("902", "") == missing.json()["detail"].replace("999", "")
    assert dossier(neighbourhood, LOT.replace("901", "902"))["subject"]["number"] == "902"
    assert "tuyen_cong" in neighbourhood.get(LOT, "agency").text


def test_the_commune_of_today_answers_too_and_names_its_namesakes(neighbourhood: City, lot: dict[str, Any]) -> None:
    assert lot["subject"]["also"] == [{"commune": DA_KAO, "sheet": "7", "number": "901"}]
    assert dossier(neighbourhood, f"/planning/parcels/{BEN_NGHE}/7/950/dossier")["subject"]["commune"] == DA_KAO


CORNERS = ((0, 0), (10, 0), (10, 20), (0, 20))
SHAPE = "/planning/dossier?corners=" + ";".join(f"{Y + y:.3f} {X + 1000 + x:.3f}" for x, y in CORNERS)


@pytest.mark.parametrize(
    "corners",
    [
        ";".join(f"{Y + y:.3f} {X + 1000 + x:.3f}" for x, y in CORNERS),
        ";".join(f"{X + 1000 + x:.3f},{Y + y:.3f}" for x, y in CORNERS),
        "Số hiệu góc | X (m) | Y (m) | Cạnh (m)\n"
        + "\n".join(
            f"{n}\t{Y + y:,.3f}\t{X + 1000 + x:,.3f}\n\t\t\t{20.0 if n % 2 else 10.0}"
            for n, (x, y) in enumerate(CORNERS)
        ),
        " ".join(f"{n} X={Y + y:.3f}m Y={X + 1000 + x:.3f}m" for n, (x, y) in enumerate(CORNERS)),
        "\n".join(f"{n}\n{Y + y:.3f}\n{X + 1000 + x:.3f}\n12.5" for n, (x, y) in enumerate((*CORNERS, CORNERS[0]))),
        "\n".join(f"{n} {Y + y:.3f} {X + 1000 + x:.3f} 10,0".replace(".", ",") for n, (x, y) in enumerate(CORNERS)),
    ],
)
def test_the_corners_of_a_certificate_ask_for_the_same_ground(
    neighbourhood: City, lot: dict[str, Any], corners: str
) -> None:
    answer = neighbourhood.get("/planning/dossier", "agency", params={"corners": corners})
    content = answer.json()
    written = "; ".join(f"{Y + y:.3f} {X + 1000 + x:.3f}" for x, y in CORNERS)
    assert content["subject"] == {"kind": "shape", "corners": written, "grid": None}
    assert content["area"]["computed_m2"] == 200
    for layer in ("planning.lo_gioi", "planning.chi_gioi_duong_do", "drainage.vung_ngap"):
        assert told(content, layer) == told(lot, layer)


def test_a_point_asks_for_its_parcel(neighbourhood: City, lot: dict[str, Any]) -> None:
    found = dossier(neighbourhood, f"/planning/dossier?corners={Y + 3} {X + 1003}")
    assert {**found, "subject": {**found["subject"], "also": lot["subject"]["also"]}} == lot
    beside = neighbourhood.get(f"/planning/dossier?corners={Y + 3} {X + 1203}")
    in_hidden = neighbourhood.get(f"/planning/dossier?corners={Y + 3} {X + 1013}")
    assert (beside.status_code, beside.text) == (in_hidden.status_code, in_hidden.text)
    assert beside.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "corners=",
        "corners=1 2",
        "corners=nan nan",
        "corners=1e308 1e308",
        "corners=1191454 603514;1191460 603514",
        "corners=1191454 603514;1191460 603520;1191460 603514;1191454 603520",
        "corners=1191454 603514;1191460 603514;1191466 603514",
        "corners=1191454 603514;106.7 10.7;106.8 10.8",
        "corners=950000 790000;950010 790000;950000 790010",
        "corners=1191454 603514;1191460 60352.0;1191460 603514",
        "corners=1191454 603514;1194454 603514;1194454 606514",
        "corners=" + ";".join(["1191454 603514"] * 501),
        "corners=1191454 603514&grid=999999",
        "corners=1191454 603514&f=xml",
        "corners=1191454 603514&release=99",
        "corners=1191454 603514&x=1",
    ],
)
def test_bad_questions_are_refused(neighbourhood: City, query: str) -> None:
    answer = neighbourhood.get(f"/planning/dossier?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["26740/7/x';--", "%00/7/1", "26740/7/" + "9" * 300, "x/y/z"])
def test_strange_numbers_are_no_parcels(neighbourhood: City, path: str) -> None:
    assert neighbourhood.get(f"/planning/parcels/{path}/dossier").status_code == 404
