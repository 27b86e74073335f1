"""Files of letters (signed distance fields), made by `tools/setup` for clients that have no fonts of their own."""

from pathlib import Path

from gis_server.errors import AssetsMissing


def letters(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AssetsMissing(
            f"Thiếu {path}: chưa tạo tệp ký tự. Hãy chạy “tools/setup” trong thư mục mã nguồn.",
            f"{path} is missing: the glyph files were not made. Run “tools/setup” in the project's folder.",
        ) from None
