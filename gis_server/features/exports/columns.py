"""The columns of an export: the fields that are shown, where they come from, and the geometry."""

from dataclasses import dataclass
from typing import Any, Literal

import orjson
import pyarrow as pa

from gis_server.db.statements import quoted
from gis_server.features.crs import Crs
from gis_server.features.question import Question
from gis_server.web.columns import column

Writing = Literal["wkb", "wkt"]


@dataclass(frozen=True)
class Columns:
    """As SQL, and as they are described in Arrow."""

    sql: str
    crs: Crs
    with_geometry: bool

    def dressed(self, table: pa.Table) -> pa.RecordBatch:
        """One batch, whose geometry says what it is (GeoArrow)."""
        schema = table.schema
        if self.with_geometry and pa.types.is_binary(schema.field("geometry").type):
            place = schema.get_field_index("geometry")
            schema = schema.set(place, schema.field(place).with_metadata(_geoarrow(self.crs)))
        plain = pa.schema([field.remove_metadata() if field.name != "geometry" else field for field in schema])
        batches = table.combine_chunks().to_batches()
        arrays = batches[0].columns if batches else [pa.array([], field.type) for field in plain]
        return pa.RecordBatch.from_arrays(arrays, schema=plain)


def columns_of(question: Question, stored: int, writing: Writing) -> Columns:
    """Moments are moments in Arrow, and texts in UTC beside a geometry that is text."""
    fields = [
        column(question.layer, name) if writing == "wkt" else f"served.{quoted(name)} AS {quoted(name)}"
        for name in question.fields
    ]
    ours = ["served.source", "served.source = ANY (synthetic.sources) AS synthetic"]
    shape = [f"{_written(question.crs, stored, writing)} AS geometry"] if question.shown.with_geometry else []
    return Columns(", ".join((*fields, *ours, *shape)), question.crs, question.shown.with_geometry)


def authority(crs: Crs) -> str:
    """The system as GDAL and Arrow name it; x is east in every export."""
    return "OGC:CRS84" if crs.srid == 4326 else f"EPSG:{crs.srid}"


def _written(crs: Crs, stored: int, writing: Writing) -> str:
    moved = "served.geom" if crs.srid == stored else f"ST_Transform(served.geom, {crs.srid})"
    return f"ST_AsBinary({moved})" if writing == "wkb" else f"ST_AsText({moved}, {crs.decimals})"


def _geoarrow(crs: Crs) -> dict[str, Any]:
    about = orjson.dumps({"crs": authority(crs), "crs_type": "authority_code"}).decode()
    return {"ARROW:extension:name": "geoarrow.wkb", "ARROW:extension:metadata": about}
