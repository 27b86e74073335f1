"""Whatever is killed, cut or filled up, at whatever moment: one release serves whole, and the next load works."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_server.db.cluster import embedded_cluster
from gis_server.db.tables import migrate
from gis_server.errors import Busy
from gis_server.settings import Settings
from tests.releases.breaking import BLOWS, Installation, kill_loader, loading, rows_of, usual_seconds

ROUNDS = int(os.environ.get("STRESS_ROUNDS", "200"))
FEW = 5
"""Rounds of the default run: each kind of blow once."""
DISK = "size=330m"


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bando-stress-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def installed(folder: Path, state: Path, rows: int) -> Installation:
    place = Installation(Settings(state=state), folder, rows)
    migrate(place.database(), place.catalog)
    return place


@pytest.fixture
def place(folder: Path) -> Iterator[Installation]:
    place = installed(folder, folder / "state", rows=1500)
    yield place
    embedded_cluster(place.settings).reset()


def strike(place: Installation, rounds: int, seed: int) -> Counter[str]:
    """That many loads, each struck at a random moment; what served afterwards, by kind of blow."""
    luck = random.Random(seed)
    random.seed(seed)
    usual = usual_seconds(place)
    seen: Counter[str] = Counter()
    for number in range(rounds):
        blow = BLOWS[number % len(BLOWS)]
        with loading(place) as loader:
            time.sleep(luck.uniform(0, usual))
            blow(place, loader)
        outcome = "new" if place.check() else "old"
        seen[f"{blow.__name__}: the {outcome} release serves"] += 1
        place.load()
        place.check_no_litter()
    return seen


@pytest.mark.slow
def test_killed_at_random_moments_one_release_serves_whole(place):
    assert strike(place, FEW, seed=int(time.time())).total() == FEW


@pytest.mark.stress
def test_two_hundred_kills_at_random_moments(place, capsys):
    seed = int(os.environ.get("STRESS_SEED", time.time()))
    seen = strike(place, ROUNDS, seed)
    with capsys.disabled():
        print(f"\nseed {seed}, {ROUNDS} rounds", *sorted(f"  {what}: {n}" for what, n in seen.items()), sep="\n")  # noqa: T201
    assert seen.total() == ROUNDS
    assert len({what.split(": ")[1] for what in seen}) == 2, "blows fell before and after the publish"


def test_a_load_killed_before_the_first_release_leaves_an_empty_map(place):
    with loading(place) as loader:
        kill_loader(place, loader)
    place.check()
    place.load()
    place.check_no_litter()


def test_the_same_layers_loaded_twice_at_once_follow_each_other(place):
    place.load()
    with loading(place) as first, loading(place) as second:
        for loader in (first, second):
            _, errors = loader.communicate(timeout=60)
            assert loader.returncode == 0, errors.decode()
    with place.database().connect("read") as conn:
        assert conn.execute("SELECT max(release) FROM meta.release").fetchone() == (3,)
        found = dict(conn.execute("SELECT ma, tuyen_duong FROM drainage.ho_ga").fetchall())
    wanted = [
        {key: street for key, (street, _) in rows_of("drainage.ho_ga", one, place.rows).items()} for one in (2, 3)
    ]
    assert found in wanted
    place.check_no_litter()


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few hundred megabytes."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(disk)]
    if not mounted or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk to fill")
    disk.chmod(0o755)
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_refuses_the_load_and_keeps_the_release(small_disk, folder):
    place = installed(folder, small_disk / "state", rows=1500)
    try:
        place.load()
        ballast = small_disk / "ballast"
        free = shutil.disk_usage(small_disk).free
        with ballast.open("wb") as file:
            file.write(bytes(free - 2_500_000))
        place.rows, small = 30_000, place.rows
        with pytest.raises(Busy, match="disk or memory is full"):
            place.load()
        place.rows = small
        ballast.unlink()
        assert not place.check(), "nothing was published"
        place.load()
        assert not place.check()
        place.check_no_litter()
    finally:
        embedded_cluster(place.settings).reset()
