"""Questions that are too dear are refused before they run; what is known without counting is told."""

from collections.abc import Callable

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from tests.serving import MEASURED, Serve, publish_rows, row_of

PARCELS = "/collections/cadastre.thua_dat/items"


def test_a_dear_question_is_refused_with_a_suggestion(
    make_database: Callable[[], Database], catalog: Catalog, serve: Serve
) -> None:
    layer, database = catalog["cadastre.thua_dat"], make_database()
    publish_rows(database, MEASURED, [(layer, [row_of(catalog, layer, number) for number in range(1, 41)])])
    with serve(database, query_cost=9.0) as city:
        assert city.get(f"{PARCELS}?limit=5").status_code == 200  # a page in the order of fid is always cheap
        answer = city.get(PARCELS, params={"filter": "CASEI(ACCENTI(so_thua)) LIKE '%1%'", "sortby": "-dien_tich"})
        assert answer.status_code == 400
        assert "bbox" in answer.json()["detail_en"]
    with serve(database) as city:
        assert city.get(f"{PARCELS}?limit=5").json()["numberMatched"] == 40
        part = city.get(PARCELS, params={"limit": "5", "filter": "fid > 2"}).json()
        assert "numberMatched" not in part
        assert city.get(PARCELS, params={"limit": "50", "filter": "fid > 2"}).json()["numberMatched"] == 38
