"""What people type is found, best first; and nothing that the caller may not see."""

from typing import Any

import pytest

from tests.search.conftest import FAR
from tests.serving import LAT, LON, City


def search(town: City, text: str, view: str = "public", **more: str) -> list[dict[str, Any]]:
    answer = town.get("/search", view, params={"q": text, **more})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def titles(found: list[dict[str, Any]]) -> list[str]:
    return [one["title"] for one in found]


def first(town: City, text: str, view: str = "public") -> tuple[str, str, str]:
    best = search(town, text, view)[0]
    return best["kind"], best["title"], best["match"]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("le van sy", ("road", "Lê Văn Sỹ", "exact")),
        ("Lê Văn Sỹ", ("road", "Lê Văn Sỹ", "exact")),
        ("LE VAN S", ("road", "Lê Văn Sỹ", "begins")),
        ("minh khai", ("road", "Nguyễn Thị Minh Khai", "begins")),
        ("khai nguyen", ("road", "Nguyễn Thị Minh Khai", "words")),
        ("nguyen thi mih khai", ("road", "Nguyễn Thị Minh Khai", "similar")),
        ("le van si", ("road", "Lê Văn Sỹ", "similar")),
        ("phan văn hòa", ("road", "Phan Văn Hoà", "exact")),
        ("lê lái", ("road", "Lê Lái", "exact")),
        ("lê lai", ("road", "Lê Lai", "exact")),
        ("ql1", ("road", "QL1", "exact")),
        ("123/4/5 Lê Văn Sỹ", ("address", "123/4/5 Lê Văn Sỹ", "exact")),
        ("số 123/4/5 le van sy", ("address", "123/4/5 Lê Văn Sỹ", "exact")),
        ("123/4/9 lê văn sỹ", ("address", "123 Lê Văn Sỹ", "nearby")),
        ("12a le loi", ("address", "12A Lê Lợi", "exact")),
        ("12 le loi", ("address", "12A Lê Lợi", "begins")),
        ("tờ 12 thửa 34 phường Sài Gòn", ("parcel", "Tờ 12, thửa 34", "exact")),
        ("26740/12/34", ("parcel", "Tờ 12, thửa 34", "exact")),
        ("cd-0001", ("asset", "CD-0001", "exact")),
        ("CD-00", ("asset", "CD-0001", "begins")),
        ("phuong sai gon", ("unit", "Phường Sài Gòn", "exact")),
        ("26740", ("unit", "Phường Sài Gòn", "exact")),
        ("ben nghe", ("unit", "Phường Bến Nghé", "exact")),
        ("ben nghe quan 1", ("unit", "Phường Bến Nghé", "exact")),
        ("quận 1", ("unit", "Quận 1", "exact")),
        ("truong le loi", ("facility", "Trường Lê Lợi", "exact")),
        ("Q1", ("unit", "Quận 1", "exact")),
        ("p. ben nghe, q.1", ("unit", "Phường Bến Nghé", "exact")),
        ("tờ 12 thửa 34 P. Sài Gòn", ("parcel", "Tờ 12, thửa 34", "exact")),
        ("nhà số 123/4/5 đường Lê Văn Sỹ, TP.HCM", ("address", "123/4/5 Lê Văn Sỹ", "exact")),
        ("123/4/5 duong le van sy, tp hcm, viet nam", ("address", "123/4/5 Lê Văn Sỹ", "exact")),
        ("đ. Lê Văn Sỹ", ("road", "Lê Văn Sỹ", "exact")),
        ("nguyeenx thij minh khai", ("road", "Nguyễn Thị Minh Khai", "similar")),
        ("nguye6n4 thi5 minh khai", ("road", "Nguyễn Thị Minh Khai", "similar")),
        ("123/4/5 leef vawn syx", ("address", "123/4/5 Lê Văn Sỹ", "similar")),
        ("ddường lê văn sỹ", ("road", "Lê Văn Sỹ", "similar")),
        ("le vn sy", ("road", "Lê Văn Sỹ", "similar")),
    ],
)
def test_the_best_answer_comes_first(town: City, text: str, best: tuple[str, str, str]) -> None:
    assert first(town, text) == best


