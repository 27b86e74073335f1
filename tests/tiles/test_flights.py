"""Single flight and shedding: few renders, never an old one, never a queue without end."""

import asyncio

import pytest

from gis_server.errors import Busy
from gis_server.tiles.flights import Flights, Gate


class Painter:
    """Counts renders; each takes a turn of the loop and shows the release of its start."""

    def __init__(self) -> None:
        self.release, self.started, self.at_once, self.most = 1, 0, 0, 0

    async def render(self) -> int:
        self.started += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        seen = self.release
        await asyncio.sleep(0.01)
        self.at_once -= 1
        return seen


async def test_a_thousand_requests_at_once_cause_two_renders_one_after_the_other() -> None:
    flights: Flights[int] = Flights()
    painter = Painter()
    seen = await asyncio.gather(*(flights.share("tile", painter.render) for _ in range(1000)))
    assert set(seen) == {1}
    assert (painter.started, painter.most) == (2, 1)
    assert len(flights) == 0


async def test_who_asks_after_a_publish_never_gets_the_tile_from_before() -> None:
    flights: Flights[int] = Flights()
    painter = Painter()
    for _ in range(50):
        before = [asyncio.ensure_future(flights.share("tile", painter.render)) for _ in range(3)]
        await asyncio.sleep(0.003)
        painter.release += 1
        published = painter.release
        after = await asyncio.gather(*(flights.share("tile", painter.render) for _ in range(3)))
        assert set(after) == {published}
        await asyncio.gather(*before)


async def test_a_caller_who_leaves_takes_nobody_along() -> None:
    flights: Flights[int] = Flights()
    painter = Painter()
    leaving = asyncio.ensure_future(flights.share("tile", painter.render))
    staying = [asyncio.ensure_future(flights.share("tile", painter.render)) for _ in range(3)]
    await asyncio.sleep(0)
    leaving.cancel()
    staying[0].cancel()
    assert await asyncio.gather(*staying[1:]) == [1, 1]
    await asyncio.sleep(0)
    assert len(flights) == 0


async def test_a_failure_reaches_everyone_and_the_next_try_is_fresh() -> None:
    flights: Flights[int] = Flights()
    fails = True

    async def render() -> int:
        await asyncio.sleep(0.001)
        if fails:
            raise Busy("bận", "busy")
        return 7

    answers = await asyncio.gather(*(flights.share("tile", render) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(answer, Busy) for answer in answers)
    fails = False
    assert await flights.share("tile", render) == 7


async def test_beyond_the_queue_callers_are_sent_away_at_once() -> None:
    gate, painter = Gate(width=2, queue=3), Painter()
    answers = await asyncio.gather(*(gate.pass_through(painter.render) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, Busy) for answer in answers) == 15
    assert painter.most == 2
    assert await gate.pass_through(painter.render) == 1


async def test_leaving_the_queue_frees_the_place() -> None:
    gate, painter = Gate(width=1, queue=1), Painter()
    first = asyncio.ensure_future(gate.pass_through(painter.render))
    second = asyncio.ensure_future(gate.pass_through(painter.render))
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await gate.pass_through(painter.render)
    second.cancel()
    await asyncio.sleep(0)
    assert await gate.pass_through(painter.render) == 1
    await first
