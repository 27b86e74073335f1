"""What a question would cost, asked of the planner before it runs; and failures of arithmetic in words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import orjson

from gis_server.errors import BadRequest


async def refuse_dear(conn: asyncpg.Connection, text: str, values: Sequence[Any], most: float) -> None:
    """BadRequest with a suggestion when the planner's estimate is above `most` (its unit: one page read in a row)."""
    plan = orjson.loads(await conn.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))
    cost = plan[0]["Plan"]["Total Cost"]
    if cost > most:
        raise BadRequest(
            f"Câu hỏi quá nặng (ước tính {cost / most:.1f} lần mức cho phép). Thêm bbox hoặc một điều kiện bằng (=) "
            "trên trường khóa, bỏ CASEI/ACCENTI và sortby, hoặc tải cả lớp rồi lọc ở máy mình.",
            f"The question is too dear (about {cost / most:.1f} times what is allowed). Add a bbox or an equality (=) "
            "on a key field, leave out CASEI/ACCENTI and sortby, or fetch the layer and filter at your side.",
        )


@contextmanager
def worded_failures() -> Iterator[None]:
    """Numbers that leave what a double can hold, in the rows that were looked at."""
    try:
        yield
    except asyncpg.DataError as error:
        raise BadRequest(
            "Phép tính trong bộ lọc cho số quá lớn hoặc vô nghĩa ở một số đối tượng; đổi lại phép tính.",
            "The arithmetic of the filter gives numbers too large, or none, for some features; write it differently.",
        ) from error
