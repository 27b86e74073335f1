"""What a connection on uvloop can do at most: a protocol that gives one answer, ready-made, whatever is asked of it."""

import asyncio
import json
import os
import sys
from functools import partial
from pathlib import Path

import uvloop

ANSWER = "BANDO_BENCH_ANSWER"
"""A folder with `headers.json` and `body`."""


class Bare(asyncio.Protocol):
    """The kept headers and body, or a 304 for whoever has them."""

    def __init__(self, unchanged: bytes, whole: bytes) -> None:
        self._unchanged, self._whole = unchanged, whole

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(self._unchanged if b"\r\nIf-None-Match: " in data else self._whole)


def answers(folder: Path) -> tuple[bytes, bytes]:
    headers = json.loads((folder / "headers.json").read_text(encoding="utf-8"))
    body = (folder / "body").read_bytes()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    whole = b"HTTP/1.1 200 OK\r\n%scontent-length: %d\r\n\r\n%s" % (lines, len(body), body)
    return b"HTTP/1.1 304 Not Modified\r\n%s\r\n" % lines, whole


async def serve(port: int) -> None:
    create = partial(Bare, *answers(Path(os.environ[ANSWER])))
    server = await asyncio.get_running_loop().create_server(create, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
