"""Fetches a large answer into a file: a line that breaks is taken up where it broke, in the same release."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from tqdm import tqdm
from urllib3.exceptions import HTTPError

from gis_server.client.service import Answer, Patience, Service, Value

CHUNK_BYTES = 1 << 18


@dataclass(frozen=True)
class Beginning:
    """What is in the file already: of which release, of which version of the answer, how many bytes."""

    release: int
    tag: str
    size: int


@dataclass(frozen=True)
class Download:
    """What is fetched, and whether people see how far it is."""

    service: Service
    path: str
    parameters: dict[str, Value]
    shown: bool

    def to(self, path: Path) -> int:
        """Fetches everything into the file; the release it is from."""
        patience, begun = Patience(self.service.patience_s), None
        with path.open("wb") as file, self._bar(path.name.removesuffix(".part")) as bar:
            while True:
                answer = self._opened(patience, begun)
                release = int(answer.headers["Bando-Release"])
                try:
                    with closing(answer):
                        self._write(answer, file, bar)
                    return release
                except HTTPError as error:
                    now = Beginning(release, answer.headers.get("ETag", ""), file.tell())
                    if begun is None or now.size > begun.size:
                        patience.renew()
                    patience.wait(self.service.unreachable(error))
                    begun = now

    def _opened(self, patience: Patience, begun: Beginning | None) -> Answer:
        """The whole, or the rest: of the release and the very file that the beginning is from."""
        if begun is None:
            return self.service.opened(self.service.address(self.path, self.parameters), patience)
        pinned = self.service.address(self.path, {**self.parameters, "release": begun.release})
        rest = {"Range": f"bytes={begun.size}-", "If-Range": begun.tag} if begun.size and begun.tag else {}
        return self.service.opened(pinned, patience, **rest)

    def _bar(self, name: str) -> "tqdm[NoReturn]":
        return tqdm(desc=name, unit="B", unit_scale=True, unit_divisor=1024, disable=not self.shown, leave=False)

    def _write(self, answer: Answer, file: BinaryIO, bar: "tqdm[NoReturn]") -> None:
        """Append the rest, or write the whole where the service sent that; urllib3 raises at an early end."""
        if answer.status == 200:
            file.seek(0)
            file.truncate()
        bar.reset(total=file.tell() + int(answer.headers.get("Content-Length", "0")))
        bar.update(file.tell())
        for chunk in answer.stream(CHUNK_BYTES, decode_content=False):
            file.write(chunk)
            bar.update(len(chunk))
