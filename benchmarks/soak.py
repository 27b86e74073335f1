"""Ten minutes of everything at once, callers who hang up included: memory and open files at the end against the start.

`python -m benchmarks.soak [minutes]` on the loaded installation of BANDO_STATE; `python -m benchmarks.soak listeners
[how many]` holds that many `/events` open on one worker while a release comes.
"""

import http.client
import math
import random
import resource
import socket
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation, here
from benchmarks.tiles_http import service
from benchmarks.wire import free_port

MINUTES, WARM_UP_MINUTES = 10.0, 2.0
CALLERS, HANGING_UP = 6, 2
ZOOMS = range(10, 18)
WORDS = ("le loi", "Nguyễn", "tờ 1 thửa 2", "123/4 Lê Văn", "10.77, 106.69", "công viên", "26740")
Asking = Callable[[random.Random], str]


@dataclass
class Heard:
    """Statuses of everything that the service at a port answered, and what was asked where something broke."""

    port: int
    statuses: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    ends: threading.Event = field(default_factory=threading.Event)


def bench(place: Bench, minutes: float = MINUTES) -> None:
    heard = Heard(free_port())
    with service(place, heard.port) as process:
        asking = list(_askings(heard.port))
        threads = [threading.Thread(target=_ask, args=(number, asking, heard)) for number in range(CALLERS)]
        threads += [threading.Thread(target=_hang_up, args=(number, asking, heard)) for number in range(HANGING_UP)]
        for thread in threads:
            thread.start()
        time.sleep(60 * min(WARM_UP_MINUTES, minutes / 4))
        early = _state_of(process.pid)
        time.sleep(60 * (minutes - min(WARM_UP_MINUTES, minutes / 4)))
        late = _state_of(process.pid)
        heard.ends.set()
        for thread in threads:
            thread.join()
    claim(
        f"soak: memory after {minutes:g} min, {sum(heard.statuses.values()):,} answers",
        late[0],
        early[0],
        "MiB",
        "MiB early on",
    )
    claim("soak: open files at the end", late[1], early[1], "", "early on")
    claim("soak: answers 5xx", sum(n for status, n in heard.statuses.items() if status >= 500), 1, "", "allowed: none")
    CONSOLE.print(f"    {dict(sorted(heard.statuses.items()))} {dict(heard.broken)}", style="dim")


def _askings(port: int) -> Iterator[Asking]:
    """Ways to make an address, tiles most often."""
    west, south, east, north = _json(port, "/tiles/nen")["bounds"]

    def spot(luck: random.Random) -> tuple[float, float]:
        return luck.uniform(west, east), luck.uniform(south, north)

    def tile(luck: random.Random) -> str:
        zoom, (lon, lat) = luck.choice(ZOOMS), spot(luck)
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return f"/tiles/nen/{zoom}/{int((lon / 360 + 0.5) * 2**zoom)}/{int(y * 2**zoom)}.mvt"

    def features(luck: random.Random) -> str:
        lon, lat = spot(luck)
        form = luck.choice(("json", "html", "jsonfg"))
        box = f"{lon:.5f},{lat:.5f},{lon + 0.004:.5f},{lat + 0.004:.5f}"
        return f"/collections/base_transport.duong_bo/items?bbox={box}&f={form}&limit=200"

    def identify(luck: random.Random) -> str:
        lon, lat = spot(luck)
        return f"/query/identify?lon={lon:.5f}&lat={lat:.5f}&radius=30"

    def search(luck: random.Random) -> str:
        return "/search?" + urllib.parse.urlencode({"q": luck.choice(WORDS)})

    yield from (tile, tile, tile, tile, features, identify, search)


def _ask(number: int, asking: list[Asking], heard: Heard) -> None:
    luck, caller = random.Random(number), http.client.HTTPConnection("127.0.0.1", heard.port, timeout=60)
    while not heard.ends.is_set():
        path = luck.choice(asking)(luck)
        try:
            caller.request("GET", path, headers={"Accept-Encoding": luck.choice(("gzip", "zstd", "identity"))})
            answer = caller.getresponse()
            answer.read()
            heard.statuses[answer.status] += 1
            if answer.status >= 400:
                heard.broken[f"{answer.status} {path.split('?')[0].split('/')[1]}"] += 1
        except (OSError, http.client.HTTPException) as error:
            heard.broken[type(error).__name__] += 1
            caller.close()
    caller.close()


def _hang_up(number: int, asking: list[Asking], heard: Heard) -> None:
    """Asks for much, reads a little, and is gone."""
    luck = random.Random(100 + number)
    long = (
        "/collections/base_transport.duong_bo/items?f=csv",
        "/events",
        "/collections/base_transport.duong_bo/items?limit=10000",
    )
    while not heard.ends.is_set():
        path = luck.choice((*long, luck.choice(asking)(luck)))
        with suppress(OSError), _asked(heard.port, path) as line:
            line.recv(luck.choice((1, 100, 4_000)))
        time.sleep(luck.uniform(0, 0.05))


def listeners(many: int) -> None:
    """Callers who listen on one worker of an installation of its own: their cost, and when all know of a release."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with fresh_installation() as place, tempfile.TemporaryDirectory() as folder:
        for seed in ("7", "8"):
            place.bando("sample", "--wards", "1", "--seed", seed, "--out", f"{folder}/{seed}")
        place.bando("load", f"{folder}/7")
        port = free_port()
        with service(place, port) as process:
            quiet, came = _state_of(process.pid)[0], time.perf_counter()
            lines = [_asked(port, "/events") for _ in range(many)]
            for line in lines:
                _hear(line, b"event: release")
            claim(
                f"{many:,} comers at once: all told", time.perf_counter() - came, 20, "s", "s when each read by itself"
            )
            claim(
                f"{many:,} listeners: memory of the service", _state_of(process.pid)[0], quiet, "MiB", "MiB with none"
            )
            took = place.bando("load", f"{folder}/8").seconds
            began = time.perf_counter()
            for line in lines:
                _hear(line, b"event: release")
            last = time.perf_counter() - began
            claim(f"{many:,} listeners: the last heard, after the load", last, took, "s", "s that load")
            claim(f"{many:,} listeners: memory afterwards", _state_of(process.pid)[0], quiet, "MiB", "MiB with none")
            for line in lines:
                line.close()


def _asked(port: int, path: str) -> socket.socket:
    """A line on which the question went out and no answer was read."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return line


def _hear(line: socket.socket, words: bytes) -> None:
    found = b""
    while words not in found:
        more = line.recv(4_000)
        if not more or b" 503 " in found[:20]:
            raise ConnectionError(f"hung up on: {found[:200]!r}")
        found += more


def _state_of(parent: int) -> tuple[float, float]:
    """Resident MiB and open files of a process and all that it started."""
    family = list(_family(parent))
    pages = sum(int((Path("/proc") / pid / "statm").read_text().split()[1]) for pid in family)
    return pages * 4 / 1024, float(sum(len(list((Path("/proc") / pid / "fd").iterdir())) for pid in family))


def _family(parent: int) -> Iterator[str]:
    yield str(parent)
    for children in (Path("/proc") / str(parent) / "task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _json(port: int, path: str) -> dict[str, list[float]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        found: dict[str, list[float]] = orjson.loads(answer.read())
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["listeners"]:
        listeners(int(sys.argv[2]) if sys.argv[2:] else 5_000)
    else:
        bench(here(), float(sys.argv[1]) if sys.argv[1:] else MINUTES)
