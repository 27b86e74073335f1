"""What a person asks the viewer: what is here, where is this, and how to show it to someone else."""

import re

import numpy as np
import pytest

from tests.portals.conftest import CENTRE, EAST, HOSTILE, NORTH, PLACE, STREET, Watched
from tests.portals.screen import AT_MANHOLE, click_middle, drawn, map_box, readout, text_of

pytestmark = pytest.mark.browser


def test_a_click_tells_in_words_what_is_there_and_where_it_comes_from(desk: Watched, catalog):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    click_middle(page)
    page.wait_for_selector('.result.is-open[data-feature^="drainage.ho_ga/"]')
    said = text_of(page, ".result.is-open")
    for words in ("HG-0001", "Hố thu và thăm kết hợp", "1,372 m", "Hòn Dấu", "Có", "Thành phố mẫu", "Công bố gần nhất"):
        assert words in said, words
    for words in ("DỮ LIỆU GIẢ LẬP · SYNTHETIC DATA", catalog["drainage.ho_ga"].file.steward, "Đề xuất"):
        assert words in said, words


def test_attributes_are_text_and_never_markup(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    click_middle(page)
    page.wait_for_selector(".result.is-open")
    assert HOSTILE in text_of(page, ".result.is-open")
    assert page.locator("#card img").count() == 0
    assert "hỏng" not in page.title()


def test_measured_data_is_not_called_synthetic(desk: Watched):
    page = desk.open(f"/#map=nen&at=18.00/{CENTRE[1]}/{CENTRE[0]}")
    click_middle(page)
    page.wait_for_selector('.result.is-open[data-feature^="base_transport.duong_bo/"]')
    said = text_of(page, ".result.is-open")
    assert STREET in said
    assert "Đường đô thị" in said
    assert "GIẢ LẬP" not in said


def test_the_chosen_feature_is_highlighted(desk: Watched):
    page = desk.open(f"/#map=nen&at=17.00/{CENTRE[1]}/{CENTRE[0]}")
    box = map_box(page)
    strip = {"x": box["x"] + 60, "y": box["y"] + box["height"] / 2 - 10, "width": 100, "height": 20}

    def pink() -> int:
        red, green, blue = np.moveaxis(drawn(page, strip), 2, 0)
        return int(((red > 190) & (green < 60) & (blue > 90)).sum())

    assert pink() == 0
    click_middle(page)
    page.wait_for_selector(".result.is-open")
    desk.idle()
    assert pink() > 150
    page.keyboard.press("Escape")
    page.wait_for_selector("#card", state="hidden")
    desk.idle()
    assert pink() == 0


def test_coordinates_of_the_check_point_are_right_to_a_millimetre(desk: Watched):
    page = desk.open(f"/#pick={CENTRE[0]},{CENTRE[1]}&at=17.00/{CENTRE[1]}/{CENTRE[0]}")
    page.wait_for_selector("#card:not([hidden])")
    numbers = [float(re.sub(r"\s", "", one)) for one in re.findall(r"[\d\s\u202f]+\.\d{3}", readout(page, "grid"))]
    assert numbers == pytest.approx([EAST, NORTH], abs=0.001)
    survey = readout(page, "survey")
    assert survey.index("X") < survey.index("Y")
    assert survey.split("Y")[0].replace("\u202f", "").strip() == f"X {NORTH:.3f}"
    assert readout(page, "decimal") == "10.772500, 106.698300"
    assert "10°46′21.00″" in readout(page, "dms")
    assert "106°41′53.88″" in readout(page, "dms")


def test_nothing_there_is_said_in_words(desk: Watched):
    page = desk.open("/#map=nen&at=17.00/10.7600/106.6600")
    click_middle(page)
    page.wait_for_selector("#card .quiet:not(.loading)")
    assert "không có đối tượng nào" in text_of(page, "#card")


@pytest.mark.parametrize(
    "text", ["603514.400 1191454.713", "X=1191454,713 Y=603514,400", "10°46'21\"B 106°41'53.88\"Đ"]
)
def test_a_coordinate_in_the_search_box_is_flown_to_and_marked(desk: Watched, text: str):
    page = desk.open("/#map=nen&at=11.00/10.9/106.6")
    page.fill("#search", text)
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card:not([hidden])")
    numbers = [float(re.sub(r"\s", "", one)) for one in re.findall(r"[\d\s\u202f]+\.\d{3}", readout(page, "grid"))]
    assert numbers == pytest.approx([EAST, NORTH], abs=0.2)
    assert float(re.search(r"at=([\d.]+)", page.evaluate("location.hash"))[1]) >= 17  # type: ignore[index]


def test_a_layer_is_found_without_marks_and_switched_on(desk: Watched):
    page = desk.open("/#map=giao_thong")
    page.fill("#search", "manhole")
    page.wait_for_selector("[role=option]")
    page.fill("#search", "HO GA")
    desk.until("document.querySelector('[role=option]')?.innerText.startsWith('Hố ga')")
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-row="drainage.ho_ga"].is-on')
    assert "on=drainage.ho_ga" in page.evaluate("location.hash")


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_name_is_found_flown_to_and_opened(request: pytest.FixtureRequest, screen: str):
    watched: Watched = request.getfixturevalue(screen)
    page = watched.open("/#map=nen&at=11.00/10.9/106.6")
    page.fill("#search", "xom dang y")
    watched.until(f"document.querySelector('[role=option] .search-title')?.textContent === '{PLACE}'")
    assert "Địa danh" in text_of(page, "[role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector('.result.is-open[data-feature^="base_settlement.dia_danh_dan_cu/"]')
    assert "Xóm" in text_of(page, ".result.is-open")
    page.fill("#search", "nguyen thi mih khai")
    watched.until(f"document.querySelector('[role=option] .search-title')?.textContent === '{STREET}'")
    assert "gần giống" in text_of(page, "[role=option]")


def test_an_asset_is_found_by_its_code(desk: Watched):
    page = desk.open("/#map=nen&at=11.00/10.9/106.6")
    page.fill("#search", "HG-0001")
    desk.until("document.querySelector('[role=option] .search-title')?.textContent === 'HG-0001'")
    page.keyboard.press("Enter")
    page.wait_for_selector('.result.is-open[data-feature^="drainage.ho_ga/"]')


def test_a_shared_link_brings_back_map_place_layers_language_and_feature(desk: Watched, browser, live):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}&off=base_transport.duong_bo&lang=en")
    click_middle(page)
    page.wait_for_selector('.result.is-open[data-feature^="drainage.ho_ga/"]')
    link = page.evaluate("location.href")
    other = Watched(browser.new_page(viewport={"width": 1440, "height": 900}), live)
    again = other.open(link.removeprefix(live))
    again.wait_for_selector('.result.is-open[data-feature^="drainage.ho_ga/"]')
    assert again.get_attribute("html", "lang") == "en"
    assert again.locator(".map-choice[aria-pressed=true]").get_attribute("data-map") == "thoat_nuoc"
    assert again.evaluate("location.href") == link
    assert "off=base_transport.duong_bo" in link
    again.close()


def test_changing_the_map_changes_layers_and_keeps_the_place(desk: Watched):
    page = desk.open(f"/#map=nen&{AT_MANHOLE}")
    page.click('[data-map="thoat_nuoc"]')
    desk.until("location.hash.startsWith('#map=thoat_nuoc')")
    desk.idle()
    assert page.locator('[data-map="thoat_nuoc"]').get_attribute("aria-pressed") == "true"
    assert AT_MANHOLE in page.evaluate("location.hash")


def test_a_distance_is_measured_in_the_city_grid(desk: Watched):
    page = desk.open(f"/#map=nen&at=16.00/{CENTRE[1]}/{CENTRE[0]}")
    page.click('[data-tool="measure"]')
    box = map_box(page)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(*middle)
    page.mouse.click(middle[0] - 200, middle[1])
    said = text_of(page, "#measure-card .measured dd")
    wanted = 200 * np.cos(np.radians(CENTRE[1])) * 40_075_016.686 / (512 * 2**16)
    assert float(said.removesuffix(" m").replace(".", "").replace(",", ".")) == pytest.approx(wanted, rel=0.005)
