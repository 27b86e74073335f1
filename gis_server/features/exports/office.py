"""Answers a question as a table: a file of one release, made once, kept for a while, fetched whole or in parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from gis_server.errors import BadRequest
from gis_server.features.asked import Asked
from gis_server.features.encodings import Form
from gis_server.features.exports.columns import columns_of
from gis_server.features.exports.files import Write, write_flatgeobuf, write_geopackage, write_parquet
from gis_server.features.exports.reading import Reader, Reading, batch_sql
from gis_server.features.exports.shelf import Shelf, name_of
from gis_server.features.exports.streams import write_arrow, write_csv
from gis_server.web.answers import cache_headers, is_known
from gis_server.web.kept_file import KeptFile

WRITERS: Mapping[str, tuple[Write, str]] = {
    "arrow": (write_arrow, "arrows"),
    "csv": (write_csv, "csv"),
    "parquet": (write_parquet, "parquet"),
    "flatgeobuf": (write_flatgeobuf, "fgb"),
    "gpkg": (write_geopackage, "gpkg"),
}
"""What writes a form, and how its files end."""


@dataclass(frozen=True)
class Office:
    """What exports share in a worker."""

    reader: Reader
    shelf: Shelf

    async def answer(self, request: Request, reading: Reading, form: Form) -> Response:
        """The whole answer of one release, or as many features as were asked for."""
        write, ending = WRITERS[form.name]
        name = _identity(reading, form)
        headers = {**_headers(request, reading, ending), "ETag": f'"{name}"'}
        if is_known(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)

        def make(path: Path) -> None:
            write(self.reader.batches(reading), reading.columns, path, reading.question.layer.name)

        path = await self.shelf.file(f"{name}.{ending}", make)
        return KeptFile(path, headers, form.media_type)


def _identity(reading: Reading, form: Form) -> str:
    """Two questions with the same answer in the same bytes have the same."""
    question = reading.question
    text, values = batch_sql(reading, reading.release, reading.after, 0)
    return name_of(form.name, question.view.name, reading.release, reading.limit, text, values)


def reading_of(asked: Asked, release: int, form: Form, stored: int) -> Reading:
    """What is to be read; BadRequest where tables cannot say what is asked."""
    question = asked.question
    if question.order:
        raise BadRequest(
            f"sortby không dùng được với f={form.name}: tệp xếp theo fid. Hãy bỏ sortby và sắp xếp trên máy của bạn.",
            f"sortby cannot be used with f={form.name}: tables are in order of fid. Leave it out and sort on your "
            "side.",
        )
    if question.crs.is_north_first:
        raise BadRequest(
            f"f={form.name} ghi tọa độ đông trước; hãy dùng CRS84 thay cho EPSG/0/4326.",
            f"f={form.name} writes easting first; use CRS84 instead of EPSG/0/4326.",
        )
    columns = columns_of(question, stored, "wkt" if form.name == "csv" else "wkb")
    after = asked.cursor.after if asked.cursor else -1
    return Reading(question, columns, release, after, asked.most)


def _headers(request: Request, reading: Reading, ending: str) -> dict[str, str]:
    return {
        **cache_headers(request.state.view),
        "Content-Crs": f"<{reading.question.crs.uri}>",
        "Content-Disposition": f'attachment; filename="{reading.question.layer.id}.{ending}"',
    }