def test_one_letter_finds_what_begins_so(town: City) -> None:
    assert "Nguyễn Thị Minh Khai" in titles(search(town, "n", limit="50"))
    assert "Lê Lợi" not in titles(search(town, "n", limit="50"))


def test_marks_that_are_typed_tell_names_apart(town: City) -> None:
    assert {"Lê Lai", "Lê Lái", "Lê Lợi"} <= set(titles(search(town, "le l")))
    assert titles(search(town, "Lê Lái")) == ["Lê Lái"]
    assert set(titles(search(town, "le lai"))) == {"Lê Lai", "Lê Lái"}


def test_a_street_of_many_segments_is_one_result_and_two_streets_of_a_name_are_two(town: City) -> None:
    roads = [one for one in search(town, "le loi") if one["kind"] == "road"]
    assert [(one["title"], one["unit"]["name"]) for one in roads] == [
        ("Lê Lợi", "Phường Sài Gòn"),
        ("Đường Lê Lợi", "Phường Bến Thành"),
    ]
    west, _, east, _ = roads[0]["bbox"]
    assert (east - west) * 109_000 == pytest.approx(490, abs=3)


def test_a_thing_in_two_layers_is_one_thing(town: City) -> None:
    assert len(search(town, "truong le loi")) == 1


@pytest.mark.parametrize(
    "text", ["Lê Lợi, Bến Thành", "le loi phuong ben thanh", "12A Lê Lợi, Phường Bến Thành, Quận 1"]
)
def test_where_it_is_may_be_said_behind(town: City, text: str) -> None:
    found = search(town, text)
    assert found
    assert {one["unit"]["name"] for one in found} == {"Phường Bến Thành"}


def test_an_old_district_says_where_too(town: City) -> None:
    assert "Lê Lai" in titles(search(town, "le lai quan 1"))
    assert search(town, "Lê Lai, Cần Giờ") == []


def test_a_place_is_a_filter_by_old_and_new_code(town: City) -> None:
    assert {one["unit"]["code"] for one in search(town, "le loi", place="26743")} == {"26743"}
    inside = search(town, "tờ 12 thửa 34", place="26740@2025-06-30")
    assert [one["parcel"]["commune"] for one in inside] == ["26740"]
    assert town.get("/search?q=a&place=99999").status_code == 400


def test_a_parcel_is_found_by_any_name_of_its_commune(town: City) -> None:
    for commune in ("Bến Nghé", "phường Sài Gòn", "26740"):
        found = search(town, f"tờ 12 thửa 34, {commune}")
        assert [one["parcel"] for one in found] == [{"commune": "26740", "sheet": "12", "number": "34"}], commune
    assert {one["parcel"]["commune"] for one in search(town, "tờ 012 thửa 34")} == {"26740", "26743"}
    assert search(town, "tờ 12 thửa 34, Cần Giờ") == []


def test_a_word_before_a_street_hides_no_street_of_that_name(town: City) -> None:
    assert {"Lê Lợi", "Đường Lê Lợi"} <= set(titles(search(town, "đường Lê Lợi")))
    assert first(town, "đ. Lê Lai") == ("road", "Lê Lai", "exact")


def test_a_sheet_and_a_number_without_a_commune_are_looked_for_in_all(town: City) -> None:
    found = search(town, "tờ 12 thửa 34")
    assert {one["parcel"]["commune"] for one in found} >= {"26740"}
    assert len(found) > 1


def test_an_old_unit_says_what_it_is_now(town: City) -> None:
    old = search(town, "Bến Nghé")[0]
    assert old["place"]["valid_to"] == "2025-06-30"
    assert "26740" in old["place"]["present"]
    assert old["detail"]["vi"].startswith("Quận 1, đến 30/06/2025; nay là ")
    assert old["place"]["outline"] == "successors"
    assert old["point"] == pytest.approx([LON, LAT], abs=0.01)
    district = search(town, "Quận 1")[0]
    assert district["place"]["outline"] == "own"


