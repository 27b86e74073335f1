"""The ordinary requests that are read from their bytes: what is taken, the strict parser reads in the same way."""

import random

import httptools
import pytest

from gis_server.web.plain import LONGEST_HEADERS, read_headers, read_line, without_known

MUTATIONS = 30_000
LINE = b"GET /tiles/base_transport.duong_bo/15/26104/15389.mvt?key=abc HTTP/1.1"
ASKED = (
    LINE + b'\r\nHost: bando.example\r\nAccept-Encoding: gzip, br\r\nIf-None-Match: "18bd-gzip"\r\nAccept: */*\r\n\r\n'
)
PIECES = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"\0",
        b"\xff",
        b"\r\n\r\n",
        b"HEAD",
        b"HTTP/1.0",
        b"1",
        b" folded\r\n",
    ),
    *(b"Host: b\r\n", b"If-None-Match: x\r\n", b"Content-Length: 1\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Upgrade: h2c\r\n", b"connection: close\r\n", b"Connection: keep-alive\r\n", b"GET / HTTP/1.1\r\n"),
)


class Strict:
    """All that the service's parser finds in some bytes."""

    def __init__(self, data: bytes) -> None:
        self.url, self.headers, self.body, self.begun, self.ended = b"", [], b"", 0, 0
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode().lower(), value.decode().strip(" \t")))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.ended += 1


def taken(data: bytes) -> tuple[str, str, dict[str, str]] | None:
    """Method, target and headers of a request that the quick way takes."""
    end = data.find(b"\r\n")
    line = read_line(data[:end]) if end > 0 else None
    rest, known = without_known(data[end:])
    headers = read_headers(rest)
    if line is None or headers is None or (known is not None and "if-none-match" in headers):
        return None
    target = f"{line.path}?{line.query}" if line.query else line.path
    found = {**headers, **({} if known is None else {"if-none-match": known.decode("latin-1").strip(" \t")})}
    return "HEAD" if line.is_head else "GET", target, found


def mutated(chance: random.Random) -> bytes:
    data = bytearray(ASKED)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.choice((0, 0, 1, 2, 20))] = chance.choice(PIECES)
    return bytes(data)


def test_an_ordinary_request_is_read() -> None:
    found = taken(ASKED)
    assert found is not None
    assert found[:2] == ("GET", "/tiles/base_transport.duong_bo/15/26104/15389.mvt?key=abc")
    assert found[2]["if-none-match"] == '"18bd-gzip"'


def test_whatever_is_taken_is_one_whole_request_and_the_strict_parser_reads_the_same() -> None:
    chance, taken_ones = random.Random(7), 0
    for _ in range(MUTATIONS):
        data = mutated(chance)
        found = taken(data)
        if found is None or not (
            found[2].get("if-none-match", "").isascii() and found[2].get("if-none-match", "").isprintable()
        ):
            continue
        taken_ones += 1
        strict = Strict(data)
        assert (strict.begun, strict.ended, strict.body) == (1, 1, b""), data
        assert found[0] == strict.parser.get_method().decode(), data
        assert found[1].rstrip("?") == strict.url.decode().rstrip("?"), data
        assert found[2] == dict(strict.headers), data
        assert len(strict.headers) == len(found[2]), data
        assert strict.parser.should_keep_alive(), data
        assert not strict.parser.should_upgrade(), data
    assert taken_ones > MUTATIONS // 20


@pytest.mark.parametrize(
    "more",
    [
        b"Content-Length: 0",
        b"Transfer-Encoding: chunked",
        b"Expect: 100-continue",
        b"Upgrade: websocket",
        b"Connection: close",
        b"Connection: keep-alive, Upgrade",
        b"Host: other.example",
        b"Bad Name: x",
        b"Bad\tName: x",
        b"No-Colon",
        b"X: a\rb",
        b"X: a\nHost: b",
        b"X: \xc3\xa9",
        b": x",
        b" folded: x",
        b"X: " + b"a" * LONGEST_HEADERS,
    ],
)
def test_the_odd_is_left_to_the_strict_parser(more: bytes) -> None:
    assert taken(LINE + b"\r\nHost: a\r\n\r\n") is not None
    assert taken(LINE + b"\r\nHost: a\r\n" + more + b"\r\n\r\n") is None


@pytest.mark.parametrize(
    "data",
    [
        LINE + b"\r\nHost: a\r\n",
        LINE + b"\r\nHost: a\r\n\r",
        LINE + b"\r\nHost: a\r\n\r\nG",
        LINE + b"\r\nHost: a\r\n\r\nIf-None-Match: x\r\n\r\n",
        LINE + b"\r\nHost: a\r\nIf-None-Match: x",
        LINE + b"\r\n\r\n",
        LINE + b"\r\nHost: a b\r\n\r\n",
        b"\r\n" + ASKED,
        ASKED + ASKED,
        ASKED.replace(b"GET", b"POST"),
        ASKED.replace(b"HTTP/1.1", b"HTTP/1.0"),
        ASKED.replace(b" /tiles", b"  /tiles"),
        ASKED.replace(b" /tiles", b" http://a/tiles"),
        ASKED.replace(b"\r\n", b"\n"),
    ],
)
def test_what_is_not_one_whole_ordinary_request_is_not_taken(data: bytes) -> None:
    assert taken(data) is None
