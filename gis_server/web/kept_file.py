"""Files that do not change, sent whole or in part, read as the caller takes them: a slow one costs no memory."""

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import FileResponse, MalformedRangeHeader
from starlette.types import Receive, Scope, Send

from gis_server.web.envelope import ASKED_METHOD


class KeptFile(FileResponse):
    """A file that does not change under its ETag. Several ranges at once, or what is none: the whole file is sent."""

    chunk_size = 256 * 1024

    def __init__(self, path: Path, headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(path, headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whoever asks for the headers alone has nothing read from the disk."""
        await super().__call__({**scope, "method": scope.get(ASKED_METHOD, scope["method"])}, receive, send)

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        if "," in http_range:
            return []
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader:
            return []
