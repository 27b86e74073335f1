"""The embedded cluster comes up whatever happened to it before, for root and for ordinary users, and never over TCP."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gis_server.db import binaries
from gis_server.db.account import my_account
from gis_server.db.cluster import Cluster, embedded_cluster
from gis_server.db.place import ELSEWHERE, choose_place
from gis_server.db.processes import postmaster_pid
from gis_server.errors import DatabaseMissing
from gis_server.settings import HOME, Settings

FAST = {"fsync": "off", "shared_buffers": "32MB"}
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bando-cluster-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(choose_place(folder / "state"), FAST)
    yield cluster
    cluster.reset()


def answer(cluster: Cluster, question: str) -> object:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as conn:
        cursor = conn.execute(question.encode())
        return cursor.fetchone()[0] if cursor.description else None


def python(code: str, program: str = sys.executable, **options: object) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": HOME}
    return subprocess.Popen([program, "-c", code], **pipes, **options)


def python_as_nobody(code: str) -> tuple[str, str]:
    """Our interpreter may lie where only root can reach; then another of the same version runs our libraries."""
    someone = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    reachable = subprocess.run(["test", "-x", os.path.realpath(sys.executable)], check=False, **someone).returncode == 0
    program = sys.executable if reachable else f"/usr/bin/python3.{sys.version_info.minor}"
    path = os.pathsep.join([str(HOME), *(entry for entry in sys.path if entry.endswith("site-packages"))])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return python(code, program, env=environment, **someone).communicate(timeout=60)


def test_it_starts_when_asked_and_stops_when_told(cluster):
    assert not cluster.status().made
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1
    assert cluster.status().running
    assert cluster.stop()
    assert not cluster.status().running
    assert not cluster.stop()


def test_it_listens_on_its_socket_alone_and_only_its_account_may_enter(cluster):
    cluster.start()
    assert answer(cluster, "SHOW listen_addresses") == ""
    assert answer(cluster, "SHOW server_encoding") == "UTF8"
    assert answer(cluster, "SHOW jit") == "off"
    assert cluster.place.socket.stat().st_mode & 0o077 == 0
    assert cluster.place.data.stat().st_mode & 0o077 == 0


def test_two_starts_at_once_make_one_cluster(folder):
    state = folder / "state"
    code = (
        "from gis_server.db.cluster import embedded_cluster; from gis_server.settings import Settings; "
        f"cluster = embedded_cluster(Settings(state={str(state)!r}), {FAST!r}); cluster.start(); "
        "print(cluster.status().pid)"
    )
    try:
        pids = [process.communicate(timeout=60) for process in [python(code) for _ in range(3)]]
        assert len({out for out, _ in pids}) == 1, pids
        assert pids[0][0].strip().isdigit(), pids
    finally:
        embedded_cluster(Settings(state=state)).reset()


def test_it_survives_kill_9_of_the_postmaster_while_a_backend_is_busy(cluster):
    cluster.start()
    answer(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
    pid = postmaster_pid(cluster.place.data)
    busy = python(
        f"import psycopg; psycopg.connect({cluster.url('postgres')!r}).execute("
        "'SELECT count(*) FROM generate_series(1, 100000000000)')"
    )
    while answer(cluster, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series%'") != 2:
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    cluster.start()
    assert answer(cluster, "SELECT n FROM kept") == 7
    assert postmaster_pid(cluster.place.data) != pid
    busy.communicate(timeout=30)


def test_a_stale_pid_file_whose_number_a_stranger_got_is_no_obstacle(cluster):
    """PostgreSQL alone would refuse: the process is alive and of the same account."""
    cluster.start()
    lines = (cluster.place.data / "postmaster.pid").read_text().splitlines()
    os.kill(int(lines[0]), signal.SIGKILL)
    owner = (
        {} if cluster.place.account.is_me else {"user": cluster.place.account.uid, "group": cluster.place.account.gid}
    )
    stranger = subprocess.Popen(["sleep", "300"], cwd="/", **owner)
    try:
        for file in (cluster.place.data / "postmaster.pid", cluster.place.socket / ".s.PGSQL.5432.lock"):
            file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        cluster.start()
        assert answer(cluster, "SELECT 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("content", ["", "not a number", "999999999"], ids=["empty", "garbage", "no such process"])
def test_a_broken_pid_file_is_no_obstacle(cluster, content):
    cluster.start()
    cluster.stop()
    (cluster.place.data / "postmaster.pid").write_text(content)
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1


def test_a_socket_that_someone_tidied_away_comes_back(cluster, monkeypatch):
    monkeypatch.setattr("gis_server.db.cluster.SOCKET_PATIENCE_S", 0)
    cluster.start()
    pid = postmaster_pid(cluster.place.data)
    (cluster.place.socket / ".s.PGSQL.5432").unlink()
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1
    assert postmaster_pid(cluster.place.data) != pid


def test_half_an_initdb_is_begun_again(cluster):
    cluster.place.unfinished.mkdir()
    (cluster.place.unfinished / "PG_VERSION").write_text("15")
    cluster.start()
    assert answer(cluster, "SELECT 1") == 1
    assert not cluster.place.unfinished.exists()


def test_reset_deletes_everything_and_the_next_start_begins_anew(cluster):
    cluster.start()
    answer(cluster, "CREATE TABLE gone (n int)")
    cluster.reset()
    assert not cluster.place.data.exists()
    cluster.start()
    assert answer(cluster, "SELECT to_regclass('gone')") is None


def test_a_long_path_gets_a_short_socket(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    cluster = Cluster(choose_place(deep), FAST)
    try:
        cluster.start()
        assert answer(cluster, "SELECT 1") == 1
        assert len(os.fsencode(cluster.place.socket)) < 50
        assert cluster.place.socket.stat().st_mode & 0o077 == 0
        assert choose_place(deep) == cluster.place
    finally:
        cluster.reset()
        shutil.rmtree(cluster.place.socket)


def test_a_short_socket_folder_of_someone_else_is_refused(folder):
    deep = folder / ("d" * 60) / ("e" * 60)
    place = choose_place(deep)
    shutil.rmtree(place.socket)
    place.socket.symlink_to(folder)
    try:
        with pytest.raises(DatabaseMissing, match="belongs to another user"):
            choose_place(deep)
    finally:
        place.socket.unlink()


@as_root
def test_under_a_closed_folder_root_puts_it_where_its_account_can_reach(tmp_path):
    """pytest's folders, like /root, let nobody else pass."""
    cluster = Cluster(choose_place(tmp_path / "state"), FAST)
    try:
        assert cluster.place.folder.parent == ELSEWHERE
        cluster.start()
        assert answer(cluster, "SELECT 1") == 1
        assert choose_place(tmp_path / "state") == cluster.place
    finally:
        cluster.reset()
        shutil.rmtree(cluster.place.folder)


