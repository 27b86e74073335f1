"""Answers a question as a table: streamed, or as a file with ranges."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from fastapi import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from gis_server.errors import BadRequest
from gis_server.features.asked import Asked
from gis_server.features.encodings import Form
from gis_server.features.exports.columns import columns_of
from gis_server.features.exports.files import Write, write_flatgeobuf, write_geopackage, write_parquet
from gis_server.features.exports.reading import Reader, Reading, batch_sql, too_many
from gis_server.features.exports.shelf import Shelf, name_of
from gis_server.features.exports.streams import arrow_stream, csv_stream
from gis_server.web.answers import cache_headers, is_known

STREAMS: Mapping[str, Callable[[Iterator[pa.RecordBatch]], Iterator[bytes]]] = {
    "arrow": arrow_stream,
    "csv": csv_stream,
}
FILES: Mapping[str, tuple[Write, str]] = {
    "parquet": (write_parquet, "parquet"),
    "flatgeobuf": (write_flatgeobuf, "fgb"),
    "gpkg": (write_geopackage, "gpkg"),
}
AT_ONCE = 16
"""Streams of one worker; each holds one batch."""
SILENCE_S = 60.0
"""A caller who takes nothing for so long has left."""


@dataclass
class Office:
    """What exports share in a worker."""

    reader: Reader
    shelf: Shelf
    streams: int = 0

    async def answer(self, request: Request, reading: Reading, form: Form) -> Response:
        """The whole answer of one release, or as many features as were asked for."""
        if form.name in STREAMS:
            return await self._stream(request, reading, form)
        return await self._file(request, reading, form)

    async def _stream(self, request: Request, reading: Reading, form: Form) -> Response:
        if self.streams >= AT_ONCE:
            raise too_many()
        self.streams += 1
        try:
            chunks = STREAMS[form.name](self.reader.batches(reading))
            first = await asyncio.to_thread(next, chunks, b"")  # what is wrong is said before the answer begins
        except BaseException:
            self._left()
            raise
        return Patient(_chunks(first, chunks), self._left, _headers(request, reading, form), form.media_type)

    def _left(self) -> None:
        self.streams -= 1

    async def _file(self, request: Request, reading: Reading, form: Form) -> Response:
        write, ending = FILES[form.name]
        name = _identity(reading, form)
        headers = {**_headers(request, reading, form), "ETag": f'"{name}"'}
        if is_known(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)

        def make(path: Path) -> None:
            write(self.reader.batches(reading), reading.columns, path, reading.question.layer.name)

        path = await self.shelf.file(f"{name}.{ending}", make)
        return FileResponse(path, headers=headers, media_type=form.media_type)


class Patient(StreamingResponse):
    """A stream whose caller must go on taking it, or lose it."""

    def __init__(
        self, content: AsyncIterator[bytes], leave: Callable[[], None], headers: Mapping[str, str], media_type: str
    ) -> None:
        super().__init__(content, headers=headers, media_type=media_type)
        self._leave = leave

    async def stream_response(self, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            await asyncio.wait_for(send(message), SILENCE_S)

        await super().stream_response(send_in_time)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


async def _chunks(first: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each while the next is being read."""
    chunk: bytes | None = first
    while chunk is not None:
        following = asyncio.create_task(asyncio.to_thread(next, rest, None))
        try:
            yield chunk
        except BaseException:
            await asyncio.wait({following})  # a batch at most: what reads it must not be left behind
            raise
        chunk = await following


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
            f"sortby không đi cùng f={form.name}: tệp theo thứ tự fid. Bỏ sortby, xếp ở máy mình.",
            f"sortby does not go with f={form.name}: tables come in order of fid. Leave it out and sort at your side.",
        )
    if question.crs.is_north_first:
        raise BadRequest(
            f"f={form.name} viết đông trước; dùng CRS84 thay cho EPSG/0/4326.",
            f"f={form.name} writes east first; use CRS84 instead of EPSG/0/4326.",
        )
    columns = columns_of(question, stored, "wkt" if form.name == "csv" else "wkb")
    after = asked.cursor.after if asked.cursor else -1
    return Reading(question, columns, release, after, asked.most)


def _headers(request: Request, reading: Reading, form: Form) -> dict[str, str]:
    ending = FILES[form.name][1] if form.name in FILES else form.name
    return {
        **cache_headers(request.state.view),
        "Content-Crs": f"<{reading.question.crs.uri}>",
        "Content-Disposition": f'attachment; filename="{reading.question.layer.id}.{ending}"',
    }
