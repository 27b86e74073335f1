"""The processes that serve, and their parent."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from gis_server.cli.workers import listening
from gis_server.db.database import Database
from gis_server.settings import HOME, Settings
from tests.conftest import free_port
from tests.live import environment

PATIENCE_S = 40.0


class Serving:
    """A parent with its workers."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.port, self.log = settings.port, log
        command = [sys.executable, "-m", "gis_server.cli.workers"]
        with log.open("wb") as out:
            env = {**os.environ, **environment(settings)}
            self.parent = subprocess.Popen(command, cwd=HOME, env=env, stdout=out, stderr=out)

    def workers(self) -> set[int]:
        told = subprocess.run(
            ["ps", "-o", "pid=,stat=", "--ppid", str(self.parent.pid)], capture_output=True, text=True, check=False
        )
        return {int(line.split()[0]) for line in told.stdout.splitlines() if "Z" not in line.split()[1]}

    def answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
            return bool(json.load(answer)["database"] == "ok")
        return False

    def wait(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < until, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def listener(self) -> socket.socket:
        """Someone who listens to /events, and has heard the first of it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        heard = b""
        while b"\nid: " not in heard:
            heard += connection.recv(65_536)
        return connection


@pytest.fixture
def own(settings: Settings, make_database: Callable[[], Database], tmp_path: Path) -> Settings:
    changes = {"database_url": make_database().url, "port": free_port(), "state": tmp_path, "workers": 2}
    return settings.model_copy(update=changes)


@contextmanager
def serving(settings: Settings, tmp_path: Path) -> Iterator[Serving]:
    found = Serving(settings, tmp_path / "log")
    try:
        yield found
    finally:
        found.parent.terminate()
        found.parent.wait(20)


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except FileNotFoundError:
        return True


def test_a_killed_worker_is_replaced_and_the_service_ends_at_once_under_listeners(
    own: Settings, tmp_path: Path
) -> None:
    with serving(own, tmp_path) as house:
        house.wait(house.answers)
        house.wait(lambda: len(house.workers()) == 2)
        first = house.workers()
        killed = min(first)
        os.kill(killed, signal.SIGKILL)
        house.wait(lambda: len(house.workers() - first) == 1)
        house.wait(house.answers)
        assert len(house.workers()) == 2
        with house.listener() as listener:
            began = time.monotonic()
            house.parent.send_signal(signal.SIGTERM)
            assert house.parent.wait(10) == 0
            assert time.monotonic() - began < 4
            with suppress(ConnectionResetError):
                while listener.recv(65_536):
                    pass
        log = house.log.read_text(encoding="utf-8")
        assert "Traceback" not in log
        assert "Cancel" not in log, "nobody had to be waited for"


def test_workers_do_not_outlive_their_parent(own: Settings, tmp_path: Path) -> None:
    with serving(own, tmp_path) as house:
        house.wait(house.answers)
        workers = house.workers()
        house.parent.kill()
        house.wait(lambda: all(gone(worker) for worker in workers))


def test_a_service_that_cannot_begin_ends_and_says_why(own: Settings, tmp_path: Path) -> None:
    broken = own.model_copy(update={"anonymous_view": "none"})
    with serving(broken, tmp_path) as house:
        assert house.parent.wait(30) == 1
        assert "none" in house.log.read_text(encoding="utf-8")


def test_the_port_is_ours_alone(own: Settings) -> None:
    with listening(own) as listener:
        listener.listen()
        with pytest.raises(OSError, match="in use"):
            listening(own)
