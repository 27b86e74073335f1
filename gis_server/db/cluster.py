"""The embedded private cluster: made on first use, started on demand, reachable over its own unix socket only."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from gis_server.db.binaries import Binaries, find_binaries
from gis_server.db.place import SOCKET_NAME, Place, choose_place
from gis_server.db.processes import end_orphans, postmaster_pid
from gis_server.db.tuning import conf_text, server_settings
from gis_server.errors import DatabaseMissing
from gis_server.settings import Settings

SUPERUSER = "postgres"
DATABASE = "bando"
HBA = "# Only over the unix socket, whose folder belongs to the cluster's account alone.\nlocal all all trust\n"
START_PATIENCE_S = 600
"""Recovery after a crash in the middle of a large load may take minutes."""
SOCKET_PATIENCE_S = 10
"""A new postmaster has its socket long before that."""


@dataclass(frozen=True)
class ClusterStatus:
    """What `bando db status` tells."""

    running: bool
    pid: int | None
    folder: Path
    socket: Path
    account: str
    made: bool


@dataclass(frozen=True)
class Cluster:
    """One private PostgreSQL; `extra` adds to its tuned settings (tests switch fsync off)."""

    place: Place
    extra: Mapping[str, str] = field(default_factory=dict)

    def url(self, database: str = DATABASE) -> str:
        """As the cluster's superuser; no password, the socket's folder is the lock."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.place.socket), safe='')}"

    def start(self) -> None:
        """Bring the cluster up; nothing to do when it is. Two commands at once wait for each other."""
        if self.is_ready():
            return
        with self._locked():
            if not self.is_ready():
                self._bring_up()

    def stop(self) -> bool:
        """Stop the cluster in good order; False when it was not running."""
        with self._locked():
            return self._shut_down("fast")

    def reset(self) -> None:
        """Stop the cluster and delete everything in it."""
        with self._locked():
            self._shut_down("immediate")
            end_orphans(self.place.data, patience_s=1)
            for folder in (self.place.data, self.place.unfinished, self.place.log):
                shutil.rmtree(folder, ignore_errors=True)

    def status(self) -> ClusterStatus:
        place = self.place
        pid = postmaster_pid(place.data)
        return ClusterStatus(self.is_ready(), pid, place.folder, place.socket, place.account.name, place.data.exists())

    def is_ready(self) -> bool:
        """Whether the cluster accepts connections now."""
        if not (self.place.socket / SOCKET_NAME).exists():
            return False
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    def _bring_up(self) -> None:
        binaries = self._binaries()
        if not self.place.data.exists():
            self._create(binaries)
        self._configure(binaries)
        if not self._wait_for_running():
            self._clear_stale_files()
            self._launch(binaries)

    def _binaries(self) -> Binaries:
        version = self.place.data / "PG_VERSION"
        return find_binaries(int(version.read_text()) if version.exists() else None)

    def _create(self, binaries: Binaries) -> None:
        """initdb works beside and the folder is named when all is there: half a cluster is never taken for one."""
        target = self.place.unfinished
        shutil.rmtree(target, ignore_errors=True)
        command = [binaries.program("initdb"), "-D", str(target), "-U", SUPERUSER, "--encoding=UTF8"]
        done = self.place.account.run([*command, "--locale=C.UTF-8", "--auth=trust", "--no-instructions"])
        if done.returncode != 0:
            raise _failed("tạo", "made", done.stderr.strip()[-2000:], self.place.folder)
        (target / "pg_hba.conf").write_text(HBA)
        with (target / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude = 'bando.conf'\n")
        target.rename(self.place.data)

    def _configure(self, binaries: Binaries) -> None:
        self.place.log.mkdir(exist_ok=True)
        self.place.account.own(self.place.log, 0o700)
        conf = self.place.data / "bando.conf"
        conf.write_text(conf_text(server_settings(self.place, binaries, self.extra)))
        self.place.account.own(conf, 0o600)

    def _wait_for_running(self) -> bool:
        """A postmaster that is there but not ready is starting, recovering or stopping: let it finish."""
        deadline = time.monotonic() + START_PATIENCE_S
        while postmaster_pid(self.place.data) is not None:
            if self.is_ready():
                return True
            if self._lost_its_socket():
                self._shut_down("fast")
            if time.monotonic() > deadline:
                raise _failed("khởi động", "started", self._last_words(), self.place.folder)
            time.sleep(0.1)
        return False

    def _lost_its_socket(self) -> bool:
        """Whatever tidies /tmp may have deleted it, and PostgreSQL does not make it again while it runs."""
        pid_file = self.place.data / "postmaster.pid"
        return not self._socket_file().exists() and time.time() - pid_file.stat().st_mtime > SOCKET_PATIENCE_S

    def _clear_stale_files(self) -> None:
        """After kill -9 the old pid may belong to a stranger by now, and PostgreSQL would refuse to start."""
        end_orphans(self.place.data)
        for stale in (self.place.data / "postmaster.pid", self._socket_file(), self._socket_file(".lock")):
            stale.unlink(missing_ok=True)

    def _launch(self, binaries: Binaries) -> None:
        command = [binaries.program("pg_ctl"), "start", "-w", "-t", str(START_PATIENCE_S)]
        done = self.place.account.run([*command, "-D", str(self.place.data), "-l", str(self.place.log / "start.log")])
        if done.returncode != 0:
            raise _failed("khởi động", "started", self._last_words() or done.stderr.strip(), self.place.folder)

    def _shut_down(self, mode: str) -> bool:
        if postmaster_pid(self.place.data) is None:
            return False
        command = [self._binaries().program("pg_ctl"), "stop", "-w", "-t", "120", "-m", mode]
        done = self.place.account.run([*command, "-D", str(self.place.data)])
        if done.returncode != 0 and postmaster_pid(self.place.data) is not None:
            raise _failed("dừng", "stopped", done.stderr.strip(), self.place.folder)
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One command at a time; the lock goes with the process that holds it."""
        file = os.open(self.place.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self.place.account.own(self.place.folder / "lock", 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def _socket_file(self, ending: str = "") -> Path:
        return self.place.socket / f"{SOCKET_NAME}{ending}"

    def _last_words(self) -> str:
        """The end of the newest log."""
        logs = sorted(self.place.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "\n".join(line for log in logs[-2:] for line in log.read_text(errors="replace").splitlines()[-8:])


def embedded_cluster(settings: Settings, extra: Mapping[str, str] | None = None) -> Cluster:
    """The cluster of this installation, running or not."""
    return Cluster(choose_place(settings.state_folder), extra or {})


def _failed(vi: str, en: str, log: str, folder: Path) -> DatabaseMissing:
    return DatabaseMissing(
        f"Không {vi} được cụm PostgreSQL ở {folder}. Nhật ký ghi:\n{log}",
        f"The PostgreSQL cluster in {folder} could not be {en}; its log is above.",
    )
