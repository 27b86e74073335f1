"""The city as a notebook sees it: its layers, parcels, names and changes."""

import os
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pyarrow as pa

from gis_server.client.errors import BandoError
from gis_server.client.layer import Layer
from gis_server.client.service import Service
from gis_server.client.shapes import outline_of, read_shape
from gis_server.client.tables import CHANGES, LAYERS, changes_of, layers_of, table_of

HERE = "http://localhost:8000"
"""Where `bando up` answers."""
PATIENCE_S = 120.0
PARCELS_AT_ONCE, CHANGES_AT_ONCE = 20_000, 10_000
Record = dict[str, Any]
ParcelKey = Sequence[Any]
"""Commune, sheet, number."""


class Bando:
    """The service at an address: `Bando(url, key)`, or from the environment (`BANDO_URL`, `BANDO_KEY`)."""

    def __init__(
        self, url: str | None = None, key: str | None = None, progress: bool = True, patience_s: float = PATIENCE_S
    ) -> None:
        """`patience_s`: how long to go on asking a service that is busy or away."""
        address = (url or os.environ.get("BANDO_URL") or HERE).rstrip("/")
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise BandoError(
                f"Địa chỉ “{address[:80]}” không dùng được; hãy viết như {HERE}.",
                f"The address “{address[:80]}” cannot be used; write it as {HERE}.",
            )
        self._service = Service(address, key or os.environ.get("BANDO_KEY") or None, patience_s)
        self._progress = progress

    def __repr__(self) -> str:
        return f"Bando({self._service.url!r})"

    @property
    def release(self) -> int:
        """The newest release."""
        return int(self._service.get("/health")["release"])

    def layers(self) -> pa.Table:
        """Every layer that this key may see, with count, date, steward and how sure its definition is."""
        return table_of(LAYERS, layers_of(self._service.get("/catalogue")))

    def layer(self, layer_id: str) -> Layer:
        """A layer, to be narrowed down and fetched."""
        return Layer(self._service, layer_id, self._progress)

    def dossier(
        self, *parcel: str | int, corners: Any = None, grid: int | None = None, as_of: int | str | None = None
    ) -> Record:
        """What is known and planned of a parcel: `dossier(commune, sheet, number)`; or of ground by its `corners`.

        One text alone is an address. Corners: a text as on the certificate, pairs of numbers, a point or a polygon;
        `grid`: their VN-2000 grid.
        """
        if (len(parcel) in (1, 3)) == (corners is not None) or len(parcel) not in (0, 1, 3):
            raise BandoError(
                "Hãy nêu mã xã, số tờ, số thửa; hoặc một địa chỉ; hoặc chỉ corners=.",
                "Give commune, sheet and parcel; or an address; or corners= alone.",
            )
        key = "/".join(quote(str(part), safe="") for part in parcel)
        path = f"/planning/parcels/{key}/dossier" if len(parcel) == 3 else "/planning/dossier"
        where = {"corners": outline_of(corners)} if corners is not None else {}
        named = {"address": str(parcel[0])} if len(parcel) == 1 else {}
        found: Record = self._service.get(path, **where, **named, grid=grid, release=as_of, f="json")
        return found

    def dossiers(
        self, parcels: Iterable[ParcelKey], sections: Sequence[str] | None = None, as_of: int | str | None = None
    ) -> pa.Table:
        """Thousands of dossiers as a table of one release, a row for each (commune, sheet, number)."""
        rows = parcels.itertuples(index=False, name=None) if hasattr(parcels, "itertuples") else parcels
        keys = [[str(part) for part in row] for row in rows]
        found: list[pa.Table] = []
        release, chapters = as_of, ",".join(sections) if sections is not None else None
        for start in range(0, max(1, len(keys)), PARCELS_AT_ONCE):
            body = {"parcels": keys[start : start + PARCELS_AT_ONCE]}
            table, release = self._service.post_table("/planning/dossiers", body, sections=chapters, release=release)
            found.append(table)
        return pa.concat_tables(found, promote_options="permissive")

    def search(self, text: str, limit: int = 10, place: str | None = None) -> list[Record]:
        """Names, addresses, parcels, codes, coordinates and units of any era, best first."""
        results: list[Record] = self._service.get("/search", q=text, limit=limit, place=place)["results"]
        return results

    def reverse(self, lon: float, lat: float, radius_m: float | None = None) -> Record:
        """Where a point is: wards of both eras, parcel, address, road, and what has a name around it."""
        found: Record = self._service.get("/reverse", lon=lon, lat=lat, radius=radius_m)
        return found

    def summarise(
        self, shape: Any, layer: str, by: str | None = None, filter: str | None = None, within_m: float = 0.0
    ) -> Record:
        """How much of a layer lies in a shape (and `within_m` around it): count, area, length, by class.

        The shape may be the code or name of a unit: `26740`, `26740@2025-06-30`, `Phường 1, Quận 3`.
        """
        body: Record = {**_ground(shape), "layer": layer, "within_m": within_m}
        body |= {name: value for name, value in (("by", by), ("filter", filter)) if value is not None}
        found: Record = self._service.post("/query/summary", body)
        return found

    def changes(
        self, since: int, until: int | None = None, layer: str | None = None, place: str | None = None
    ) -> pa.Table:
        """What each release after `since` added, changed and removed, in one place or anywhere, a row a feature."""
        rows: list[Record] = []
        asked = {"since": since, "until": until, "layer": layer, "place": place, "limit": CHANGES_AT_ONCE}
        cursor: str | None = None
        while True:
            told = self._service.get("/changes", cursor=cursor, **asked)
            rows += changes_of(told)
            onward = [one["href"] for one in told["links"] if one["rel"] == "next"]
            if not onward:
                return table_of(CHANGES, rows)
            cursor = parse_qs(urlsplit(onward[0]).query)["cursor"][0]


def _ground(shape: Any) -> Record:
    """A shape as a body has it, or the place that a text names."""
    if isinstance(shape, str) and not shape.lstrip().startswith("{"):
        return {"place": shape}
    drawn = read_shape(shape)
    return {"shape": drawn.geometry, "crs": drawn.crs}
