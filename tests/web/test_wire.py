"""The connection itself: raw bytes to a protocol with a small application behind it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from gis_server.web import wire
from gis_server.web.service import CallerLeft, Service
from gis_server.web.worker import configured

PART = b"x" * 65_536
TILE = b"GET /tile HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass
class House:
    """An application that does what its path says, and what it went through."""

    asked: list[str] = field(default_factory=list)
    quick: list[bytes] = field(default_factory=list)
    sent: int = 0
    left: list[type[BaseException]] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    state: ServerState = field(default_factory=ServerState)
    callers: "list[Caller]" = field(default_factory=list)

    def quickly(self, data: bytes, stamp: bytes) -> bytes | None:
        if data != TILE:
            return None
        self.quick.append(data)
        return b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n" + stamp + b"quick"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        try:
            if scope["path"] == "/wait":
                await self.go.wait()
            await (self._without_end(send) if scope["path"] == "/endless" else self._plainly(scope, send))
        except BaseException as error:
            self.left.append(type(error))
            raise

    async def _plainly(self, scope: Scope, send: Send) -> None:
        body = scope["path"].encode()
        length = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body})

    async def _without_end(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": PART, "more_body": True})
            self.sent += len(PART)
            await asyncio.sleep(0)

    async def connect(self) -> "Caller":
        self.callers.append(Caller(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.callers[-1]

    def hang_up_after(self, seconds: float) -> None:
        now_s = asyncio.get_running_loop().time()
        for connection in tuple(self.state.connections):
            connection.hang_up(now_s + seconds)  # type: ignore[union-attr]


@dataclass
class Caller:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer that tells its length."""
        async with asyncio.timeout(5):
            head = await self.reader.readuntil(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))
            return int(head.split(b" ")[1]), await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """Everything until the service hangs up."""
        async with asyncio.timeout(5):
            return await self.reader.read()


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    service = Service(house, house.quickly, lambda: None, b"server: test\r\n\r\n")
    config = configured(lambda: service)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: wire.Wire(config, house.state, {}, loop), "127.0.0.1", 0)
    house.port = server.sockets[0].getsockname()[1]
    yield house
    house.go.set()
    for caller in house.callers:
        caller.writer.transport.abort()
    await asyncio.sleep(0.05)
    server.close()
    await server.wait_closed()


@pytest_asyncio.fixture
async def caller(house: House) -> AsyncIterator[Caller]:
    yield await house.connect()


def get(path: str, *headers: bytes) -> bytes:
    return b"\r\n".join([f"GET {path} HTTP/1.1".encode(), b"Host: a", *headers]) + b"\r\n\r\n"


async def test_quick_and_other_answers_take_turns_on_one_connection(house: House, caller: Caller) -> None:
    for _ in range(3):
        caller.say(TILE)
        assert await caller.answer() == (200, b"quick")
        caller.say(get("/a"))
        assert await caller.answer() == (200, b"/a")
    assert (len(house.quick), house.asked) == (3, ["/a"] * 3)


async def test_requests_in_a_row_are_answered_in_order(house: House, caller: Caller) -> None:
    caller.say(get("/wait"), TILE, get("/b"))
    await asyncio.sleep(0.05)
    caller.say(TILE)
    await asyncio.sleep(0.05)
    house.go.set()
    assert [(await caller.answer())[1] for _ in range(4)] == [b"/wait", b"/tile", b"/b", b"/tile"]
    assert not house.quick
    caller.say(TILE)
    assert await caller.answer() == (200, b"quick")


async def test_a_request_in_pieces_is_put_together_by_the_parser(house: House, caller: Caller) -> None:
    for piece in (b"GET /pie", b"ces HTTP/1.1\r\n", b"Host: a\r\n\r"):
        caller.say(piece)
        await asyncio.sleep(0.02)
    caller.say(b"\n")
    assert await caller.answer() == (200, b"/pieces")
    caller.say(b"GET /x HTTP/1.1\r\nX: ")
    await asyncio.sleep(0.02)
    caller.say(TILE)  # inside of another request's header
    assert await caller.answer() == (200, b"/x")
    assert not house.quick


async def test_a_body_is_never_taken_for_a_request(house: House, caller: Caller) -> None:
    caller.say(b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(TILE))
    assert await caller.answer() == (200, b"/p")
    caller.say(TILE)  # the body
    caller.say(get("/next"))
    assert await caller.answer() == (200, b"/next")
    assert not house.quick


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET /\xef\xbc\x91 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_what_could_be_read_in_two_ways_is_refused_in_our_words(
    house: House, caller: Caller, request_: bytes
) -> None:
    caller.say(request_)
    status, body = await caller.answer()
    assert status == 400
    assert {"title", "title_en"} <= json.loads(body).keys()
    assert await caller.rest() == b""
    assert house.asked == []


