"""How deep the ground lies under water by published rasters: by class, dry and unknown told apart."""

from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import numpy as np
import pytest
import shapely
import yaml

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.rasters import cog_path
from loaders.pipeline import Desk, Order, load
from tests.loaders.rasters.conftest import CELL, NODATA, NORTH, WEST, profile_for, write
from tests.planning.conftest import BEN_NGHE, PARCELS, parcel, rows_of
from tests.planning.test_dossier import dossier, rule, value
from tests.serving import MEASURED, City, Serve, publish_rows

DEPTH = "drainage.do_sau_ngap"
LOT = f"/planning/parcels/{BEN_NGHE}/7/1/dossier"


def depths() -> Any:
    """Strips of 10 m, from dry over 0.1 m and 0.4 m to 2.5 m, then nothing known."""
    cells = np.full((40, 40), NODATA, "float32")
    for place, depth in enumerate((0.0, 0.1, 0.4, 2.5)):
        cells[:, 2 * place : 2 * place + 2] = depth
    return cells


@pytest.fixture(scope="module")
def flooded(
    make_database: Callable[[], Database],
    catalog: Catalog,
    serve: Serve,
    desk_at: Callable[..., Desk],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[City]:
    """A lot over all strips, one on the dry one, one outside of the raster; release 2 is a deeper flood."""
    folder, database = tmp_path_factory.mktemp("ngap"), make_database()
    lots = [(WEST, WEST + 50), (WEST + 1, WEST + 9), (WEST + 900, WEST + 910)]
    boxes = [shapely.box(west, NORTH - 40, east, NORTH - 20) for west, east in lots]
    publish_rows(
        database, MEASURED, [rows_of(catalog, PARCELS, [parcel(BEN_NGHE, n + 1, box) for n, box in enumerate(boxes)])]
    )
    desk = desk_at(database, rasters=folder / "rasters")
    (folder / "profile.yaml").write_text(yaml.safe_dump(profile_for("depth")))
    cells = depths()
    for more in (0, 1):
        sheet = write(folder / "trieu.tif", np.where(cells == NODATA, NODATA, cells + more), catalog)
        load(Order(sheet, str(folder / "profile.yaml")), desk)
    with serve(database, rasters=folder / "rasters") as city:
        yield city


def test_depth_classes_by_area(flooded: City) -> None:
    (told,) = rule(dossier(flooded, f"{LOT}?release=2"), DEPTH)["statements"]
    by_class = {(one["from"], one["to"]): (one["area_m2"], one["share"]) for one in told["classes"] if one["area_m2"]}
    assert by_class == {(0.05, 0.15): (200, 20), (0.3, 0.5): (200, 20), (2, None): (200, 20)}
    assert (told["area_m2"], told["share"], told["greatest"], told["unit"]) == (600, 60, 2.5, "m")
    assert (told["known_m2"], told["known_share"]) == (800, 80)
    assert (value(told, "ma"), told["synthetic"]) == ("trieu", True)
    assert "sha256" not in str(told)


def test_a_deeper_flood_is_another_release_and_the_old_one_comes_back(flooded: City) -> None:
    now = rule(dossier(flooded, LOT), DEPTH)["statements"][0]
    then = rule(dossier(flooded, f"{LOT}?release=2"), DEPTH)["statements"][0]
    assert (now["greatest"], then["greatest"]) == (3.5, 2.5)
    assert now["share"] == 80


def test_dry_and_unknown_are_not_the_same(flooded: City) -> None:
    (dry,) = rule(dossier(flooded, f"{LOT.replace('7/1', '7/2')}?release=2"), DEPTH)["statements"]
    assert (dry["area_m2"], dry["known_share"], dry["greatest"]) == (0, 100, None)
    outside = rule(dossier(flooded, LOT.replace("7/1", "7/3")), DEPTH)
    assert (outside["statements"], outside["delivered"]) == ([], True)


def test_the_schema_the_page_and_the_print_have_it(flooded: City) -> None:
    schema = dossier(flooded, "/planning/dossier/schema")
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(dossier(flooded, f"{LOT}?release=2")))
    page = flooded.get(f"{LOT}?release=2&f=html").text
    for words in ("0,05 – 0,15 m", "≥ 2 m", "200,00 m² · 20,00 %", "sâu nhất", "Chưa rõ"):
        assert words in page, words
    assert flooded.get(f"{LOT}?release=2&f=pdf").content[:5] == b"%PDF-"


def test_the_table_tells_the_worst_sheet(flooded: City) -> None:
    keys = {"parcels": [[BEN_NGHE, "7", str(n)] for n in (1, 2, 3)]}
    rows = flooded.client.post("/planning/dossiers?f=json&sections=ngap&release=2", json=keys)
    assert rows.status_code == 200, rows.text
    told = [[row[f"{DEPTH}.cells.{part}"] for part in ("n", "m2", "share", "greatest")] for row in rows.json()["rows"]]
    assert told == [[1, 600, 60, 2.5], [1, 0, 0, None], [0, 0, 0, None]]


def test_a_lost_file_is_not_dry_ground(flooded: City) -> None:
    with flooded.database.connect("read") as conn:
        (sha256,) = conn.execute(b"SELECT sha256 FROM drainage.do_sau_ngap").fetchone() or ("",)
    path = cog_path(flooded.settings.rasters_folder, sha256)
    path.rename(path.with_suffix(".away"))
    try:
        (told,) = rule(dossier(flooded, LOT), DEPTH)["statements"]
        assert (told["known_share"], told["share"]) == (0, 0)
    finally:
        path.with_suffix(".away").rename(path)


def test_areas_are_shares_of_the_legal_area(flooded: City) -> None:
    whole = dossier(flooded, LOT)["area"]["computed_m2"]
    assert whole == 1_000 == 50 * 4 * CELL
