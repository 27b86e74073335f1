"""What is wrong with a filter, in both languages."""

from gis_server.errors import BadRequest


def bad_filter(vi: str, en: str) -> BadRequest:
    return BadRequest(f"Bộ lọc (filter) không dùng được: {_whole(vi)}.", f"The filter will not do: {_whole(en)}.")


def _whole(words: str) -> str:
    """What a caller wrote may hold half a character."""
    return words.encode("utf-8", "replace").decode()
