"""Edits in a city of 300,000 parcels with their houses (`python -m benchmarks.edits [parcels]`).

Check and publish, each a release: a field of a parcel, a parcel split in two, a field of 200 parcels at once.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from statistics import median

import shapely

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation
from gis_server.access.views import compile_views
from gis_server.releases.edits import Author, Edit, Shape, Sight
from gis_server.releases.source import Source
from loaders.edits.editor import GateEditor

PARCELS = 300_000
LIMIT_MS = 2_000.0
TIMES, MANY = 7, 200
LAYER = "cadastre.thua_dat"
PICK = (
    "SELECT fid, ST_AsBinary(geom) FROM cadastre.thua_dat "
    "WHERE fid IN (SELECT fid FROM cadastre.thua_dat ORDER BY md5(fid::text) LIMIT %s)"
)


class Office:
    """Edits parcels of a loaded city."""

    def __init__(self, city: Bench) -> None:
        self.city = city
        self.editor = GateEditor(city.catalog, city.database)
        view = compile_views(city.catalog)["full"]
        layer = city.catalog[LAYER]
        self.sight = Sight(layer, view.layers[LAYER], view.rows(layer))
        source = Source("dia_chinh", "Văn phòng", "Office", "agency", "VPĐKĐĐ")
        self.author = Author("đo · bench", "đo · bench", source, frozenset({"mau_lon"}))
        self.made = 0

    def parcels(self, count: int) -> list[tuple[int, shapely.Geometry]]:
        with self.city.database.connect("read") as conn:
            return [(fid, shapely.from_wkb(shape)) for fid, shape in conn.execute(PICK.encode(), [count])]

    def apply(self, edits: Sequence[Edit]) -> None:
        self.editor.apply(edits, self.author)

    def steps(self, count: int) -> dict[str, list[float]]:
        """Seconds of each step of the last edits, from the log book."""
        with self.city.database.connect() as conn:
            rows = conn.execute("SELECT report->'seconds' FROM meta.load ORDER BY load_id DESC LIMIT %s", [count])
            found: dict[str, list[float]] = {}
            for (seconds,) in rows:
                for name, value in seconds.items():
                    found.setdefault(name, []).append(value)
        return found

    def recode(self, fid: int) -> Edit:
        self.made += 1
        return Edit(self.sight, "update", fid, None, {"dia_chi": f"đo {self.made}"})

    def redraw(self, fid: int, shape: shapely.Geometry) -> Edit:
        return Edit(self.sight, "update", fid, None, {}, Shape(shapely.to_wkb(shape), 9210, 0.001), True)

    def split(self, fid: int, shape: shapely.Geometry) -> list[Edit]:
        """A parcel in two along its middle."""
        west, south, east, north = shape.bounds
        middle = round((west + east) / 2, 3)
        left, right = (
            shapely.intersection(shape, shapely.box(a, south, b, north)) for a, b in ((west, middle), (middle, east))
        )
        self.made += 1
        values = {"ma_xa_cu": "00000", "so_to": "1", "so_thua": f"n{self.made}", "loai_dat": "ODT"}
        new = Edit(self.sight, "insert", None, None, values, Shape(shapely.to_wkb(right), 9210, 0.001), True)
        return [self.redraw(fid, left), new]


def bench(place: Bench, parcels: int = PARCELS) -> None:
    with tempfile.TemporaryDirectory(prefix="bando-edits-") as folder, fresh_installation() as city:
        place.asked("sample", "--out", folder, "--parcels", str(parcels))
        city.asked("load", folder)
        office = Office(city)
        some = office.parcels(4 * TIMES + MANY + 2)
        told = f"of {parcels:,} parcels"
        _tell(
            office,
            f"edit a field, 1 {told}",
            [lambda one=one: office.apply([office.recode(one[0])]) for one in some[:8]],
        )
        _tell(
            office,
            f"split a parcel, 1 {told}",
            [lambda one=one: office.apply(office.split(*one)) for one in some[10:18]],
        )
        many = [office.recode(fid) for fid, _ in some[20 : 20 + MANY]]
        _tell(office, f"edit a field, {MANY} in one release", [lambda: office.apply(many)])


def _tell(office: Office, what: str, calls: Sequence[Callable[[], None]]) -> None:
    """The median, after one that warms up where there are several."""
    seconds = []
    for call in calls:
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    kept = sorted(seconds[1:] or seconds)
    claim(what, kept[len(kept) // 2] * 1000, LIMIT_MS, "ms", "ms limit")
    steps = ", ".join(f"{name} {median(times) * 1000:,.0f} ms" for name, times in office.steps(len(calls)).items())
    CONSOLE.print(f"  slowest {max(kept) * 1000:,.0f} ms; of the median: {steps}", style="dim")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    with fresh_installation() as place:
        bench(place, *numbers)
