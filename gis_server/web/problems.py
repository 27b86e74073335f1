"""RFC 9457 problem documents: every error as a sentence in Vietnamese and English."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from gis_server.errors import HTTP_STATUS, MapError

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Yêu cầu không hợp lệ", "Bad request"),
    401: ("Khóa không hợp lệ", "Unknown key"),
    403: ("Không có quyền", "Forbidden"),
    404: ("Không tìm thấy", "Not found"),
    405: ("Phương thức không được hỗ trợ", "Method not allowed"),
    406: ("Không có định dạng trả lời này", "Not acceptable"),
    408: ("Gửi quá chậm", "Request timeout"),
    409: ("Xung đột với dữ liệu hiện có", "Conflict"),
    412: ("Đối tượng đã thay đổi", "Precondition failed"),
    413: ("Nội dung gửi lên quá lớn", "Too large"),
    415: ("Không nhận kiểu nội dung này", "Unsupported media type"),
    422: ("Không xử lý được nội dung", "Unprocessable content"),
    428: ("Thiếu phiên bản của đối tượng cần sửa", "Precondition required"),
    431: ("Phần đầu yêu cầu quá lớn", "Request header fields too large"),
    500: ("Lỗi trong máy chủ", "Internal error"),
    503: ("Máy chủ đang bận", "Service busy"),
}
RETRY_AFTER_S = "2"


class Problem(Response):
    """A problem document, and its content for the page that people see instead."""

    media_type = "application/problem+json"

    def __init__(self, content: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(orjson.dumps(content), content["status"], headers)
        self.content = content


def problem_of(error: MapError) -> Problem:
    status = next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 500)
    return problem(status, error.vi, error.en, members=error.members)


def problem(
    status: int,
    detail: str,
    detail_en: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> Problem:
    """An answer that says what went wrong and what to do."""
    title, title_en = TITLES.get(status, (HTTPStatus(status).phrase,) * 2)
    content = {
        "type": "about:blank",
        "title": title,
        "title_en": title_en,
        "status": status,
        "detail": detail,
        "detail_en": detail_en,
        **(members or {}),
    }
    return Problem(content, {"Cache-Control": "no-store", **_headers_of(status), **(headers or {})})


def _headers_of(status: int) -> dict[str, str]:
    if status == 503:
        return {"Retry-After": RETRY_AFTER_S}
    if status == 401:
        return {"WWW-Authenticate": 'Bando-Key realm="bando"'}
    if status == 405:
        return {"Allow": "GET, HEAD, OPTIONS"}
    return {}
