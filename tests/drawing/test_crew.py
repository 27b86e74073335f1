"""Processes that draw: what they draw is what is drawn here, and one that dies takes nothing with it."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shapely

from gis_server.drawing import crew as crew_module
from gis_server.drawing.block import Block, Row, draw_block
from gis_server.drawing.crew import Crew, a_crew
from gis_server.drawing.frames import Frame
from gis_server.drawing.rule import Rule

FRAME = Frame(14, 13046, 7698, 2, 2)
TILES = tuple((FRAME.x + right, FRAME.y + down) for right in range(2) for down in range(2))
HOME = Path(__file__).parents[2]


def block(seed: int) -> Block:
    """Areas and lines here and there."""
    chance = random.Random(seed)
    west, south, east, north = FRAME.box()
    rows: list[Row] = []
    for fid in range(200):
        at = shapely.Point(chance.uniform(west, east), chance.uniform(south, north))
        shape = at.buffer(chance.uniform(20, 200)) if fid % 2 else shapely.LineString([at, (west, south)])
        rows.append((fid, "đo", f'{{"kind": "{fid % 3}"}}', shapely.to_wkb(shape)))
    chance.shuffle(rows)
    return Block("a.b", "", Rule(10, 14, "merge", ("kind",), False), FRAME, TILES, rows)


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything is enough for processes, and there are two."""
    monkeypatch.setattr(crew_module, "ENOUGH", 0)
    monkeypatch.setattr(crew_module, "_processors", lambda: 2)


def pids(crew: Crew) -> list[int]:
    return [hand.pid for hand in crew.hands]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.usefixtures("crowded")
def test_processes_draw_what_is_drawn_here() -> None:
    blocks = [block(seed) for seed in range(4)]

    async def together() -> None:
        with a_crew() as crew:
            drawn = await asyncio.gather(*[crew.ask(one) for one in blocks])
            assert drawn == [draw_block(one) for one in blocks]
            assert len(drawn[0]) == 4
            assert len(started := pids(crew)) == 2
        assert not any(is_alive(pid) for pid in started)

    asyncio.run(together())


@pytest.mark.usefixtures("crowded")
def test_a_killed_process_costs_time_and_nothing_else() -> None:
    blocks = [block(seed) for seed in range(6)]

    async def together() -> None:
        with a_crew() as crew:
            first = await crew.ask(blocks[0])
            for pid in pids(crew):
                os.kill(pid, signal.SIGKILL)
            rest = await asyncio.gather(*[crew.ask(one) for one in blocks[1:]])
            assert [first, *rest] == [draw_block(one) for one in blocks]

    asyncio.run(together())


def test_little_is_drawn_without_processes() -> None:
    async def alone() -> None:
        with a_crew() as crew:
            assert len(await crew.ask(block(1))) == 4
            assert not crew.hands

    asyncio.run(alone())


@pytest.mark.usefixtures("crowded")
def test_a_mistake_in_drawing_is_told_as_it_is() -> None:
    broken = block(1)
    broken.rows.append((1, "đo", "{}", b"no shape"))

    async def together() -> None:
        with a_crew() as crew, pytest.raises(shapely.errors.GEOSException):
            await crew.ask(broken)

    asyncio.run(together())


def test_a_process_ends_when_who_asked_is_killed() -> None:
    code = "import sys, time; from gis_server.drawing.hand import Hand; print(Hand().pid, flush=True); time.sleep(60)"
    asker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=HOME)
    assert asker.stdout is not None
    pid = int(asker.stdout.readline())
    assert is_alive(pid)
    asker.kill()
    asker.communicate()
    for _ in range(200):
        if not is_alive(pid):
            return
        time.sleep(0.05)
    pytest.fail("the drawing process is still there")


def test_processes_begin_at_once_where_much_is_sure_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "_processors", lambda: 2)

    async def begun(expected: int) -> int:
        with a_crew(expected) as crew:
            return len(crew.hands)

    assert asyncio.run(begun(crew_module.ENOUGH + 1)) == 2
    assert asyncio.run(begun(crew_module.ENOUGH)) == 0


def test_a_drawing_process_starts_without_the_catalog() -> None:
    """Half of the start of what draws parcels would be pydantic's, which it does not need."""
    brings = "import gis_server.drawing.hand, gis_server.drawing.crowd, sys; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", brings], cwd=HOME, capture_output=True, text=True, check=True)
    assert "shapely" in modules.stdout.split()
    assert not {"gis_server.catalog", "pydantic", "psycopg"} & {*modules.stdout.split()}
