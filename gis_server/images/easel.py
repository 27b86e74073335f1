"""One render process as the service sees it: begun when needed, asked for one picture at a time, ended in time."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import orjson

from gis_server.errors import AssetsMissing, Busy, MapError
from gis_server.images.job import Job
from gis_server.images.pipe import HEAD, Message, message

Fetch = Callable[[str], Awaitable[bytes]]
"""From a path that a style names (`tiles/nen/14/13047/7696`) to its bytes, as the picture's caller may see them."""
COMMAND = (sys.executable, "-m", "gis_server.images.brush")
ENVIRONMENT: Mapping[str, str] = {
    "EGL_PLATFORM": "surfaceless",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "LP_NUM_THREADS": "1",
    "MESA_SHADER_CACHE_DISABLE": "true",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
START_S, DRAW_S = 20.0, 15.0
MOST_RESIDENT = 700 << 20
"""A process that has grown beyond this is ended after its picture."""
MOST_DRAWN = 2_000
log = logging.getLogger("bando")


class Easel:
    """A place where one picture is drawn at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._drawn = 0

    async def draw(self, job: Job, style: tuple[str, bytes], fetch: Fetch) -> bytes:
        """The picture. Whatever goes wrong, the next one begins with a process that works."""
        try:
            async with asyncio.timeout(START_S):
                process = self._process or await self._start()
            async with asyncio.timeout(DRAW_S):
                picture, resident = await _Sitting(process, style[0], fetch).picture(job, style[1])
        except TimeoutError as error:
            await self.end()
            raise _too_long() from error
        except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError) as error:
            await self.end()
            log.warning("a render process ended while it drew: %s", error)
            raise _broken() from error
        except asyncio.CancelledError:
            await self.end()
            raise
        self._drawn += 1
        if resident > MOST_RESIDENT or self._drawn >= MOST_DRAWN:
            await self.end()
        return picture

    async def end(self) -> None:
        """End the process; the next picture begins another."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with suppress(ProcessLookupError):
                process.kill()
            process.stdin.close()
            await process.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, env={**kept, **ENVIRONMENT})
        self._process, self._drawn = process, 0
        try:
            words, _ = await _heard(process)
        except asyncio.IncompleteReadError as error:
            words = {"missing": str(error)}
        if "missing" in words:
            await self.end()
            log.warning("no render process can be started: %s", words["missing"])
            raise cannot_draw()
        return process


class _Sitting:
    """One picture: the process is told what to draw, and given what it asks for meanwhile."""

    def __init__(self, process: asyncio.subprocess.Process, style: str, fetch: Fetch) -> None:
        self._process, self._style, self._fetch = process, style, fetch
        self._errands: set[asyncio.Task[None]] = set()
        self._trouble: MapError | None = None

    async def picture(self, job: Job, style: bytes) -> tuple[bytes, int]:
        """Its bytes, and how much memory the process holds."""
        self._say({"style": self._style, **job.told()}, style)
        try:
            while True:
                words, body = await _heard(self._process)
                if "need" in words:
                    self._send_for(words)
                elif "done" in words:
                    return body, int(words["done"])
                else:
                    log.info("picture: %s", words.get("failed"))
                    raise self._trouble or _broken()
        finally:
            for errand in self._errands:
                errand.cancel()

    def _send_for(self, words: dict[str, Any]) -> None:
        errand = asyncio.create_task(self._run(int(words["need"]), str(words["path"])))
        self._errands.add(errand)
        errand.add_done_callback(self._errands.discard)

    async def _run(self, number: int, path: str) -> None:
        style, _, wanted = path.partition("/")
        try:
            if style.partition(".")[0] != self._style:  # left over from another picture, perhaps another caller's
                raise LookupError(path)
            self._say({"answer": number}, await self._fetch(wanted))
        except asyncio.CancelledError:  # nobody waits for the picture, but a thread over there does for this
            self._say({"answer": number, "error": "cancelled"})
            raise
        except Exception as error:
            if not isinstance(error, MapError):
                log.exception("picture: %s", wanted)
            self._trouble = self._trouble or (error if isinstance(error, MapError) else None)
            self._say({"answer": number, "error": type(error).__name__})

    def _say(self, words: dict[str, Any], body: bytes = b"") -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(message(words, body))


async def _heard(process: asyncio.subprocess.Process) -> Message:
    assert process.stdout is not None
    words, body = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
    return orjson.loads(await process.stdout.readexactly(words)), await process.stdout.readexactly(body)


def cannot_draw() -> AssetsMissing:
    return AssetsMissing(
        "Máy chủ này chưa vẽ được ảnh bản đồ vì thiếu thư viện đồ họa (libegl1, libgl1-mesa-dri). Hãy chạy "
        "tools/setup.",
        "This server cannot draw map pictures yet: its graphics libraries (libegl1, libgl1-mesa-dri) are missing. "
        "Run tools/setup.",
    )


def _too_long() -> Busy:
    return Busy(
        "Vẽ ảnh quá thời gian cho phép; hãy hỏi vùng hoặc ảnh nhỏ hơn, ít lớp hơn, hoặc thử lại sau.",
        "The picture took longer to draw than allowed; ask for a smaller area or picture, fewer layers, "
        "or try again later.",
    )


def _broken() -> Busy:
    return Busy(
        "Bộ vẽ ảnh vừa gặp sự cố; hãy thử lại sau ít giây.",
        "The drawing of pictures just met a problem; try again in a few seconds.",
    )
