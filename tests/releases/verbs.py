"""The commands that change what is served, each in a process of its own, and what must hold when it was struck."""

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg

from gis_server.releases.drafts import Wish, discard, publish_drafts
from tests.releases.breaking import PATIENCE_S, Installation

Process = subprocess.Popen[bytes]
LOADS = "SELECT coalesce(max(load_id), 0) FROM meta.load"
STRANGERS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


@dataclass(frozen=True)
class Verb:
    """`begun`: what the database answers differently once the command is at work."""

    name: str
    start: Callable[[Installation], Process]
    settle: Callable[[Installation], str]
    """Checks what the struck command left, tidies up, and says which outcome it was."""
    begun: str


def start_hold(place: Installation) -> Process:
    return place.loader("--hold")


def start_publish(place: Installation) -> Process:
    draft = place.load(hold=True).draft
    return place.bando("publish", str(draft))


def start_rollback(place: Installation) -> Process:
    """Back to some release that held something else than the newest."""
    newest = place.releases[max(place.releases)]
    release = random.choice([number for number, version in place.releases.items() if version != newest])
    place.hoped = place.releases[release]
    return place.bando("rollback", str(release), "--yes")


def settle_release(place: Installation) -> str:
    return "new" if place.check() else "old"


def settle_hold(place: Installation) -> str:
    """Whatever was kept, nothing is served of it."""
    assert not place.check()
    kept = place.check_drafts()
    if kept:
        with place.database().connect() as conn:
            discard(conn, kept)
    return "new" if kept else "old"


def settle_publish(place: Installation) -> str:
    """A draft that is not published is still there, and can be."""
    is_new, kept = place.check(), place.check_drafts()
    assert len(kept) == (0 if is_new else 1)
    if kept:
        with place.database().connect() as conn:
            release = publish_drafts(conn, place.catalog, Wish(kept, "test"))
        assert release is not None
        assert place.check()
    return "new" if is_new else "old"


LOAD = Verb("load", Installation.loader, settle_release, LOADS)
HOLD = Verb("load --hold", start_hold, settle_hold, LOADS)
PUBLISH = Verb("publish", start_publish, settle_publish, STRANGERS)
ROLLBACK = Verb("rollback", start_rollback, settle_release, STRANGERS)
VERBS = (LOAD, HOLD, PUBLISH, ROLLBACK)


@contextmanager
def running(place: Installation, verb: Verb = LOAD) -> Iterator[Process]:
    """A command that has just begun to work; gone when the block ends."""
    process = verb.start(place)
    with psycopg.connect(place.database().url, autocommit=True) as conn:
        before = conn.execute(verb.begun).fetchone()
        while conn.execute(verb.begun).fetchone() == before and process.poll() is None:
            time.sleep(0.005)
    try:
        yield process
    finally:
        end(process)
        wait_for_silence(place)


def end(process: Process) -> None:
    """Wait until the command has ended, whatever it still says."""
    with suppress(ValueError):
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    process.wait(PATIENCE_S)


def wait_for_silence(place: Installation) -> None:
    """A backend whose client is gone may still be carrying out the last thing it was told."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError), psycopg.connect(place.database().url) as conn:
            if conn.execute(STRANGERS).fetchone() == (0,):
                return
        time.sleep(0.02)
    raise AssertionError("somebody is still at work")


def usual_seconds(place: Installation, verb: Verb) -> float:
    """How long an undisturbed command works after it began."""
    with running(place, verb) as process:
        started = time.monotonic()
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, errors.decode()
    seconds = time.monotonic() - started
    assert verb.settle(place) == "new"
    return seconds
