"""Memory of a load stays bounded whatever is delivered: many rows, or one row as large as a whole layer."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis_server.settings import HOME
from tests.loaders.hostile import EAST, MANHOLES, NORTH, written
from tests.loaders.test_hostile_rows import PARCELS, outline

MOST_BYTES = int(1.5 * 2**30)
PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
pytestmark = [
    pytest.mark.stress,
    pytest.mark.skipif(not PROC.is_dir(), reason="resident memory is read from /proc"),
]


def resident(pid: int) -> int:
    """Bytes of a process and its children together; pages that they share count twice."""
    mine = [pid, *(int(one.name) for one in PROC.iterdir() if one.name.isdigit() and parent_of(one) == pid)]
    return sum(pages(PROC / str(one)) for one in mine) * PAGE


def parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def pages(process: Path) -> int:
    try:
        return int((process / "statm").read_text().split()[1])
    except OSError:
        return 0


def peak_of_load(database, path, profile):
    """The most that `bando load` and its reading child held at one time, looked at twenty times a second."""
    file = path.parent / "profile.yaml"
    file.write_text(json.dumps(profile))
    command = [sys.executable, "-m", "gis_server.cli.main", "load", str(path), "--profile", str(file)]
    env = {**os.environ, "BANDO_DATABASE_URL": database.url, "BANDO_STATE": str(path.parent)}
    process, peak = subprocess.Popen(command, cwd=HOME, env=env, stdout=subprocess.DEVNULL), 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.05)
    return process.returncode, peak


def many_rows(folder):
    count = np.arange(3_000_000)
    shapes = shapely.points(EAST + count % 2000 * 3.1, NORTH + count // 2000 * 3.1)
    texts = count.astype(str).astype(object)
    return written(folder / "hg.gpkg", shapes, {"ma": texts, "duong": texts}), MANHOLES


def long_texts(folder):
    """Rows of 10 kB: far fewer of them may wait at one time."""
    shapes, streets = shapely.points(EAST + np.arange(60_000) % 300, NORTH + np.arange(60_000) // 300), ["x" * 10_000]
    columns = {"ma": np.arange(60_000).astype(str).astype(object), "duong": np.array(streets * 60_000, object)}
    return written(folder / "hg.gpkg", shapes, columns), {**MANHOLES, "rejects": 1.0}


def one_huge_row(folder):
    surface = np.array([shapely.Polygon(outline(3_000_000, 0))], object)
    return written(folder / "p.gpkg", surface, {"ma": np.array(["P0"], object)}, geometry_type="Polygon"), PARCELS


@pytest.mark.parametrize("made", [many_rows, long_texts, one_huge_row])
def test_a_load_holds_less_than_one_and_a_half_gibibytes(fresh, tmp_path, capsys, made):
    path, profile = made(tmp_path)
    code, peak = peak_of_load(fresh, path, profile)
    with capsys.disabled():
        print(f"\n{made.__name__}: exit {code}, {path.stat().st_size / 2**20:,.0f} MiB, peak {peak / 2**20:,.0f} MiB")  # noqa: T201
    assert code in (0, 3)
    assert peak < MOST_BYTES
