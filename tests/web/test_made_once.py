"""Made once for everybody who waits, kept within bounds, and a failure is nobody's memory."""

import asyncio

import pytest

from gis_server.web.made_once import MadeOnce


class Maker:
    def __init__(self, answer: bytes = b"12345") -> None:
        self.made, self.answer = 0, answer

    async def __call__(self) -> bytes:
        self.made += 1
        await asyncio.sleep(0.01)
        return self.answer


async def test_it_is_made_once_for_all_who_wait_and_for_those_who_come_later() -> None:
    kept, make = MadeOnce(100), Maker()
    assert await asyncio.gather(*(kept.of("a", make) for _ in range(50))) == [b"12345"] * 50
    assert await kept.of("a", make) == b"12345"
    assert make.made == 1


async def test_what_was_asked_for_least_lately_goes_first() -> None:
    kept, makers = MadeOnce(10), {name: Maker() for name in "abc"}
    for name in ("a", "b", "a", "c", "a", "b"):
        await kept.of(name, makers[name])
    assert {name: maker.made for name, maker in makers.items()} == {"a": 1, "b": 2, "c": 1}


async def test_a_caller_who_leaves_takes_nothing_from_the_others() -> None:
    kept, make = MadeOnce(100), Maker()
    first, second = (asyncio.create_task(kept.of("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == b"12345"
    assert make.made == 1


async def test_a_failure_is_told_and_tried_again() -> None:
    kept = MadeOnce(100)

    async def fail() -> bytes:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            await kept.of("a", fail)
    assert await kept.of("a", Maker()) == b"12345"
