"""A hundred parcels of every kind for filters, made anew with the same seed: values, missing values, odd letters."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import shapely

from gis_server.catalog import Catalog
from tests.serving import X, Y

NAMES = ["Lê Lợi", "lê lợi", "Le Loi", "ĐƯỜNG 3/2", "Đường 3/2", "Duong 3/2", "100%_a", "Ơ", "ơ", "", None, "ODT+CLN"]
FIELDS = ["ma_xa_cu", "so_to", "so_thua", "ma_thua_dat", "dien_tich", "loai_dat", "hieu_luc_tu", "hieu_luc_den"]
DAY = date(2024, 1, 1)
Rows = list[dict[str, Any]]


def rows(catalog: Catalog, count: int = 100) -> Rows:
    """As the oracle sees them: fields by name, and the geometry in the stored grid."""
    dice = random.Random(11)
    codes = [code for code in list(catalog.domains["loai_dat"].values) if code not in ("CQP", "CAN", "CQA")][:4]
    return [_row(dice, number, codes) for number in range(1, count + 1)]


def _row(dice: random.Random, number: int, codes: list[str]) -> dict[str, Any]:
    since = None if dice.random() < 0.2 else DAY + timedelta(days=dice.randrange(20))
    until = None if since is None or dice.random() < 0.3 else since + timedelta(days=dice.randrange(12))
    west, south = X + dice.randrange(0, 200, 10), Y + dice.randrange(0, 200, 10)
    box = shapely.box(west, south, west + dice.randrange(10, 60, 10), south + dice.randrange(10, 60, 10))
    return {
        "ma_xa_cu": f"{dice.randrange(3):05}",
        "so_to": str(dice.randrange(5)),
        "so_thua": str(number),
        "ma_thua_dat": dice.choice(NAMES),
        "dien_tich": None if dice.random() < 0.15 else float(dice.randrange(0, 12)),
        "loai_dat": dice.choice([*codes, None]),
        "da_cap_gcn": (True, False, None)[number % 3],
        "hieu_luc_tu": since,
        "hieu_luc_den": until,
        "geometry": box,
    }


def staged(catalog: Catalog, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """As a load stages it: every field of the layer in order, then WKT."""
    fields = catalog["cadastre.thua_dat"].fields
    return (*(row.get(name) for name in fields), row["geometry"].wkt)
