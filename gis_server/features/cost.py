"""What a question would cost, asked of the planner before it runs; and failures of arithmetic in words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import orjson

from gis_server.errors import BadRequest
from gis_server.figures import vietnamese


async def refuse_dear(conn: asyncpg.Connection, text: str, values: Sequence[Any], most: float) -> None:
    """BadRequest with a suggestion when the planner's estimate is above `most` (its unit: one page read in a row)."""
    plan = orjson.loads(await conn.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))
    cost = plan[0]["Plan"]["Total Cost"]
    if cost > most:
        raise BadRequest(
            f"Truy vấn quá nặng (ước tính gấp {vietnamese(cost / most, 1)} lần mức cho phép). Hãy thêm bbox hoặc một "
            "điều kiện bằng (=) "
            "trên trường khóa, bỏ CASEI/ACCENTI và sortby, hoặc tải cả lớp rồi lọc trên máy của bạn.",
            f"The query is too expensive (about {cost / most:.1f} times what is allowed). Add a bbox or an equality "
            "(=) "
            "on a key field, leave out CASEI/ACCENTI and sortby, or fetch the layer and filter at your side.",
        )


@contextmanager
def worded_failures() -> Iterator[None]:
    """Numbers that leave what a double can hold, in the rows that were looked at."""
    try:
        yield
    except asyncpg.DataError as error:
        raise BadRequest(
            "Phép tính trong bộ lọc cho kết quả quá lớn hoặc không xác định ở một số đối tượng; hãy viết lại phép "
            "tính.",
            "The arithmetic in the filter overflows or is undefined for some features; write it differently.",
        ) from error