def test_coordinates_of_any_writing_are_points(town: City) -> None:
    for text in (f"{LAT}, {LON}", "603514.400 1191454.713", "1191454.713 603514.400", "10°46'21\"N 106°41'53.88\"E"):
        best = search(town, text)[0]
        assert (best["kind"], best["match"]) == ("coordinate", "exact")
        assert best["point"] == pytest.approx([LON, LAT], abs=2e-6)


def test_nothing_hidden_can_be_found(town: City) -> None:
    for text, seen_by in (
        ("kho bi mat", "full"),
        ("kho bi mot", "full"),
        ("Q1", "full"),
        ("HG-Q1-0012", "agency"),
        ("tờ 12 thửa 35", "agency"),
    ):
        assert [one for one in search(town, text, "public") if one["kind"] != "unit"] == [], text
        assert search(town, text, seen_by), text


def test_an_answer_says_whose_data_it_is(town: City) -> None:
    best = search(town, "minh khai")[0]
    assert (best["source"]["vi"], best["synthetic"], best["release"]) == ("Đo đạc", False, 1)
    item = town.get(f"/collections/{best['layer']}/items/{best['fid']}").json()
    assert item["properties"]["ten"] == best["title"]
    assert best["detail"] == {"vi": "Đường bộ (tim đường) · Phường Sài Gòn", "en": "Road centreline · Phường Sài Gòn"}


@pytest.mark.parametrize("text", ["", " ", "x" * 201, "a\x00b"])
def test_what_nobody_types_is_refused(town: City, text: str) -> None:
    answer = town.get("/search", params={"q": text})
    assert answer.status_code == 400
    assert "q: " in answer.json()["detail"]


@pytest.mark.parametrize(
    "text",
    ["%", "_", "' OR 1=1", "\\", "%%%_%_", "(((", "🙂", "٣ ٤", "a " * 90, "1/" * 90 + "1 a", "—", "\u202e lê", "12,"],
)
def test_odd_texts_are_answered(town: City, text: str) -> None:
    assert town.get("/search", params={"q": text}).status_code == 200


def test_reverse_says_what_is_at_a_point(town: City) -> None:
    here = town.get(f"/reverse?lon={LON}&lat={LAT}").json()
    assert here["unit"]["title"]["vi"] == "Phường Sài Gòn"
    assert "Phường Bến Nghé" in {one["title"]["vi"] for one in here["formed_from"]}
    assert [one["title"]["vi"] for one in here["former_units"]] == ["Quận 1"]
    assert here["grid"] == {"srid": 9210, "east": 603514.4, "north": 1191454.713}
    assert (here["address"]["name"], here["address"]["distance_m"]) == ("12A Lê Lợi", 5.0)
    assert (here["road"]["name"], here["parcel"]) == ("Lê Lợi", None)
    assert "Kho Bí Mật" not in str(here)


def test_reverse_knows_the_parcel_and_keeps_what_is_hidden(town: City) -> None:
    def parcel_at(east: float, view: str) -> Any:
        return town.get(f"/reverse?lon={LON + east / 109_250}&lat={LAT}&radius=2", view).json()["parcel"]

    assert parcel_at(40, "public")["name"] == "26740/12/34"
    assert parcel_at(60, "public") is None
    assert parcel_at(60, "agency")["name"] == "26740/12/35"
    assert town.get(f"/reverse?lon={LON + FAR / 109_250}&lat={LAT}").json()["unit"]["code"] == "26743"


@pytest.mark.parametrize("query", ["lon=106.7", "lon=x&lat=1", "lon=106.7&lat=10.7&radius=1e9", "lon=nan&lat=1"])
def test_reverse_refuses_what_is_no_point(town: City, query: str) -> None:
    assert town.get(f"/reverse?{query}").status_code == 400


def test_reverse_outside_of_the_city_finds_nothing(town: City) -> None:
    for lon, lat in ((0, 0), (180, 90), (-180, -90)):
        answer = town.get(f"/reverse?lon={lon}&lat={lat}")
        assert answer.status_code == 200
        assert (answer.json()["unit"], answer.json()["around"], answer.json()["grid"]) == (None, [], None)


def test_a_number_that_nobody_knows_gives_its_street(town: City) -> None:
    assert first(town, "999 le van sy") == ("road", "Lê Văn Sỹ", "nearby")
