"""`bando up`, `down`, `serve` and `key` as they are typed."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis_server.db.database import Database
from gis_server.errors import EXIT_CODE, SettingInvalid
from gis_server.settings import HOME
from tests.conftest import free_port

Bando = Callable[..., "subprocess.CompletedProcess[str]"]
REFUSED = EXIT_CODE[SettingInvalid]


@pytest.fixture(scope="module")
def machine(make_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an installation of its own."""
    given = {"STATE": str(tmp_path_factory.mktemp("state")), "PORT": str(free_port()), "WORKERS": "1"}
    given["DATABASE_URL"] = make_database().url
    return {**os.environ, **{f"BANDO_{name}": value for name, value in given.items()}}


@pytest.fixture(scope="module")
def bando(machine: dict[str, str]) -> Iterator[Bando]:
    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "gis_server.cli.main", *words]
        env = {**machine, **more}
        return subprocess.run(command, env=env, cwd=HOME, capture_output=True, text=True, timeout=120, check=False)

    yield run
    run("down")


def health(machine: dict[str, str], **headers: str) -> dict[str, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{machine['BANDO_PORT']}/health", headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def test_up_returns_when_it_answers_and_again_at_once_and_down_ends_it(bando: Bando, machine: dict[str, str]) -> None:
    first = bando("up")
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"http://127.0.0.1:{machine['BANDO_PORT']}/" in first.stdout
    assert health(machine)["view"] == "public"
    pid = (Path(machine["BANDO_STATE"]) / "serve.pid").read_text(encoding="ascii")
    again = bando("up")
    assert again.returncode == 0
    assert (Path(machine["BANDO_STATE"]) / "serve.pid").read_text(encoding="ascii") == pid
    assert bando("down").returncode == 0
    with pytest.raises(OSError, match="refused"):
        health(machine)
    assert "No service" in bando("down").stdout


def test_up_names_the_address_of_a_service_that_runs_elsewhere_and_leaves_it_alone(
    bando: Bando, machine: dict[str, str]
) -> None:
    try:
        assert bando("up").returncode == 0
        refused = bando("up", BANDO_PORT=str(free_port()))
        assert refused.returncode == REFUSED
        assert f"127.0.0.1:{machine['BANDO_PORT']}" in refused.stderr
        assert health(machine)["database"] == "ok"
    finally:
        bando("down")


def test_a_demonstration_opens_everything_here_and_says_so(bando: Bando, machine: dict[str, str]) -> None:
    try:
        started = bando("up", "--demo")
        assert started.returncode == 0, started.stdout + started.stderr
        assert "Demonstration" in started.stdout
        assert health(machine)["view"] == "full"
        assert health(machine, **{"X-Forwarded-For": "10.0.0.1"})["view"] == "public"
    finally:
        bando("down")


def test_up_demo_does_not_pretend_when_the_service_runs_without_it(bando: Bando, machine: dict[str, str]) -> None:
    try:
        assert bando("up").returncode == 0
        refused = bando("up", "--demo")
        assert refused.returncode == REFUSED
        assert "bando down" in refused.stderr
        assert health(machine)["view"] == "public"
    finally:
        bando("down")


@pytest.mark.parametrize("verb", ["up", "serve"])
def test_a_demonstration_is_refused_where_others_can_reach_it(bando: Bando, verb: str) -> None:
    refused = bando(verb, "--demo", BANDO_HOST="0.0.0.0")
    assert refused.returncode == REFUSED
    assert "only on 127.0.0.1" in refused.stderr


@pytest.mark.parametrize("verb", ["up", "serve"])
def test_a_taken_port_is_told_of_with_another(bando: Bando, verb: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        refused = bando(verb, BANDO_PORT=str(port))
    assert refused.returncode == REFUSED
    assert f"BANDO_PORT={port + 1}" in refused.stderr


def test_a_stale_pid_file_is_no_obstacle(bando: Bando, machine: dict[str, str]) -> None:
    (Path(machine["BANDO_STATE"]) / "serve.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
    try:
        assert bando("up").returncode == 0
        assert health(machine)["database"] == "ok"
    finally:
        assert bando("down").returncode == 0


def test_a_key_is_shown_once_works_and_can_be_taken_away(bando: Bando, machine: dict[str, str]) -> None:
    key = bando("key", "add", "Sở Y", "--view", "agency").stdout.strip()
    assert key.startswith("bando_")
    try:
        bando("up")
        assert health(machine, **{"Bando-Key": key})["view"] == "agency"
        listed = bando("key", "list").stdout
        assert "Sở Y" in listed
        assert key not in listed
        assert bando("key", "remove", "Sở Y").returncode == 0
        with pytest.raises(OSError, match="401"):
            health(machine, **{"Bando-Key": key})
    finally:
        bando("down")
    assert bando("key", "remove", "Sở Y").returncode == REFUSED


def test_a_key_for_a_view_that_does_not_exist_is_refused(bando: Bando) -> None:
    refused = bando("key", "add", "Ai đó", "--view", "nobody")
    assert refused.returncode == REFUSED
    assert "public, agency, full" in refused.stderr


def test_a_broken_key_file_is_told_of_before_the_service_starts(bando: Bando, machine: dict[str, str]) -> None:
    path = Path(machine["BANDO_STATE"]) / "broken.yaml"
    path.write_text("what: {view: agency}\n", encoding="utf-8")
    refused = bando("up", BANDO_KEYS_FILE=str(path))
    assert refused.returncode == REFUSED
    assert "broken.yaml" in refused.stderr
