"""What the viewer shows a person: layers, legend, languages, notices, and labels letter for letter."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.portals.conftest import CENTRE, PLACE, Watched
from tests.portals.screen import AT_MANHOLE, drawn, map_box, text_of

pytestmark = pytest.mark.browser


def test_the_page_opens_in_vietnamese_without_a_complaint(desk: Watched):
    page = desk.open()
    assert page.get_attribute("html", "lang") == "vi"
    assert "Bản đồ số dùng chung" in text_of(page, "header")
    assert page.title() == "Bản đồ số dùng chung TP. Hồ Chí Minh"
    assert [request for request in desk.requested if not request.startswith(desk.origin)] == []


def test_the_tree_lists_every_layer_of_the_view_with_counts_and_evidence(desk: Watched, catalog):
    page = desk.open()
    page.click('[data-scope="all"]')
    closed = page.locator('.theme-head[aria-expanded="false"]')
    while closed.count():
        closed.first.click()
    rows = page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")
    assert set(rows) == set(catalog.layers)
    assert "7" in text_of(page, '[data-row="base_transport.duong_bo"] .count')
    page.click('[data-row="drainage.ho_ga"] .layer-row .icon-button')
    details = text_of(page, '[data-row="drainage.ho_ga"] .layer-details')
    for words in ("bản 2, ngày", catalog["drainage.ho_ga"].file.steward, "1:2", "Đề xuất", "Cơ quan", "Thành phố mẫu"):
        assert words in details


def test_the_filter_finds_layers_without_their_marks(desk: Watched):
    page = desk.open()
    page.fill("#panel-layers input[type=search]", "ho ga")
    assert page.locator('[data-row="drainage.ho_ga"]').count() == 1
    assert page.locator('[data-row="base_transport.duong_bo"]').count() == 0


def test_a_layer_of_another_map_can_be_switched_on_and_off(desk: Watched):
    page = desk.open(f"/#map=giao_thong&{AT_MANHOLE}")
    box = map_box(page)
    spot = {"x": box["x"] + box["width"] / 2 - 20, "y": box["y"] + box["height"] / 2 - 20, "width": 40, "height": 40}
    page.fill("#panel-layers input[type=search]", "ho ga")
    without = drawn(page, spot)
    page.click('[data-row="drainage.ho_ga"] .switch')
    desk.until("location.hash.includes('on=drainage.ho_ga')")
    desk.idle()
    assert (abs(drawn(page, spot) - without).max(axis=2) > 40).sum() > 20
    page.click('[data-row="drainage.ho_ga"] .switch')
    desk.until("!location.hash.includes('drainage.ho_ga')")
    desk.idle()
    assert np.array_equal(drawn(page, spot), without)


def test_the_legend_shows_only_what_is_drawn_at_this_zoom(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    page.click("#tab-legend")
    assert "Hố ga" in text_of(page, "#panel-legend") or "Hố thu" in text_of(page, "#panel-legend")
    page.goto(f"{desk.origin}/#map=thoat_nuoc&at=11.00/{CENTRE[1]}/{CENTRE[0]}")
    desk.until("location.hash.includes('at=11.00')")
    desk.idle()
    assert "Hố thu" not in text_of(page, "#panel-legend")


def test_languages_switch_everything_and_stay(desk: Watched):
    page = desk.open("/#map=thoat_nuoc")
    page.click("[data-language=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert "Shared digital map" in text_of(page, "header")
    assert "Layers" in text_of(page, "#panel .tabs")
    page.click("#tab-legend")
    assert "Only the layers drawn" in text_of(page, "#panel-legend")
    assert "lang=en" in page.evaluate("location.hash")
    desk.open()
    assert page.get_attribute("html", "lang") == "en"


def test_the_view_in_force_is_said_on_screen(desk: Watched):
    page = desk.open()
    assert "Chế độ trình diễn" in text_of(page, "#banner")


def test_synthetic_data_is_marked_while_it_is_on_screen(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&at=16.00/{CENTRE[1]}/{CENTRE[0]}")
    page.wait_for_selector("#synthetic", state="visible")
    assert text_of(page, "#synthetic") == "DỮ LIỆU GIẢ LẬP · SYNTHETIC DATA"
    page.fill("#panel-layers input[type=search]", "ho ga")
    page.click('[data-row="drainage.ho_ga"] .switch')
    page.wait_for_selector("#synthetic", state="hidden")


def test_a_screen_of_measured_data_is_not_called_synthetic(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&at=16.00/{CENTRE[1]}/{CENTRE[0]}")
    page.wait_for_selector("#synthetic", state="visible")
    page.goto(f"{desk.origin}/#map=thoat_nuoc&at=16.00/{CENTRE[1] + 0.2}/{CENTRE[0]}")
    page.wait_for_selector("#synthetic", state="hidden")


def ink(picture: np.ndarray) -> np.ndarray:
    """A mask of text cut to its box and brought to one size, to be compared with other writings."""
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    cut = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    image = Image.fromarray((cut * 255).astype("uint8")).resize((360, 48), Image.Resampling.BOX)
    return np.asarray(image).astype(float)


def written(page: Page, text: str, font: str) -> np.ndarray:
    """The same text as the browser writes it on a canvas."""
    dots = page.evaluate(
        """([text, font]) => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 120 });
          const pen = canvas.getContext("2d");
          pen.font = font;
          pen.fillText(text, 20, 80);
          return Array.from(pen.getImageData(0, 0, 900, 120).data.filter((_, place) => place % 4 === 3));
        }""",
        [text, font],
    )
    return ink(np.array(dots).reshape(120, 900) > 110)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_vietnamese_labels_are_drawn_letter_for_letter(browser, live):
    page = browser.new_page(viewport={"width": 1440, "height": 900}, device_scale_factor=3, reduced_motion="reduce")
    watched = Watched(page, live)
    lon, lat = 106.690067, 10.774519
    where = f"at=15.50/{lat}/{lon}"
    spot = {"width": 260, "height": 44}
    pictures = {}
    for state in ("on", "off"):
        switch = "on=base_settlement.dia_danh_dan_cu" if state == "on" else "off=base_settlement.dia_danh_dan_cu"
        page.goto("about:blank")
        watched.open(f"/#map=nen&{where}&{switch}")
        box = map_box(page)
        spot |= {"x": box["x"] + box["width"] / 2 - 130, "y": box["y"] + box["height"] / 2 - 22}
        pictures[state] = drawn(page, spot)
    darker = (pictures["off"] - pictures["on"]).max(axis=2) > 60
    assert darker.sum() > 300, "no label was drawn"
    label = ink(darker)
    font = "45px sans-serif"
    plain = "Xom Dang Y"
    alike = {text: likeness(label, written(page, text, font)) for text in (PLACE, plain, "\U0010fffd" * len(PLACE))}
    page.close()
    assert alike[PLACE] == max(alike.values()), alike
    assert alike[PLACE] > 0.6, alike
