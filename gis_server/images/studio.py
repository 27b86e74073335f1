"""Where pictures are asked for: each is drawn once for everybody who waits, by a few processes, and kept a while."""

import asyncio
import hashlib
from dataclasses import dataclass
from functools import partial

from gis_server.access.views import View
from gis_server.errors import AssetsMissing, Busy
from gis_server.images.composing import Composer, Composition
from gis_server.images.easel import Easel
from gis_server.images.job import Job
from gis_server.images.suppliers import Suppliers
from gis_server.web.made_once import MadeOnce

QUEUE_PER_EASEL = 12
"""Pictures that wait for one process; beyond it callers are sent away."""
KEPT_BYTES = 48 << 20
"""Finished pictures that a worker remembers."""
STYLE = "{style}"


@dataclass(frozen=True)
class Subject:
    """What is drawn, for whom, and as of when."""

    view: View
    composition: Composition
    release: int
    """The newest release; nothing newer may be in the picture."""
    state: str
    """Names the state of the layers shown; two releases that differ elsewhere have the same."""

    @property
    def style(self) -> tuple[str, bytes]:
        """Its name, which hangs on all that is drawn, and its text."""
        text = self.composition.style
        told = "\0".join((self.view.name, self.state, text)).encode()
        name = hashlib.blake2b(told, digest_size=12).hexdigest()
        return name, text.replace(STYLE, name).encode()


class Studio:
    """One worker's pictures."""

    def __init__(self, composer: Composer, suppliers: Suppliers, easels: int) -> None:
        self.composer, self.suppliers = composer, suppliers
        self._easels = [Easel() for _ in range(easels)]
        self._free: asyncio.LifoQueue[Easel] = asyncio.LifoQueue()
        for easel in self._easels:
            self._free.put_nowait(easel)
        self._left = easels * (1 + QUEUE_PER_EASEL)
        self._pictures = MadeOnce(KEPT_BYTES)

    def name(self, subject: Subject, job: Job) -> str:
        """Of a picture, known before it is drawn: its validator."""
        return f"{subject.style[0]}-{job.digest()}"

    async def picture(self, subject: Subject, job: Job) -> bytes:
        """The picture of the subject's release; `Moved` when there is a newer one by now."""
        name = self.name(subject, job)
        return await self._pictures.of(name, partial(self._draw, subject, job))

    async def close(self) -> None:
        for easel in self._easels:
            await easel.end()

    async def _draw(self, subject: Subject, job: Job) -> bytes:
        if not self._easels:
            raise _switched_off()
        if self._left <= 0:
            raise _crowded()
        self._left -= 1
        try:
            easel = await self._free.get()
            try:
                return await easel.draw(job, subject.style, partial(self._fetch, subject))
            finally:
                self._free.put_nowait(easel)
        finally:
            self._left += 1

    async def _fetch(self, subject: Subject, path: str) -> bytes:
        return await self.suppliers.fetch(subject.view, subject.release, path)


def _switched_off() -> AssetsMissing:
    return AssetsMissing(
        "Máy chủ này không vẽ ảnh bản đồ (BANDO_IMAGE_WORKERS là 0).",
        "This server draws no map pictures (BANDO_IMAGE_WORKERS is 0).",
    )


def _crowded() -> Busy:
    return Busy(
        "Đang vẽ quá nhiều ảnh bản đồ; hãy thử lại sau vài giây.",
        "Too many map pictures are being drawn; try again in a few seconds.",
    )
