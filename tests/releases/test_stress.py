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
from tests.releases.blows import BLOWS, kill_loader
from tests.releases.breaking import Installation, rows_of
from tests.releases.verbs import VERBS, running, usual_seconds

ROUNDS = int(os.environ.get("STRESS_ROUNDS", "200"))
FEW = 5
"""Rounds of the default run: each command and each kind of blow once."""
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
    """That many commands, each struck at a random moment; what was left of them, by command and kind of blow."""
    luck = random.Random(seed)
    random.seed(seed)
    place.load()
    place.load()
    usual = {verb.name: usual_seconds(place, verb) for verb in VERBS}
    seen: Counter[str] = Counter()
    for number in range(rounds):
        verb, blow = VERBS[number % len(VERBS)], BLOWS[number % len(BLOWS)]
        with running(place, verb) as process:
            time.sleep(luck.uniform(0, usual[verb.name]))
            blow(place, process)
        seen[f"{verb.name}, {blow.__name__}: {verb.settle(place)}"] += 1
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
    fates = {what.rpartition(": ")[2] for what in seen}
    assert fates == {"old", "new"}, "blows fell before and after the publish"


def test_a_load_killed_before_the_first_release_leaves_an_empty_map(place):
    with running(place) as loader:
        kill_loader(place, loader)
    place.check()
    place.load()
    place.check_no_litter()


def test_the_same_layers_loaded_twice_at_once_follow_each_other(place):
    place.load()
    with running(place) as first, running(place) as second:
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
@pytest.mark.parametrize(
    ("packed", "words"), [(False, "database's disk or memory is full"), (True, r"too full to unpack giao_0\.zip")]
)
def test_a_full_disk_refuses_the_load_and_keeps_the_release(small_disk, folder, packed, words):
    place = installed(folder, small_disk / "state", rows=1500)
    place.packed = packed
    try:
        place.load()
        ballast = small_disk / "ballast"
        free = shutil.disk_usage(small_disk).free
        with ballast.open("wb") as file:
            file.write(bytes(free - 2_500_000))
        place.rows, small = 30_000, place.rows
        with pytest.raises(Busy, match=words):
            place.load()
        place.rows = small
        ballast.unlink()
        assert not place.check(), "nothing was published"
        place.load()
        assert not place.check()
        place.check_no_litter()
    finally:
        embedded_cluster(place.settings).reset()
