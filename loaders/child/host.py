"""The parent's side: starts the reading child, asks it for files, and makes sentences of whatever goes wrong there."""

import io
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from gis_server.catalog.model import Text
from gis_server.errors import DeliveryUnreadable
from loaders.child.launch import end, launch
from loaders.child.limits import Limits, Patient, bomb, silent, size_of
from loaders.child.wire import KIND, Request, read_frame, write_bytes
from loaders.printable import printable
from loaders.readers.stream import Chunk, Stream

PIPE_BYTES = 1 << 20
SET_PIPE_SIZE = 1031


@contextmanager
def reading_child(limits: Limits | None = None, woken: subprocess.Popen[bytes] | None = None) -> Iterator["Child"]:
    """A child that was woken before, or is now, so that it wakes while the delivery is unpacked; ended afterwards."""
    child = Child(limits or Limits(), woken)
    try:
        yield child
    finally:
        child.end()


class Child:
    """Reads files on request; after a failure a new process takes over for the next file."""

    def __init__(self, limits: Limits, process: subprocess.Popen[bytes] | None = None) -> None:
        self.limits = limits
        self.process: subprocess.Popen[bytes] | None = None
        self.workspace: Callable[[], Path] | None = None
        """Gives the folder for rasters that are made while reading; without one they are only checked."""
        self._start(process or launch(limits))

    def streams(self, request: Request) -> Iterator[Stream]:
        """The layers of a file, one after the other; each must be read to its end before the next is asked for."""
        if self.process is None:
            self._start(launch(self.limits))
        whole = False
        try:
            self.size, self.unpacked = size_of(request.path), 0
            with self._sentences(request.name):
                self._ready()
                self.pipe.patience = self.limits.patience(self.size)
                write_bytes(cast(Any, self.process).stdin, pickle.dumps(request))
            while (stream := self._next(request)) is not None:
                yield stream
                for _ in stream.chunks:
                    continue
            whole = True
        finally:
            if not whole:
                self.end()

    def end(self) -> None:
        """Ends the process, whatever it is doing."""
        if self.process is None:
            return
        end(self.process)
        self.process = None

    def _start(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        out = cast(Any, process).stdout
        _widen(out.fileno())
        self.pipe = Patient(out.fileno(), process.pid, self.limits.silent_seconds)
        self.source = io.BufferedReader(self.pipe, PIPE_BYTES)
        self.greeted = False

    def _ready(self) -> None:
        if not self.greeted:
            said = read_frame(cast(Any, self.source))
            if sys.platform == "linux" and not said["network_closed"]:
                raise DeliveryUnreadable(
                    "Nhân Linux này không cho chặn mạng của tiến trình đọc tệp (seccomp), nên không đọc tệp nào.",
                    "This Linux kernel cannot close the network (seccomp) to the reading process; no file is read.",
                )
            self.greeted = True

    def _next(self, request: Request) -> Stream | None:
        with self._sentences(request.name):
            frame = read_frame(cast(Any, self.source))
        if "done" in frame:
            return None
        _raise_if_refused(frame, request.name, self.limits)
        about = frame["stream"]
        columns = None if about["columns"] is None else frozenset(about["columns"])
        stream = Stream(
            request.name, about["layer"], about["srid"], iter(()), columns, about["page"], about["expected"]
        )
        stream.said, stream.placed = about["said"], about["placed"]
        stream.chunks = self._chunks(stream, bool(about["rows"]))
        return stream

    def _chunks(self, stream: Stream, rows: bool) -> Iterator[Chunk]:
        name = stream.file
        if rows:
            with self._sentences(name):
                batches = pa.ipc.open_stream(pa.PythonFile(self.source, mode="r"))
            while True:
                with self._sentences(name):
                    batch, about = _next_batch(batches)
                if batch is None:
                    break
                self.unpacked += batch.nbytes
                if self.unpacked > self.limits.most_unpacked(self.size):
                    raise bomb(name, self.size, self.unpacked)
                yield Chunk(about, pa.Table.from_batches([batch]))
        with self._sentences(name):
            frame = read_frame(cast(Any, self.source))
        _raise_if_refused(frame, name, self.limits)
        for line, vi, en, count in frame["after"]:
            stream.left_out[line, Text(vi=vi, en=en)] += count

    @contextmanager
    def _sentences(self, name: str) -> Iterator[None]:
        """Whatever the pipe says of the child's end, as a sentence."""
        try:
            yield
        except TimeoutError as error:
            raise silent(name, self.limits) from error
        except (EOFError, OSError, pa.ArrowException) as error:
            raise self._death(name) from error

    def _death(self, name: str) -> DeliveryUnreadable:
        code = None if self.process is None else self.process.wait(timeout=10)
        why = signal.Signals(-code).name if code is not None and code < 0 else f"exit {code}"
        if code == -signal.SIGXCPU:
            return silent(name, self.limits)
        return DeliveryUnreadable(
            f"Tiến trình đọc tệp ngừng đột ngột khi đọc {name} ({why}): tệp bị hỏng, quá lớn hoặc không đúng định "
            "dạng. "
            "Chưa thay đổi gì. Hãy kiểm tra tệp rồi giao nộp lại.",
            f"{name} made the reading process end abruptly ({why}): the file is damaged, too large or not what it "
            "says. Nothing was changed. Check the file, then deliver again.",
        )


def _next_batch(batches: Any) -> tuple[pa.RecordBatch | None, str]:
    try:
        batch, about = batches.read_next_batch_with_custom_metadata()
    except StopIteration:
        return None, ""
    return batch, printable(about[KIND].decode())


def _raise_if_refused(frame: dict[str, Any], name: str, limits: Limits) -> None:
    if "error" in frame:
        raise DeliveryUnreadable(frame["error"]["vi"], frame["error"]["en"])
    if "too_large" in frame:
        most = f"{limits.memory_bytes / 2**30:.1f} GiB"
        raise DeliveryUnreadable(
            f"Đọc {name} cần hơn {most} bộ nhớ nên đã dừng. Hãy chia nhỏ tệp, hoặc giao nộp dạng GeoPackage.",
            f"Reading {name} needs more than {most} of memory; it was not read. Split it, or deliver a GeoPackage.",
        )
    if "broken" in frame:
        raise DeliveryUnreadable(
            f"Không đọc được {name}: tệp bị hỏng hoặc không đúng định dạng ({frame['broken']}). "
            "Hãy yêu cầu giao nộp lại.",
            f"{name} cannot be read: it is damaged or not what it says ({frame['broken']}). Ask for it again.",
        )


def _widen(fd: int) -> None:
    """A pipe of 1 MiB: fewer changes between the two processes."""
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(fd, SET_PIPE_SIZE, PIPE_BYTES)
