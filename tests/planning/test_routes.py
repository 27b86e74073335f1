"""Answers of dossiers that do not hang on what a parcel is called, or on how many ask at once."""

from collections.abc import Callable, Iterator

import pytest

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.planning.printed import open_press
from gis_server.web.gate import Gate
from tests.serving import LAT, LON, MEASURED, City, Serve, publish_rows, row_of

LAYER = "cadastre.thua_dat"
HERE = f"/planning/dossier?corners={LON}%20{LAT}"


@pytest.fixture(scope="module")
def city(make_database: Callable[[], Database], catalog: Catalog, serve: Serve) -> Iterator[City]:
    database, layer = make_database(), catalog[LAYER]
    values = dict(zip([*layer.fields, "geom"], row_of(catalog, layer, 1), strict=True))
    publish_rows(database, MEASURED, [(layer, [tuple({**values, "so_thua": "12Đ/<b>"}.values())])])
    with serve(database) as city:
        yield city


def test_a_number_with_letters_of_its_own_is_an_address(city: City) -> None:
    """No header takes Đ as it is: this was an error of ours, as were all dossiers of such parcels."""
    answer = city.get(HERE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Location"] == "/planning/parcels/K1/K1/12%C4%90/%3Cb%3E/dossier"
    assert "12Đ/&lt;b&gt;" in city.get(f"{HERE}&f=html").text


def test_a_crowd_at_the_press_is_sent_away_and_everything_else_goes_on(city: City) -> None:
    state = city.client.app.state  # type: ignore[attr-defined]
    state.press = Gate(0, 0, state.press._refused)
    try:
        answer = city.get(f"{HERE}&f=pdf")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "printed" in answer.json()["detail_en"]
        assert city.get(HERE).status_code == 200
    finally:
        state.press = open_press()
    assert city.get(f"{HERE}&f=pdf").status_code == 200
