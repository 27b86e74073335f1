"""What a caller hears whose bytes are not taken as a request: the same words as everyone, before any application."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gis_server.web.envelope import SECURITY
from gis_server.web.problems import Problem, problem


def malformed() -> Problem:
    return problem(
        400,
        "Yêu cầu không viết đúng theo HTTP/1.1, hoặc có thể hiểu theo nhiều cách.",
        "The request is not well-formed HTTP/1.1, or could be read in more than one way.",
    )


def too_much(most_bytes: int, most_headers: int) -> Problem:
    return problem(
        431,
        f"Địa chỉ và các tiêu đề của yêu cầu quá lớn: nhiều nhất {most_bytes} byte và {most_headers} tiêu đề.",
        f"Address and headers of the request are too large: {most_bytes} bytes and {most_headers} headers at most.",
    )


def too_slow(patience_s: int) -> Problem:
    return problem(
        408,
        f"Các tiêu đề của yêu cầu không đến hết trong {patience_s} giây; gửi lại.",
        f"The headers of the request did not arrive within {patience_s} seconds; send it again.",
    )


def full() -> Problem:
    return problem(
        503,
        "Máy chủ đang giữ quá nhiều kết nối; hãy thử lại sau ít giây.",
        "The service has too many connections open; try again in a few seconds.",
    )


def written(answer: Problem, stamp: bytes) -> bytes:
    """The whole answer, after which nothing follows."""
    plain = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]
    headers = [*answer.raw_headers, *plain, (b"connection", b"close")]
    lines = [name + b": " + value + b"\r\n" for name, value in headers]
    return b"".join((STATUS_LINE[answer.status_code], *lines, stamp, bytes(answer.body)))