@as_root
def test_root_runs_it_as_someone_else(cluster):
    cluster.start()
    pid = postmaster_pid(cluster.place.data)
    assert Path(f"/proc/{pid}").stat().st_uid == my_account().uid != 0


@as_root
def test_an_ordinary_user_runs_it_as_itself_and_root_finds_it_again(folder):
    os.chown(folder, NOBODY, NOBODY)
    code = (
        "from gis_server.db.cluster import embedded_cluster; from gis_server.db.database import open_database; "
        f"from gis_server.settings import Settings; settings = Settings(state={str(folder / 'state')!r}); "
        f"embedded_cluster(settings, {FAST!r}).start(); "
        "print(open_database(settings).connect('load').execute('SELECT current_user').fetchone()[0])"
    )
    out, err = python_as_nobody(code)
    cluster = embedded_cluster(Settings(state=folder / "state"), FAST)
    try:
        assert out.strip() == "bando_load", err
        assert cluster.place.account.uid == NOBODY
        assert Path(f"/proc/{cluster.status().pid}").stat().st_uid == NOBODY
        cluster.stop()
        cluster.start()
        assert answer(cluster, "SELECT 1") == 1
        assert Path(f"/proc/{cluster.status().pid}").stat().st_uid == NOBODY
    finally:
        cluster.reset()


@as_root
def test_someone_elses_cluster_is_refused_with_a_sentence(cluster, folder):
    cluster.start()
    code = (
        "from gis_server.db.place import choose_place; from pathlib import Path; "
        f"choose_place(Path({str(folder / 'state')!r}))"
    )
    _, err = python_as_nobody(code)
    assert f"belongs to the account {cluster.place.account.name}" in err


def test_missing_programs_are_named_with_the_command_that_installs_them(cluster, monkeypatch):
    monkeypatch.setattr(binaries, "FOLDERS", ())
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(DatabaseMissing, match="apt-get install") as caught:
        cluster.start()
    assert "cài đặt" in caught.value.vi


def test_a_cluster_of_another_version_asks_for_that_version(cluster):
    cluster.place.data.mkdir()
    (cluster.place.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseMissing, match="PostgreSQL 14"):
        cluster.start()


def test_a_cluster_that_cannot_start_shows_its_last_words(cluster):
    cluster.start()
    cluster.stop()
    broken = Cluster(cluster.place, {"shared_buffers": "nonsense"})
    with pytest.raises(DatabaseMissing, match="nonsense"):
        broken.start()


def test_postgis_too_old_does_not_count(monkeypatch):
    old = binaries.Binaries(Path("/opt/pg"), 16, (3, 2), "")
    monkeypatch.setattr(binaries, "installations", lambda: [old])
    with pytest.raises(DatabaseMissing, match=r"PostGIS 3\.2"):
        binaries.find_binaries()
