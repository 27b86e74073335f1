"""What a question would cost, asked of the planner before it runs; and failures of arithmetic in words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import orjson

from gis_server.errors import BadRequest
from gis_server.figures import vietnamese

SHORT = 500.0
"""Cost of a walk that is short whatever the planner got wrong."""
WORTH = 10.0
"""How many times the estimate of a walk one pays for being sure."""


async def cost_of(conn: asyncpg.Connection, text: str, values: Sequence[Any]) -> float:
    plan = orjson.loads(await conn.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))
    cost: float = plan[0]["Plan"]["Total Cost"]
    return cost


async def surer(conn: asyncpg.Connection, walk: tuple[str, float], gathering: str, values: Sequence[Any]) -> str:
    """A walk in order of fid until enough was met, or to gather all that fits, where that costs little more.

    The planner thinks that what fits is spread evenly over a layer. It lies together: the walk may go on to the end.
    """
    text, cost = walk
    if cost < SHORT or await cost_of(conn, gathering, values) > WORTH * cost:
        return text
    return gathering


async def refuse_dear(conn: asyncpg.Connection, text: str, values: Sequence[Any], most: float) -> float:
    """The planner's estimate (in pages read in a row); BadRequest with a suggestion when it is above `most`."""
    cost = await cost_of(conn, text, values)
    if cost > most:
        raise BadRequest(
            f"Truy vấn quá nặng (ước tính gấp {vietnamese(cost / most, 1)} lần mức cho phép). Hãy thêm bbox hoặc một "
            "điều kiện bằng (=) "
            "trên trường khóa, bỏ CASEI/ACCENTI và sortby, hoặc tải cả lớp rồi lọc trên máy của bạn.",
            f"The query is too expensive (about {cost / most:.1f} times what is allowed). Add a bbox or an equality "
            "(=) "
            "on a key field, leave out CASEI/ACCENTI and sortby, or fetch the layer and filter at your side.",
        )
    return cost


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
