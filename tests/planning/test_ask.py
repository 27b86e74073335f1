"""One box leads to the dossier by every way of naming ground, and never to the dossier of a guess."""

from collections.abc import Callable, Iterator

import pytest
import shapely
from httpx2 import Response
from playwright.sync_api import Browser

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.chromium import DESK, PHONE, browser
from tests.planning.conftest import BEN_NGHE, HOSTILE, PARCELS, parcel, rows_of
from tests.serving import LAT, LON, MEASURED, City, Serve, X, Y, publish_rows

__all__ = ["browser"]
HOUSES = {
    "H1": ("123/4/5 Lê Văn Sỹ", (X + 2, Y + 2)),
    "H2": ("123/4/5 Lê Văn Sỹ", (X + 4, Y + 4)),
    "H3": ("12A Lê Lợi", (X + 2, Y + 5)),
    "H4": ("12A Lê Lợi", (X + 22, Y + 5)),
    "H5": ("77 Lê Lợi", (X + 500, Y + 5)),
    "H6": ("9 Lê Lợi", (X + 42, Y + 5)),
    "H7": (f"5 {HOSTILE[:20]}", (X + 2, Y + 5)),
}
FIRST = f"/planning/parcels/{BEN_NGHE}/7/1/dossier"
LIST = f"1 {Y:.3f} {X:.3f}\n2 {Y:.3f} {X + 10:.3f}\n3 {Y + 10:.3f} {X + 10:.3f}"


@pytest.fixture(scope="module")
def street(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    """Three lots, the third of which only officials see; two houses on the first, one address twice, one on no lot."""
    lots = [shapely.box(X + east, Y, X + east + 10, Y + 10) for east in (0, 20, 40)]
    kinds = ("ODT", "ODT", "CQP")
    rows = {
        PARCELS: [
            *(parcel(BEN_NGHE, n + 1, lot, loai_dat=kinds[n]) for n, lot in enumerate(lots)),
            parcel("97501", 1, shapely.box(X + 700, Y, X + 710, Y + 10)),
        ],
        "base_settlement.nha": [
            ({"maNhanDang": key, "diaChi": address}, shapely.Point(at)) for key, (address, at) in HOUSES.items()
        ],
    }
    database = make_database()
    publish_rows(database, MEASURED, [rows_of(catalog, layer, some) for layer, some in rows.items()])
    with serve(database) as city:
        yield city


def ask(city: City, q: str, view: str = "public", f: str = "html") -> Response:
    return city.get("/planning", view, params={"q": q, "f": f}, follow_redirects=False)


@pytest.mark.parametrize(
    "q",
    [
        "tờ 7 thửa 1, Bến Nghé",
        "26740/7/1",
        "123/4/5 Lê Văn Sỹ",
        "123/4/5 le van sy",
        f"{Y + 3} {X + 3}",
        f"{LAT + 2e-5:.6f}, {LON + 2e-5:.6f}",
    ],
)
def test_what_is_meant_beyond_doubt_leads_to_its_dossier(street: City, q: str) -> None:
    answer = ask(street, q)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].endswith(f"{FIRST}?f=html")
    assert ask(street, q, f="json").json()["dossier"].endswith(FIRST)


def test_a_commune_that_no_list_of_units_has_is_found_by_its_code(street: City) -> None:
    assert ask(street, "97501/7/1").headers["Location"].endswith("/planning/parcels/97501/7/1/dossier?f=html")
    assert ask(street, "97502/7/1").status_code == 404


def test_pasted_corners_lead_to_the_dossier_of_the_ground(street: City) -> None:
    answer = ask(street, LIST)
    assert answer.status_code == 303
    found = street.get(answer.headers["Location"].removeprefix("http://bando.example").replace("f=html", "f=json"))
    assert found.json()["area"]["computed_m2"] == 50


def test_an_address_is_asked_by_itself_and_says_which_parcel_it_is(street: City) -> None:
    answer = street.get("/planning/dossier", params={"address": "123/4/5 Lê Văn Sỹ"})
    assert (answer.status_code, answer.headers["Content-Location"]) == (200, FIRST)
    assert answer.content == street.get(FIRST).content
    page = street.get("/planning/dossier", params={"address": "123/4/5 Lê Văn Sỹ", "f": "html"}).text
    assert f"{FIRST}?release=1&amp;f=pdf" in page
    assert street.get("/planning/dossier", params={"address": "123/4/5 Lê Văn Sỹ", "f": "pdf"}).content[:5] == b"%PDF-"


