"""The render process: MapLibre Native draws what it is told, and asks the service for every tile, letter and icon.

It has no database, no store and no network; it ends when the service does. Run as `python -m gis_server.images.brush`.
"""

import io
import os
import resource
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import unquote

import mapli
from PIL import Image

from gis_server.images.finishing import finished, on_ground, packed
from gis_server.images.pipe import Message, message, read_message

SCHEME = "bando"
MOST_BYTES = 4 << 30
"""Of memory that is asked for, most of it never touched; beyond it the process ends, and another one begins."""
KEPT_STYLES = 4
"""Maps, each in one size, that are held ready with their tiles."""
SIDE = 256
"""Pixels of a picture tile."""
KEPT_BLOCKS = 32
Block = tuple[str, int, int, int]
"""Style; zoom, column, row of a vector tile."""
PATIENCE_S = 30.0
NICENESS = 5
"""Tiles and questions come first."""


class Line:
    """The line to the service: what is said on it stays whole, whichever thread speaks."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._lock = out, Lock()

    def say(self, words: dict[str, Any], body: bytes = b"") -> None:
        with self._lock:
            self._out.write(message(words, body))
            self._out.flush()


class Errands:
    """Asks the service for what MapLibre wants, from whatever thread it wants it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._numbers = count(1)
        self._waiting: dict[int, SimpleQueue[Message]] = {}
        self._looked_for: set[str] = set()
        """MapLibre first looks for a tile in a cache, in the same words, then sends for it, and would read it twice."""

    def __call__(self, wanted: mapli.ResourceRequest) -> mapli.Response | bytes:
        if wanted.kind == "tile" and wanted.url not in self._looked_for:
            self._looked_for.add(wanted.url)
            return mapli.Response.error(mapli.ErrorReason.NOT_FOUND, "not kept")
        number, answer = next(self._numbers), SimpleQueue[Message]()
        self._waiting[number] = answer
        self._line.say({"need": number, "path": unquote(wanted.url.removeprefix(f"{SCHEME}://"))})
        words, body = answer.get(timeout=PATIENCE_S)
        if "error" in words:
            return mapli.Response.error(mapli.ErrorReason.OTHER, words["error"])
        return body or mapli.Response.no_content()

    def hear(self, words: dict[str, Any], body: bytes) -> None:
        self._waiting.pop(words["answer"]).put((words, body))


class Brush:
    """Draws, one picture after the other."""

    def __init__(self) -> None:
        self._pool = mapli.RenderPool(workers=1, max_renderers_per_worker=KEPT_STYLES)
        self._spoiled: dict[str, int] = {}
        self._blocks: OrderedDict[Block, Image.Image] = OrderedDict()

    def picture(self, job: dict[str, Any], style: bytes) -> bytes:
        try:
            own = self._style(job["style"], style)
            if "tile" in job:
                return packed(on_ground(self._quarter(own, **job["tile"]), job), job["form"])
            return finished(self._pool.render(own, **job["camera"], pixel_ratio=float(job["ratio"])), job)
        except mapli.MapliError:  # what failed to load would be missing from the next picture, too
            self._spoiled[job["style"]] = self._spoiled.get(job["style"], 0) + 1
            raise

    def _style(self, name: str, style: bytes) -> str:
        """The style under a name, and with addresses, that no spoiled one had."""
        own = f"{name}.{self._spoiled.get(name, 0)}"
        if not self._pool.has_style(own):
            self._pool.register_style(own, json=style.decode().replace(f"{SCHEME}://{name}/", f"{SCHEME}://{own}/"))
        return own

    def _quarter(self, style: str, z: int, x: int, y: int) -> Image.Image:
        """A tile is cut from a block of four, which is one vector tile: words end at its edges, and not before."""
        if z == 0:
            return self._block((style, 0, 0, 0)).resize((SIDE, SIDE))
        left, top = x % 2 * SIDE, y % 2 * SIDE
        return self._block((style, z - 1, x // 2, y // 2)).crop((left, top, left + SIDE, top + SIDE))

    def _block(self, block: Block) -> Image.Image:
        if block not in self._blocks:
            style, z, x, y = block
            drawn = self._pool.render_tile(style, z=z, x=x, y=y, tile_size=2 * SIDE)
            self._blocks[block] = Image.open(io.BytesIO(drawn)).convert("RGBA")
        self._blocks.move_to_end(block)
        while len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return self._blocks[block]


def serve(heard: BinaryIO, line: Line) -> None:
    """Until the service hangs up."""
    errands = Errands(line)
    mapli.register_scheme_handler(SCHEME, errands)
    brush, hand = Brush(), ThreadPoolExecutor(1)
    line.say({"ready": True})
    while (said := read_message(heard)) is not None:
        words, body = said
        if "answer" in words:
            errands.hear(words, body)
        else:
            hand.submit(_draw, brush, line, said)


def _draw(brush: Brush, line: Line, asked: Message) -> None:
    try:
        picture = brush.picture(*asked)
    except Exception as error:
        line.say({"failed": f"{type(error).__name__}: {error}"})
    else:
        line.say({"done": _memory()}, picture)


def _memory() -> int:
    """Bytes in use now."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * resource.getpagesize()


def main() -> None:
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not stand between messages
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    line = Line(out)
    try:
        serve(sys.stdin.buffer, line)
    except mapli.GraphicsUnavailableError as error:
        line.say({"missing": str(error)})
    os._exit(0)  # threads that wait for an answer will get none


if __name__ == "__main__":
    main()
