"""Files sent by the server itself, whole or from one byte to another: a slow caller costs no memory."""

from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, MalformedRangeHeader
from starlette.types import Receive, Scope, Send

from gis_server.web.rsgi import FILE_RANGE


class KeptFile(FileResponse):
    """A file that does not change under its ETag. Several ranges at once, or what is none: the whole file is sent."""

    def __init__(self, path: Path, headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(path, headers=headers, media_type=media_type)
        self._by_server = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._by_server = FILE_RANGE in scope.get("extensions", {})
        await super().__call__(scope, receive, send)

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        if "," in http_range:
            return []
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader:
            return []

    async def _handle_single_range(
        self, send: Send, start: int, end: int, file_size: int, send_header_only: bool
    ) -> None:
        if not self._by_server or send_header_only:
            await super()._handle_single_range(send, start, end, file_size, send_header_only)
            return
        headers = MutableHeaders(raw=list(self.raw_headers))
        headers["content-range"] = f"bytes {start}-{end - 1}/{file_size}"
        headers["content-length"] = str(end - start)
        await send({"type": "http.response.start", "status": 206, "headers": headers.raw})
        await send({"type": "http.response.pathsend", "path": str(self.path), "start": start, "end": end})
