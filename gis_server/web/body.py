"""Reads the body of a request, refusing what is larger than its route takes, and whoever takes for ever."""

import asyncio

from fastapi import Request

from gis_server.errors import TooLarge, TooSlow

PATIENCE_S = 30.0


async def body_of(request: Request, most_bytes: int) -> bytes:
    """The whole body. Its length has to be said beforehand, so that nothing too large is read at all; and is counted,
    since a body in chunks may be any length whatever was said."""
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 12 and int(said) <= most_bytes):
        raise _too_large(most_bytes)
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _read(request, most_bytes)
    except TimeoutError as error:
        raise TooSlow(
            f"Nội dung không đến hết trong {PATIENCE_S:g} giây; gửi lại.",
            f"The body did not arrive within {PATIENCE_S:g} seconds; send it again.",
        ) from error


async def _read(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise _too_large(most_bytes)
    return bytes(body)


def _too_large(most_bytes: int) -> TooLarge:
    return TooLarge(
        f"Nội dung gửi lên phải có Content-Length, nhiều nhất {most_bytes} byte.",
        f"The body needs a Content-Length of at most {most_bytes} bytes.",
    )