def test_one_address_on_two_parcels_is_a_choice(street: City) -> None:
    answer = street.get("/planning/dossier", params={"address": "12A Lê Lợi"})
    assert answer.status_code == 300
    told = answer.json()
    assert [one["parcel"]["number"] for one in told["choices"]] == ["1", "2"]
    assert "chọn một" in told["detail"]
    assert street.get(told["choices"][1]["dossier"].removeprefix("http://bando.example")).status_code == 200
    page = ask(street, "12A Lê Lợi")
    assert page.status_code == 300
    assert page.text.count("/dossier?f=html") == 2


@pytest.mark.parametrize(
    ("address", "status"), [("123/4/9 Lê Văn Sỹ", 404), ("1 Đường Không Có", 404), ("77 Lê Lợi", 404)]
)
def test_a_guess_is_no_dossier(street: City, address: str, status: int) -> None:
    """A number that nobody knows, a street that nobody knows, and a house that stands on no parcel."""
    assert street.get("/planning/dossier", params={"address": address}).status_code == status
    page = ask(street, address)
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert address in page.text


def test_what_is_near_a_wrong_number_is_offered(street: City) -> None:
    answer = street.get("/planning/dossier", params={"address": "123/4/9 Lê Văn Sỹ"}).json()
    assert answer["choices"][0]["title"].startswith("123/4/")
    assert "Gần giống" in answer["detail"]


def test_a_hidden_parcel_is_no_parcel(street: City) -> None:
    hidden, missing = ask(street, "9 Lê Lợi").text, ask(street, "77 Lê Lợi").text
    assert hidden.replace("9 Lê Lợi", "").split("</main>")[0] == missing.replace("77 Lê Lợi", "").split("</main>")[0]
    assert ask(street, "9 Lê Lợi", "agency").headers["Location"].endswith("/7/3/dossier?f=html")
    assert ask(street, "26740/7/3").status_code == ask(street, "26740/7/4").status_code == 404


@pytest.mark.parametrize(
    ("q", "said"),
    [
        (f"{Y:.3f} {X:.3f}\n{Y:.3f}\n{Y + 10:.3f} {X + 10:.3f}", "thiếu tọa độ thứ hai"),
        (f"{Y} {X}; {Y + 9} {X + 9}; {Y} {X + 9}; {Y + 9} {X}", "cắt nhau"),
        ("x" * 201, "gõ từ 1 đến 200"),
        ("1 2 3;" * 4_000, "nhiều nhất"),
    ],
)
def test_mistakes_are_told_beside_what_was_typed(street: City, q: str, said: str) -> None:
    page = ask(street, q)
    assert page.status_code == 400
    assert said in page.text
    assert ask(street, q, f="json").status_code == 400


@pytest.mark.parametrize("query", ["", "address=", "address=x&corners=1 2", "address=12A Lê Lợi&grid=9210", "q=x"])
def test_bad_questions_are_refused(street: City, query: str) -> None:
    assert street.get(f"/planning/dossier?{query}").status_code == 400


def test_nothing_typed_is_markup(street: City) -> None:
    page = ask(street, f"{HOSTILE}</textarea><script>x</script>").text
    assert "<script>" not in page


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_box_fits_the_screen_and_sends_by_enter(browser: Browser, street: City, size: tuple[int, int]) -> None:
    screen = browser.new_page(viewport={"width": size[0], "height": size[1]})
    sent = list[str]()
    html, script = street.get("/planning?f=html").text, street.get("/planning/ask.js").text

    def answer(route: object) -> None:
        url = route.request.url  # type: ignore[attr-defined]
        sent.append(url)
        body = script if url.endswith("ask.js") else html
        kind = "text/javascript" if url.endswith("ask.js") else "text/html"
        route.fulfill(body=body, content_type=kind)  # type: ignore[attr-defined]

    screen.route("**/*", answer)
    screen.goto("http://bando.example/planning?f=html")
    assert screen.evaluate("document.documentElement.scrollWidth") <= size[0]
    screen.fill("textarea", "1 2\n3 4\n5 6")
    assert screen.evaluate("document.querySelector('textarea').rows") == 4
    screen.press("textarea", "Enter")
    assert len(sent) == 2, "a list keeps its lines"
    screen.fill("textarea", "12A Lê Lợi")
    screen.press("textarea", "Enter")
    screen.wait_for_url("**/planning?q=12A*")
    screen.close()
