"""A place that serves a layer, and hostile deliveries to it: each must end in a sentence and change nothing."""

import resource
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
import yaml

from gis_server.errors import EXIT_CODE, DeliveryUnreadable, LoadRefused, MapError
from loaders.pipeline import Desk, Order, load
from loaders.report import Report
from tests.city import DRAINAGE_CENTRE

MANHOLES = {
    "title": {"vi": "Hố ga", "en": "Manholes"},
    "source": DRAINAGE_CENTRE,
    "crs": 9210,
    "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "tuyen_duong": "duong"}}],
}
EAST, NORTH = 603_514.4, 1_191_454.713
MOST_SECONDS = 10.0
LITTER = """
SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'staging' AND relkind = 'r'
"""
SERVED = """
SELECT count(*), md5(string_agg(ho_ga::text, ';' ORDER BY fid)), (SELECT max(release) FROM meta.release)
FROM drainage.ho_ga
"""


@dataclass(frozen=True)
class Place:
    """A database with manholes in release 1, and a folder for what loads unpack."""

    desk: Desk

    def load(self, path: Path, profile: dict[str, Any] | None = None, **order: Any) -> Report:
        file = self.desk.state / "profile.yaml"
        file.write_text(yaml.safe_dump(profile or MANHOLES, allow_unicode=True))
        return load(Order(path, str(file), **order), self.desk)

    def refuses(self, path: Path, words: str, profile: dict[str, Any] | None = None) -> MapError:
        """The load ends with a designed sentence, soon, and leaves everything as it was."""
        before, files, spent = self.served(), beside(path), seconds_spent()
        with pytest.raises((DeliveryUnreadable, LoadRefused), match=words) as refused:
            self.load(path, profile)
        assert seconds_spent() - spent < MOST_SECONDS
        self.unchanged(before)
        assert beside(path) == files, "nothing is written beside a delivery"
        assert_is_a_sentence(refused.value)
        return refused.value

    def survives(self, path: Path, profile: dict[str, Any] | None = None) -> Report | MapError:
        """The load ends, well or with a designed sentence, and publishes nothing: it is only tried."""
        before = self.served()
        try:
            report: Report | MapError = self.load(path, profile, dry_run=True)
        except MapError as error:
            assert_is_a_sentence(error)
            report = error
        self.unchanged(before)
        return report

    def served(self) -> tuple[Any, ...]:
        with self.desk.database.connect("read") as conn:
            return conn.execute(SERVED.encode()).fetchone() or ()

    def unchanged(self, before: tuple[Any, ...]) -> None:
        assert self.served() == before
        with psycopg.connect(self.desk.database.url) as conn:
            assert conn.execute(LITTER).fetchall() == []
        assert list((self.desk.state / "unpacked").iterdir()) == []


def assert_is_a_sentence(error: MapError) -> None:
    assert any(kind in EXIT_CODE for kind in type(error).__mro__)
    assert error.vi != error.en
    for words in (error.vi, error.en):
        assert 20 < len(words) < 5_000, words
        assert "Traceback" not in words
        assert words.isprintable() or "\n" in words


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def seconds_spent() -> float:
    """Processor time of this process and of the children that ended: the clock also counts the neighbours."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in usages)


def manholes(path: Path, count: int = 20, driver: str = "GPKG", **more: Any) -> Path:
    """A sound delivery of manholes, in a format of GDAL."""
    shapes = shapely.points(EAST + np.arange(count) % 100 * 7, NORTH + np.arange(count) // 100 * 7)
    keys = np.array([f"HG{one}" for one in range(count)], dtype=object)
    streets = np.array([f"Đường {one % 9}" for one in range(count)], dtype=object)
    return written(path, shapes, {"ma": keys, "duong": streets}, driver=driver, **more)


def written(path: Path, shapes: Any, columns: dict[str, Any], **more: Any) -> Path:
    """Shapes without a word about their grid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapes),
            field_data=[np.asarray(column) for column in columns.values()],
            fields=list(columns),
            **{"geometry_type": "Point", "driver": "GPKG", "crs": None, **more},
        )
    return path
