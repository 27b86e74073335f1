"""What is wrong with a filter or a drawn shape, in both languages."""

from gis_server.errors import BadRequest


def bad_filter(vi: str, en: str) -> BadRequest:
    return BadRequest(
        f"Bộ lọc hoặc hình vẽ không hợp lệ: {_whole(vi)}.", f"The filter or shape is not valid: {_whole(en)}."
    )


def _whole(words: str) -> str:
    """What a caller wrote may hold half a character."""
    return words.encode("utf-8", "replace").decode()
