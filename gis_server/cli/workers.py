"""The parent of the processes that serve: they share one listening socket; one that dies is begun anew."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

from gis_server.settings import HOME, Settings

COMMAND = (sys.executable, "-m", "gis_server.cli.worker")
PATIENCE_S = 10.0
"""Workers that have not ended by then are killed."""
LOOKED_EVERY_S = 0.2
PAUSE_S = 5.0
"""Between a worker that could not begin and the next one."""
Process = subprocess.Popen[bytes]


class Workers:
    """As many as the settings say, until a signal ends them."""

    def __init__(self, settings: Settings) -> None:
        self._listener = listening(settings)
        self._running: set[Process] = set()
        self._due_s = [0.0] * settings.workers
        """When those who are missing are to begin."""
        self._is_over = False

    def run(self) -> int:
        """Serve; 0 when it was ended, 1 when no worker could begin."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        self._begin()
        while not self._is_over and self._running:
            time.sleep(LOOKED_EVERY_S)
            self._look()
            self._begin()
        self._listener.close()
        self._stop()
        return 0 if self._is_over else 1

    def _begin(self) -> None:
        number, now_s = self._listener.fileno(), time.monotonic()
        command = [*COMMAND, str(number), str(os.getpid())]
        for due_s in [one for one in self._due_s if one <= now_s]:
            self._due_s.remove(due_s)
            self._running.add(subprocess.Popen(command, cwd=HOME, pass_fds=[number]))

    def _look(self) -> None:
        """Who was killed is replaced at once; who could not serve, as with a broken setting, after a while."""
        for worker in [one for one in self._running if one.poll() is not None]:
            self._running.remove(worker)
            self._due_s.append(time.monotonic() + (PAUSE_S if worker.returncode > 0 else 0.0))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._is_over = True

    def _stop(self) -> None:
        for worker in self._running:
            worker.terminate()
        until = time.monotonic() + PATIENCE_S
        for worker in self._running:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(max(0.0, until - time.monotonic()))
            if worker.poll() is None:
                worker.kill()


def listening(settings: Settings) -> socket.socket:
    """The socket of host and port, ours alone."""
    host = settings.host.strip("[]")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, settings.port))
    except OSError:
        listener.close()
        raise
    return listener


def main() -> int:
    return Workers(Settings()).run()


if __name__ == "__main__":
    sys.exit(main())
