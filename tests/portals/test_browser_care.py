"""The viewer on a phone, without a mouse, without a server, and without a right to see."""

import json
import re

import httpx2
import pytest

from tests.portals.conftest import CENTRE, Watched
from tests.portals.screen import AT_MANHOLE, click_middle, map_box, text_of

pytestmark = pytest.mark.browser


def test_a_phone_has_no_sideways_scroll_and_its_sheet_rises(phone: Watched):
    page = phone.open("/#map=thoat_nuoc")
    wide = "document.documentElement.scrollWidth, document.body.scrollWidth"
    assert page.evaluate(f"Math.max({wide})") <= 390
    low = page.locator("#panel").bounding_box()
    page.tap("#tab-layers")
    page.wait_for_timeout(300)
    half = page.locator("#panel").bounding_box()
    assert low
    assert half
    assert half["height"] > low["height"] + 200
    outside = page.evaluate(
        "[...document.querySelectorAll('button, input, select')].filter((one) => one.offsetParent && "
        "!one.closest('.maps') && (one.getBoundingClientRect().right > 391 || one.getBoundingClientRect().left < -1))"
        ".map((one) => one.outerHTML)"
    )
    assert outside == []


def test_every_control_of_the_sheet_is_large_enough_for_a_finger(phone: Watched):
    page = phone.open("/#map=thoat_nuoc")
    page.tap("#tab-layers")
    page.wait_for_timeout(300)
    page.wait_for_selector("#panel .switch")
    small = page.evaluate(
        "[...document.querySelectorAll('#panel :is(button, input, .sheet-handle)')].filter((one) => one.offsetParent)"
        ".filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 24 && one.type !== 'range')"
        ".map((one) => one.outerHTML)"
    )
    assert small == []
    tabs, handle = page.locator(".tabs").bounding_box(), page.locator(".sheet-handle").bounding_box()
    assert tabs
    assert handle
    assert handle["y"] + handle["height"] <= tabs["y"], "a finger on a tab must not drag the sheet"


def test_the_public_sees_a_map_that_fills_the_screen_without_a_banner(desk: Watched):
    desk.page.set_extra_http_headers({"X-Forwarded-For": "203.0.113.7"})
    page = desk.open("/#map=nen")
    assert page.locator("#banner").is_hidden()
    assert map_box(page)["height"] > 780
    page.click('[data-scope="all"]')
    page.fill("#panel-layers input[type=search]", "ho ga")
    assert page.locator('[data-row="drainage.ho_ga"]').count() == 0


def test_a_tap_on_a_phone_opens_the_card_below_the_point(phone: Watched):
    page = phone.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    box = map_box(page)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector('.result.is-open[data-feature^="drainage.ho_ga/"]')
    card = page.locator("#card").bounding_box()
    assert card
    assert card["width"] == 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_control_has_a_name_and_can_be_reached_by_keyboard(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    click_middle(page)
    page.wait_for_selector(".result.is-open")
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a[href]')].filter((one) => one.offsetParent && !("
        "one.getAttribute('aria-label') || one.innerText?.trim() || one.labels?.length || one.title"
        ")).map((one) => one.outerHTML)"
    )
    assert nameless == []
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('header, #panel, #map, #tools, #card')?.id ?? ''"))
    assert {"panel", "map", "tools", "card"} <= reached


def test_without_a_mouse_enter_asks_what_is_in_the_middle(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector('.result.is-open[data-feature^="drainage.ho_ga/"]')
    assert page.evaluate("document.activeElement.tagName") == "H2"


def test_a_server_that_goes_away_is_said_and_the_map_heals(desk: Watched):
    page = desk.open(f"/#map=nen&at=14.00/{CENTRE[1]}/{CENTRE[0]}")
    away = re.compile(r"/(tiles|health)")
    cut: set[str] = set()
    had: set[str] = set()
    page.route(away, lambda route: (cut.add(route.request.url), route.abort()))
    page.on("requestfinished", lambda request: had.add(request.url))
    page.evaluate(f"location.hash = '#map=nen&at=12.00/{CENTRE[1]}/{CENTRE[0]}'")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "Máy chủ bản đồ chưa trả lời" in text_of(page, "#trouble")
    page.unroute(away)
    page.wait_for_selector("#trouble", state="hidden", timeout=15_000)
    wanted = {address for address in cut if "/nen/12/" in address}
    assert wanted
    for _ in range(100):
        if wanted <= had:
            break
        page.wait_for_timeout(50)
    assert wanted <= had, "tiles that had failed were not asked for again"
    desk.complaints.clear()  # the console tells of the requests that were cut


def test_a_failed_question_is_answered_with_a_sentence_and_can_be_asked_again(desk: Watched):
    page = desk.open(f"/#map=thoat_nuoc&{AT_MANHOLE}")
    problem = {"title": "Máy chủ đang bận", "detail": "Thử lại sau.", "status": 503}
    page.route("**/query/identify*", lambda route: route.fulfill(status=503, body=json.dumps(problem)))
    click_middle(page)
    page.wait_for_selector("#card .problem")
    assert "Máy chủ đang bận Thử lại sau." in text_of(page, "#card .problem")
    page.unroute("**/query/identify*")
    page.click("#card .problem .button")
    page.wait_for_selector(".result.is-open")
    desk.complaints.clear()


def test_a_viewer_that_cannot_start_says_why(desk: Watched):
    desk.page.route("**/catalogue", lambda route: route.abort())
    desk.page.goto(desk.origin)
    desk.page.wait_for_selector(".start-problem")
    assert "Không kết nối được với máy chủ bản đồ" in text_of(desk.page, ".start-problem")
    desk.complaints.clear()


def test_a_key_in_the_address_is_used_and_taken_out_of_it(desk: Watched):
    keys: list[str | None] = []
    desk.page.on(
        "request", lambda request: request.url.endswith("/catalogue") and keys.append(request.headers.get("bando-key"))
    )
    desk.page.goto(f"{desk.origin}/#map=nen&key=khong-dung")
    desk.page.wait_for_selector(".start-problem")
    assert keys == ["khong-dung"]
    assert "key=" not in desk.page.evaluate("location.href")
    assert "Khóa truy cập không đúng" in text_of(desk.page, ".start-problem")
    desk.complaints.clear()


def test_what_the_public_may_not_see_is_not_in_the_public_tree(live: str):
    answer = httpx2.get(f"{live}/catalogue", headers={"X-Forwarded-For": "203.0.113.7"}).json()
    accesses = {layer["access"] for theme in answer["themes"] for layer in theme["layers"]}
    assert accesses == {"public"}
