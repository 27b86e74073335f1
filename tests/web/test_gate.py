"""A gate lets few through, keeps a short queue, and sends the rest away with its own sentence."""

import asyncio

import pytest

from gis_server.errors import Busy
from gis_server.web.gate import Gate


@pytest.mark.asyncio
async def test_few_at_once_a_short_queue_and_a_sentence_for_the_rest() -> None:
    gate, free, at_once, most = Gate(2, 1, lambda: Busy("đông", "crowded")), asyncio.Event(), 0, 0

    async def work() -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await free.wait()
        at_once -= 1
        return "done"

    three = [asyncio.create_task(gate.pass_through(work)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="crowded"):
        await gate.pass_through(work)
    free.set()
    assert await asyncio.gather(*three) == ["done"] * 3
    assert most == 2
    assert await gate.pass_through(work) == "done"
