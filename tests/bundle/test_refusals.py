"""What cannot be exported is refused in a sentence, before it begins; what is cut off leaves nothing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gis_server.cli.export import ended_like_ctrl_c
from gis_server.errors import ExportFailed, SettingInvalid, UnknownLayer
from gis_server.settings import HOME
from tests.bundle.conftest import AROUND, MAP, Run
from tests.live import environment
from tests.serving import City


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--bbox 100,10,100.1,10.1", "There is nothing"),
        ("--place 99999", "no administrative unit"),
        ("--place 26740", "no outline"),
        ("--place X --bbox 1,2,3,4", "not both"),
        (f"--bbox {AROUND} --zoom 16-22 --most-tiles 5", "more than 5"),
        ("--data drainage.ho_ga", "no layer"),
        ("--view none", "no view"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_left(run: Run, tmp_path: Path, options: str, sentence: str) -> None:
    with pytest.raises((SettingInvalid, UnknownLayer)) as refused:
        run(MAP, str(tmp_path / "goi"), "--bundle", *options.split())
    assert sentence in refused.value.en
    assert list(tmp_path.iterdir()) == []


def test_a_place_is_found_by_its_code_and_by_its_name(run: Run, tmp_path: Path, whole_city: City) -> None:
    path = "/collections/base_boundary.dia_phan_hanh_chinh_tren_dat_lien/items?limit=1"
    unit = whole_city.get(path).json()["features"][0]["properties"]
    for number, asked in enumerate((unit["maDonViHanhChinh"], unit["ten"])):
        target = tmp_path / f"{number}.pmtiles"
        assert run(MAP, str(target), "--place", asked, "--zoom", "16").exit_code == 0
        assert target.stat().st_size > 127


def test_what_is_there_already_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "goi").mkdir()
    with pytest.raises(SettingInvalid, match="already"):
        run(MAP, str(tmp_path / "goi"), "--bundle")
    with pytest.raises(SettingInvalid, match="only"):
        run(MAP, str(tmp_path / "a.pmtiles"), "--no-data")
    with pytest.raises(SettingInvalid, match="no folder"):
        run(MAP, str(tmp_path / "khong" / "a.pmtiles"))


def test_an_export_that_is_ended_leaves_nothing(whole_city: City, tmp_path: Path) -> None:
    env = {**os.environ, **environment(whole_city.settings.model_copy(update={"state": tmp_path / "state"}))}
    arguments = ["nen", str(tmp_path / "goi"), "--bundle", "--zoom", "0-22", "--most-tiles", "99999999"]
    command = [sys.executable, "-m", "gis_server.cli.main", "tiles", "export", *arguments]
    process = subprocess.Popen(command, cwd=HOME, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (tmp_path / "goi.part" / "map.pmtiles").exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) != 0
    assert [path.name for path in tmp_path.iterdir() if path.name != "state"] == []


def test_an_export_ends_also_where_the_word_to_end_was_lost() -> None:
    with pytest.raises(KeyboardInterrupt), ended_like_ctrl_c(), suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if not mounted or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk to fill")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_and_nothing_is_left(run: Run, small_disk: Path) -> None:
    with pytest.raises(ExportFailed, match="is full"):
        run(MAP, str(small_disk / "goi"), "--bundle", "--zoom", "11-14", "--bbox", AROUND)
    assert list(small_disk.iterdir()) == []