async def test_an_earlier_answer_is_finished_before_the_refusal_ends_the_connection(
    house: House, caller: Caller
) -> None:
    caller.say(get("/wait"), b"nonsense\r\n\r\n")
    await asyncio.sleep(0.05)
    house.go.set()
    assert await caller.answer() == (200, b"/wait")
    assert await caller.rest() == b""


@pytest.mark.parametrize("size", [wire.MOST_HEAD_BYTES + 100, 600_000])
async def test_headers_have_a_size(house: House, caller: Caller, size: int) -> None:
    caller.say(get("/", b"X: " + b"a" * size))
    assert (await caller.answer())[0] == 431
    assert house.asked == []


async def test_headers_that_come_drop_by_drop_have_the_same_size(house: House, caller: Caller) -> None:
    caller.say(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
    for _ in range(wire.MOST_HEAD_BYTES // 4_096 + 2):
        caller.say(b"a" * 4_096)
        await asyncio.sleep(0.002)
    assert (await caller.answer())[0] == 431


async def test_headers_have_a_number(house: House, caller: Caller) -> None:
    caller.say(get("/", *(b"X: a" for _ in range(wire.MOST_HEADERS - 1))))
    assert (await caller.answer())[0] == 200
    caller.say(get("/", *(b"X: a" for _ in range(wire.MOST_HEADERS))))
    assert (await caller.answer())[0] == 431


async def test_whoever_says_nothing_is_hung_up_on(house: House, caller: Caller) -> None:
    caller.say(TILE)
    await caller.answer()
    house.hang_up_after(wire.IDLE_S - 1)
    caller.say(get("/a"))
    assert (await caller.answer())[0] == 200
    house.hang_up_after(wire.IDLE_S + 1)
    assert await caller.rest() == b""


async def test_whoever_dribbles_headers_is_told_so(house: House, caller: Caller) -> None:
    caller.say(b"GET / HTTP/1.1\r\nHost: a\r\n")
    await asyncio.sleep(0.05)
    caller.say(b"X: a\r\n")
    await asyncio.sleep(0.05)
    house.hang_up_after(wire.IDLE_S + 1)
    assert (await caller.answer())[0] == 408
    assert await caller.rest() == b""


async def test_whoever_waits_for_an_answer_is_not_hung_up_on(house: House, caller: Caller) -> None:
    caller.say(get("/wait"))
    await asyncio.sleep(0.05)
    house.hang_up_after(10 * wire.UNREAD_S)
    house.go.set()
    assert await caller.answer() == (200, b"/wait")


async def test_a_caller_who_reads_nothing_fills_no_memory_and_is_hung_up_on_at_last(house: House) -> None:
    caller = await house.connect()
    caller.reader._transport.pause_reading()  # type: ignore[attr-defined]
    caller.say(get("/endless"))
    before = -1
    while house.sent > before:
        before = house.sent
        await asyncio.sleep(0.2)
    assert before < 256 * len(PART), "the kernel's buffers, and one more"
    house.hang_up_after(wire.UNREAD_S - 10)
    assert not house.left
    house.hang_up_after(wire.UNREAD_S + 10)
    await asyncio.sleep(0.1)
    assert house.left == [CallerLeft]
    assert not house.state.connections


async def test_tiles_that_are_not_read_are_not_made_any_more(house: House) -> None:
    caller = await house.connect()
    caller.reader._transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.sleep(0.05)
    (connection,) = house.state.connections
    connection._quick = lambda data, stamp: PART  # type: ignore[union-attr]
    for _ in range(2_000):
        caller.say(TILE)
        await asyncio.sleep(0)
    await asyncio.sleep(0.2)
    assert connection.transport.get_write_buffer_size() < 4 * len(PART)
    assert len(house.asked) <= 1, "one waits for the caller; who is behind it is not read"


@pytest.mark.parametrize("behind", [b"", get("/b") * 3])
async def test_whoever_answers_hears_that_the_caller_left(house: House, behind: bytes) -> None:
    caller = await house.connect()
    caller.say(get("/endless"), behind)
    await caller.reader.readexactly(len(PART))
    caller.writer.transport.abort()
    await asyncio.sleep(0.2)
    assert house.left == [CallerLeft]
    assert not house.state.tasks
    assert house.asked == ["/endless"]


async def test_one_too_many_is_told_to_come_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_OPEN", 2)
    callers = [await house.connect() for _ in range(3)]
    for caller in callers[:2]:
        caller.say(get("/a"))
        assert (await caller.answer())[0] == 200
    callers[2].say(TILE)
    head = await callers[2].rest()
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 2\r\n" in head
    callers[0].writer.close()
    await asyncio.sleep(0.05)
    another = await house.connect()
    another.say(TILE)
    assert await another.answer() == (200, b"quick")


@pytest.mark.parametrize("header", [b"Connection: close", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c"])
async def test_the_connection_ends_after_the_answer(house: House, caller: Caller, header: bytes) -> None:
    caller.say(get("/a", header), TILE)
    answer = await caller.rest()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\n/a")
    assert not house.quick
