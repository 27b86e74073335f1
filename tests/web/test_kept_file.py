"""Files sent as the caller takes them: whole, in part, and by their headers alone."""

from pathlib import Path

import pytest
from starlette.types import Message

from gis_server.web.envelope import Envelope
from gis_server.web.kept_file import KeptFile

SIZE = 2**34
"""Of a file without content on the disk: to read it would take seconds."""


async def asked(path: Path, method: str, *headers: tuple[bytes, bytes], most: int = 3) -> list[Message]:
    """The first messages of an answer."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) > most:
            raise AssertionError("so much was not asked for")

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": method, "path": "/", "headers": [(b"host", b"a"), *headers]}
    await Envelope(KeptFile(path, {"ETag": '"a"'}, "application/x"))(
        {**scope, "asgi": {"spec_version": "2.4"}}, receive, send
    )
    return sent


@pytest.fixture
def big(tmp_path: Path) -> Path:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(SIZE)
    return tmp_path / "big"


@pytest.mark.parametrize("part", [(), ((b"range", b"bytes=0-9999999999"),)])
async def test_the_headers_of_a_big_file_are_told_without_reading_it(
    big: Path, part: tuple[tuple[bytes, bytes], ...]
) -> None:
    start, end = await asked(big, "HEAD", *part)
    assert dict(start["headers"])[b"content-length"] == (b"10000000000" if part else b"%d" % SIZE)
    assert end["body"] == b""


async def test_a_part_is_read_from_where_it_begins(big: Path) -> None:
    with big.open("r+b") as file:
        file.seek(SIZE // 2)
        file.write(b"middle")
    at = SIZE // 2
    start, body = await asked(big, "GET", (b"range", b"bytes=%d-%d" % (at, at + 5)))
    assert (start["status"], body["body"]) == (206, b"middle")


async def test_of_a_whole_file_no_more_is_read_than_was_sent(big: Path) -> None:
    with pytest.raises(AssertionError, match="asked for"):
        await asked(big, "GET")
