"""Where loads unpack: gone with the load, and what a killed one left goes with the next."""

import os
import signal
import subprocess
import sys
import zipfile

import pytest

from gis_server.errors import Busy, DeliveryUnreadable
from gis_server.settings import HOME
from loaders.deliveries import open_delivery
from loaders.workplace import workplace

STAY = """
import sys, time
from pathlib import Path
from loaders.workplace import workplace
with workplace(Path(sys.argv[1])) as folder:
    (folder / "a.geojson").write_text("{}")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(tmp_path):
    """Another load that has unpacked something, and what it printed: its folder."""
    process = subprocess.Popen([sys.executable, "-c", STAY, str(tmp_path)], cwd=HOME, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def test_what_a_killed_load_unpacked_goes_with_the_next(tmp_path, other):
    process, left = other
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert os.path.exists(left)
    with workplace(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_load_unpacked_stays(tmp_path, other):
    with workplace(tmp_path):
        pass
    assert os.listdir(other[1]) == ["a.geojson"]


def test_a_delivery_is_unpacked_in_the_state_folder_and_removed(tmp_path):
    with zipfile.ZipFile(tmp_path / "g.zip", "w") as archive:
        archive.writestr("a.geojson", "{}")
    with open_delivery(tmp_path / "g.zip", state=tmp_path) as delivery:
        assert delivery.folder.parent == tmp_path / "unpacked"
    assert list((tmp_path / "unpacked").iterdir()) == []


def test_a_damaged_zip_leaves_nothing(tmp_path):
    (tmp_path / "g.zip").write_bytes(b"PK\x03\x04" + b"x" * 50)
    with pytest.raises(DeliveryUnreadable), open_delivery(tmp_path / "g.zip", state=tmp_path):
        raise AssertionError("it was opened")
    assert list((tmp_path / "unpacked").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "unpacked").write_text("a file")
    with pytest.raises(Busy, match="Không giải nén được"), workplace(tmp_path / "unpacked"):
        raise AssertionError("it was made")
