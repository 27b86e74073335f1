"""What Granian can do at most: an application in its own interface that gives one answer, whatever is asked of it."""

import json
import os
from pathlib import Path

from gis_server.web.rsgi import HeaderList, HTTPProtocol, Scope

ANSWER = "BANDO_BENCH_ANSWER"
"""A folder with `headers.json` and `body`."""


class Bare:
    """The kept headers and body, or a 304 for whoever has them."""

    def __init__(self, headers: HeaderList, body: bytes) -> None:
        self._headers, self._body = headers, body

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        if "if-none-match" in scope.headers:
            protocol.response_empty(304, self._headers)
        else:
            protocol.response_bytes(200, self._headers, self._body)


def create_bare() -> Bare:
    folder = Path(os.environ[ANSWER])
    headers = json.loads((folder / "headers.json").read_text(encoding="utf-8"))
    return Bare([(name, value) for name, value in headers.items()], (folder / "body").read_bytes())
