"""The child: reads one requested file after the other and hands the rows back; `python -m loaders.child.worker`."""

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute

from gis_server.errors import DeliveryUnreadable
from gis_server.frames import leave_frames_out
from loaders.child import confine
from loaders.child.probe import probe
from loaders.child.wire import KIND, Request, read_bytes, write_frame
from loaders.readers import read
from loaders.readers.stream import Chunk, Stream

MOST_BYTES = 64 << 20
"""Of one batch on its way to the parent, which makes several copies of it."""


def main() -> None:
    """Confines itself, says so, and serves until nobody asks any more."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    leave_frames_out()
    confine.leave_drivers_out()
    confine.bound(memory, seconds)
    _collect_seldom()
    write_frame(out, {"ready": True, "network_closed": confine.close_network()})
    while True:
        try:
            content = read_bytes(sys.stdin.buffer)
        except EOFError:
            return
        answer(pickle.loads(content), out)


def _collect_seldom() -> None:
    """Readers make rows, not rings of objects: looking through them for garbage every 700 objects costs a tenth."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def answer(request: Request, out: BinaryIO) -> None:
    """Every layer of one file, then `done`; or an error in two languages."""
    try:
        for stream in read(request):
            _send(stream, request.sample, out)
        write_frame(out, {"done": True})
    except DeliveryUnreadable as error:
        write_frame(out, {"error": {"vi": error.vi, "en": error.en}})
    except (MemoryError, pa.ArrowMemoryError):
        write_frame(out, {"too_large": True})
    except Exception as error:  # a hostile file may break any library in any way; the parent gets a sentence
        words = str(error).replace(f"{request.path.parent}/", "")
        write_frame(out, {"broken": f"{type(error).__name__}: {words}"[:500]})


def _send(stream: Stream, sample: int | None, out: BinaryIO) -> None:
    batches = _batches(stream.chunks, sample)
    first = next(batches, None)
    about = {
        "layer": stream.layer,
        "srid": stream.srid,
        "page": stream.page,
        "said": stream.said,
        "placed": stream.placed,
        "columns": None if stream.columns is None else sorted(stream.columns),
        "expected": stream.expected,
        "rows": first is not None,
    }
    write_frame(out, {"stream": about})
    if first is not None:
        with pa.ipc.new_stream(out, first[1].schema) as writer:
            for kind, batch in chain([first], batches):
                writer.write_batch(batch, custom_metadata={KIND: kind.encode()})
    left_out = [[line, reason.vi, reason.en, count] for (line, reason), count in stream.left_out.items()]
    write_frame(out, {"after": left_out})


def _batches(chunks: Iterator[Chunk], sample: int | None) -> Iterator[tuple[str, pa.RecordBatch]]:
    sent = 0
    for chunk in chunks:
        rows = max(1, chunk.rows.num_rows * MOST_BYTES // max(1, chunk.rows.nbytes))
        for batch in chunk.rows.to_batches(max_chunksize=rows):
            if sample is not None:
                batch = batch.slice(0, sample - sent)
            probe(batch)
            yield chunk.kind, batch
            sent += batch.num_rows
            if sample is not None and sent >= sample:
                return


if __name__ == "__main__":
    main()
