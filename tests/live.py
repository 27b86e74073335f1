"""The service as it really runs: a Granian worker on a port, asked over the wire."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis_server.cli.serve import BACKLOG, MOST_OPEN
from gis_server.settings import HOME, Settings

START_S = 60.0


@contextmanager
def served(settings: Settings, log: Path) -> Iterator[str]:
    """The address of a running service with these settings."""
    env = {**os.environ, **environment(settings)}
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory", "--no-ws"]
    command += ["--workers", str(settings.workers), "--backlog", str(BACKLOG), "--backpressure", str(MOST_OPEN)]
    command += ["--host", settings.host, "--port", str(settings.port), "gis_server.app:create_worker_service"]
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
    given = settings.model_dump(exclude_none=True, exclude={"home"})
    return {f"BANDO_{name.upper()}": str(value) for name, value in given.items()}


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(f"{address}/health", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{log.read_text(encoding='utf-8')}")
