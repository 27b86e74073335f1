"""What befalls a command: it is killed, its terminal is cut, PostgreSQL is killed in parts or as a whole."""

import os
import random
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress

import psycopg

from gis_server.db.cluster import embedded_cluster
from gis_server.db.processes import orphans, postmaster_pid
from tests.releases.breaking import Installation


def kill_loader(place: Installation, loader: "subprocess.Popen[bytes]") -> None:
    loader.kill()


def cut_terminal(place: Installation, loader: "subprocess.Popen[bytes]") -> None:
    """The window is closed: nobody reads any more, and the process is told."""
    assert loader.stdout is not None
    assert loader.stderr is not None
    loader.stdout.close()
    loader.stderr.close()
    loader.send_signal(signal.SIGHUP)


def kill_backend(place: Installation, loader: "subprocess.Popen[bytes]") -> None:
    """One of the loader's own backends; PostgreSQL then restarts all of itself."""
    with suppress(psycopg.OperationalError), psycopg.connect(embedded_cluster(place.settings).url()) as conn:
        mine = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        if pids := [pid for (pid,) in conn.execute(mine)]:
            _kill(random.choice(pids))


def kill_postmaster(place: Installation, loader: "subprocess.Popen[bytes]") -> None:
    if pid := postmaster_pid(embedded_cluster(place.settings).place.data):
        _kill(pid)


def kill_all_of_postgres(place: Installation, loader: "subprocess.Popen[bytes]") -> None:
    """As when the power goes."""
    for pid in list(orphans(embedded_cluster(place.settings).place.data)):
        _kill(pid)


Blow = Callable[[Installation, "subprocess.Popen[bytes]"], None]
BLOWS: tuple[Blow, ...] = (kill_loader, kill_backend, kill_postmaster, kill_all_of_postgres, cut_terminal)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
