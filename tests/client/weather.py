"""Bad weather between the client and the service: a proxy that is busy, hangs up, or breaks answers off, as told."""

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SENTENCES = b'{"status": 503, "detail": "B\xe1\xba\xadn.", "detail_en": "Busy."}'


@dataclass
class Weather:
    """What is to happen to the next requests, one after the other, and what was asked."""

    origin: str
    address: str = ""
    next: list[str] = field(default_factory=list)
    """`busy` 503, `gone` hung up on, `cut:1000` broken off after so many bytes, `stranger` another's page."""
    meanwhile: Callable[[], object] = lambda: None
    """What happens elsewhere at `elsewhere`, after which the request is answered."""
    asked: list[tuple[str, str | None, int]] = field(default_factory=list)
    """Of each request its query, its Range, and the status answered."""

    def release_of(self, place: int) -> str | None:
        return parse_qs(urlsplit(self.asked[place][0]).query).get("release", [None])[0]


@contextmanager
def weather(origin: str) -> Iterator[Weather]:
    """A proxy before the service at `origin`."""
    sky = Weather(origin)

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pass_on(self, sky)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    sky.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield sky
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pass_on(caller: BaseHTTPRequestHandler, sky: Weather) -> None:
    event = sky.next.pop(0) if sky.next else "fine"
    asked = caller.path, caller.headers["Range"]
    caller.close_connection = True
    if event == "gone":
        sky.asked.append((*asked, 0))
        return
    if event == "busy":
        sky.asked.append((*asked, 503))
        answer(caller, 503, {"Retry-After": "0", "Content-Length": str(len(SENTENCES))}, SENTENCES)
        return
    if event == "elsewhere":
        sky.meanwhile()
    if event == "stranger":
        answer(caller, 200, {"Content-Length": "4"}, b"<p/>")
        return
    status, headers, body = fetched(caller, sky.origin)
    sky.asked.append((*asked, status))
    answer(caller, status, headers, body[: int(event[4:])] if event.startswith("cut:") else body)


def fetched(caller: BaseHTTPRequestHandler, origin: str) -> tuple[int, dict[str, str], bytes]:
    size = int(caller.headers["Content-Length"] or 0)
    body = caller.rfile.read(size) if size else None
    kept = {name: value for name, value in caller.headers.items() if name.lower() not in ("host", "connection")}
    request = urllib.request.Request(f"{origin}{caller.path}", data=body, headers=kept, method=caller.command)
    try:
        found = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        found = error
    with found:
        return found.status, dict(found.headers.items()), found.read()


def answer(caller: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    caller.send_response_only(status)
    for name, value in headers.items():
        if name.lower() not in ("connection", "transfer-encoding"):
            caller.send_header(name, value)
    caller.end_headers()
    caller.wfile.write(body)
