"""Reads the body of a request, refusing what is larger than its route takes."""

from fastapi import Request

from gis_server.errors import TooLarge


async def body_of(request: Request, most_bytes: int) -> bytes:
    """The whole body. Its length has to be said beforehand, so that nothing too large is read at all."""
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 12 and int(said) <= most_bytes):
        raise TooLarge(
            f"Nội dung gửi lên phải có Content-Length, nhiều nhất {most_bytes} byte.",
            f"The body needs a Content-Length of at most {most_bytes} bytes.",
        )
    return await request.body()
