"""Writes a verdict into a folder: `bao_cao.html`, `phat_hien.gpkg`, `bao_cao.json`."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from gis_server.errors import SettingInvalid
from loaders.verdict.page import page
from loaders.verdict.verdict import WORDS, Verdict

LAYER = "phat_hien"
CITY_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def hand_over(verdict: Verdict, folder: Path) -> list[Path]:
    """The three files; earlier ones of the same names are replaced."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / name for name in ("bao_cao.html", "phat_hien.gpkg", "bao_cao.json")]
        paths[0].write_bytes(page(verdict, datetime.now(CITY_TIME)))
        _write_geopackage(verdict, paths[1])
        paths[2].write_bytes(orjson.dumps(verdict.as_json(), option=orjson.OPT_INDENT_2))
    except OSError as error:
        raise SettingInvalid(
            f"Không ghi được vào {folder}: {error.strerror}.", f"{folder} cannot be written: {error.strerror}."
        ) from error
    return paths


def _write_geopackage(verdict: Verdict, path: Path) -> None:
    """One layer of points in WGS 84; the city's grid stands in columns."""
    path.unlink(missing_ok=True)
    places = verdict.places
    points = [None if at is None else shapely.Point(at.longitude, at.latitude) for at in places]
    shapes = np.array(points, dtype=object)
    wkb, columns = shapely.to_wkb(shapes), _columns(verdict)
    columns["dong_vn2000"] = _numbers([None if at is None else at.east for at in places])
    columns["bac_vn2000"] = _numbers([None if at is None else at.north for at in places])
    kind = {"layer": LAYER, "driver": "GPKG", "geometry_type": "Point", "crs": "EPSG:4326"}
    pyogrio.raw.write(str(path), wkb, list(columns.values()), list(columns), **kind)


def _columns(verdict: Verdict) -> dict[str, NDArray[Any]]:
    rows, codes = verdict.located, verdict.codes
    texts = {
        "lop": [one.layer for one in rows],
        "ten_lop": [verdict.catalog[one.layer].file.title.vi for one in rows],
        "ma": [one.code for one in rows],
        "muc_do": [WORDS[codes[one.code].severity][0] for one in rows],
        "ly_do": [codes[one.code].vi for one in rows],
        "reason": [codes[one.code].en for one in rows],
        "truong": [one.field for one in rows],
        "khoa": [one.key for one in rows],
        "gia_tri": [one.value for one in rows],
        "mien_tru": ["có" if one.waived else "không" for one in rows],
    }
    return {name: np.array(values, dtype=object) for name, values in texts.items()}


def _numbers(values: list[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else round(value, 3) for value in values], dtype=float)
