"""The service as it really runs: its workers on a port, asked over the wire."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gis_server.db.database import Database
from gis_server.settings import HOME, Settings
from tests.conftest import free_port

START_S = 60.0


@dataclass(frozen=True)
class Running:
    """A service that runs, and the settings that it runs with."""

    address: str
    settings: Settings

    @property
    def keys(self) -> Path:
        assert self.settings.keys_file is not None
        return self.settings.keys_file


Wire = Callable[..., AbstractContextManager[Running]]


@pytest.fixture(scope="session")
def wire(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Wire:
    """Runs the service on a database, with a folder of its own and other settings where a test wants them."""

    @contextmanager
    def opened(database: Database, **changes: Any) -> Iterator[Running]:
        folder = tmp_path_factory.mktemp("service")
        own = {"database_url": database.url, "port": free_port(), "state": folder, "keys_file": folder / "keys.yaml"}
        given = settings.model_copy(update={**own, **changes})
        with served(given, folder / "serve.log") as address:
            yield Running(address, given)

    return opened


@contextmanager
def served(settings: Settings, log: Path) -> Iterator[str]:
    """The address of a running service with these settings."""
    env = {**os.environ, **environment(settings)}
    command = [sys.executable, "-m", "gis_server.cli.workers"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=HOME, env=env, stdout=out, stderr=out)
        try:
            address = f"http://{settings.host}:{settings.port}"
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def environment(settings: Settings) -> dict[str, str]:
    """Settings as a worker reads them."""
    given = settings.model_dump(exclude_none=True)
    return {f"BANDO_{name.upper()}": str(value) for name, value in given.items()}


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{log.read_text(encoding='utf-8')}")
