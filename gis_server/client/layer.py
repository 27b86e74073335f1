"""A layer and what is asked of it. Each step is a new question; the last fetches the whole answer, of one release."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from gis_server.client import frames
from gis_server.client.download import Download
from gis_server.client.errors import BandoError
from gis_server.client.grids import CITY, DEGREES, uri
from gis_server.client.service import Service, Value
from gis_server.client.shapes import Shape, read_shape


@dataclass(frozen=True)
class Layer:
    """A question to a layer, or the whole layer."""

    service: Service
    id: str
    shown: bool = True
    conditions: tuple[str, ...] = ()
    shape: tuple[str, Shape] | None = None
    parameters: tuple[tuple[str, Value], ...] = ()
    srid: int = CITY

    def filter(self, cql2: str) -> "Layer":
        """Only features for which a condition in CQL2 is true: `loai_dat = 'ODT' AND dien_tich > 100`."""
        return replace(self, conditions=(*self.conditions, cql2))

    def within(self, shape: Any) -> "Layer":
        """Only features that lie wholly within a shape."""
        return self._placed("S_WITHIN", shape)

    def touching(self, shape: Any) -> "Layer":
        """Only features that have any point in common with a shape."""
        return self._placed("S_INTERSECTS", shape)

    def place(self, code: str) -> "Layer":
        """Only features in an administrative unit, of today (`26740`) or of a day (`26740@2025-06-30`)."""
        return self._with("place", code)

    def as_of(self, release: int | str) -> "Layer":
        """As the database was in a release, by its number, or on a day (`2026-07-01`)."""
        return self._with("release", str(release))

    def in_force(self, when: str) -> "Layer":
        """Only what is in force in the city on a day or in an interval (`2025-07-01/..`)."""
        return self._with("datetime", when)

    def select(self, *fields: str) -> "Layer":
        """Only these fields, beside `fid`, `source`, `synthetic` and the geometry."""
        return self._with("properties", ",".join(fields))

    def limit(self, features: int) -> "Layer":
        """At most so many features, in order of `fid`. Without it every feature comes."""
        return self._with("limit", features)

    def in_crs(self, srid: int) -> "Layer":
        """Geometries in another system than the city grid (9210, metres): 4326, 3857, 5899, 3405."""
        uri(srid)
        return replace(self, srid=srid)

    def to_arrow(self) -> pa.Table:
        """A table; the geometry is WKB. `table.schema.metadata` tells layer and release."""
        return self._table(self._asked())

    def to_geopandas(self) -> Any:
        """A GeoDataFrame in metres of the city grid, or in the system of `in_crs`."""
        return frames.frame_of(self.to_arrow(), self.srid)

    def to_parquet(self, path: str | Path) -> Path:
        """GeoParquet, as the service writes it, for DuckDB and others. The file is there whole or not at all."""
        target = Path(path)
        draft = target.with_name(f"{target.name}.part")
        try:
            self._download("parquet", self._asked()).to(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return target

    def count(self) -> int:
        """How many features there are. Where the service cannot tell cheaply, they are fetched without geometry."""
        limit = dict(self.parameters).get("limit")
        if limit is None:
            told = self.service.get(self._items, **{**self._asked(), "f": "json", "limit": 1, "skipGeometry": "true"})
            if "numberMatched" in told:
                return int(told["numberMatched"])
        return int(self._table({**self._asked(), "properties": "", "skipGeometry": "true"}).num_rows)

    def words(self, field: str, language: str = "vi") -> dict[str, str]:
        """What the codes of a field mean, for `frame[field].map(…)`; empty for a field without a code list."""
        fields = self.service.get(f"/collections/{quote(self.id, safe='')}/schema")["properties"]
        if field not in fields:
            raise BandoError(f"Lớp {self.id} không có trường {field}.", f"Layer {self.id} has no field {field}.")
        place = 0 if language == "vi" else -1
        return {one["const"]: one["title"].split(" · ")[place] for one in fields[field].get("oneOf", [])}

    def to_folium(self, colour_by: str | None = None) -> Any:
        """A layer for a Folium map of your own: `.add_to(map)`."""
        return frames.folium_layer(self.in_crs(DEGREES).to_geopandas(), self.id, colour_by)

    def explore(self, colour_by: str | None = None) -> Any:
        """A map of the features, coloured by a field, with every field in a label."""
        return frames.folium_map(self.to_folium(colour_by))

    @property
    def _items(self) -> str:
        return f"/collections/{quote(self.id, safe='')}/items"

    def _with(self, name: str, value: Value) -> "Layer":
        return replace(self, parameters=(*((key, was) for key, was in self.parameters if key != name), (name, value)))

    def _placed(self, function: str, shape: Any) -> "Layer":
        if self.shape is not None:
            raise BandoError(
                "Mỗi truy vấn chỉ nhận một hình: hãy lấy phần giao của hai hình, rồi dùng within() hoặc touching() "
                "một lần.",
                "One shape per query: intersect the two first, then use within() or touching() once.",
            )
        return replace(self, shape=(function, read_shape(shape)))

    def _asked(self) -> dict[str, Value]:
        asked: dict[str, Value] = {**dict(self.parameters), "crs": uri(self.srid)}
        conditions = list(self.conditions)
        if self.shape is not None:
            function, shape = self.shape
            conditions.append(f"{function}(geometry,{shape.wkt})")
            asked["filter-crs"] = shape.crs
        if conditions:
            asked["filter"] = " AND ".join(f"({one})" for one in conditions) if conditions[1:] else conditions[0]
        return asked

    def _table(self, asked: dict[str, Value]) -> pa.Table:
        with TemporaryDirectory(prefix="bando-") as folder:
            path = Path(folder) / self.id
            release = self._download("arrow", asked).to(path)
            with pa.OSFile(str(path), "rb") as file, pa.ipc.open_stream(file) as stream:
                table = stream.read_all()
        told = {"bando:layer": self.id, "bando:release": str(release), "bando:crs": f"EPSG:{self.srid}"}
        return table.replace_schema_metadata(told)

    def _download(self, form: str, asked: dict[str, Value]) -> Download:
        return Download(self.service, self._items, {**asked, "f": form}, self.shown)
