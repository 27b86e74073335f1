"""The catalog as it was read by the last command: while no file and no line of its room has changed, it is the same."""

import hashlib
import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pydantic

from gis_server.catalog import Catalog, read_catalog
from gis_server.catalog import __file__ as room
from gis_server.settings import Settings

KEPT = "catalog.pickle"
MARK_BYTES = 32
ENDINGS = (".yaml", ".py")


def kept_catalog(settings: Settings) -> Catalog:
    """The catalog, from the state folder where it is kept there as the files say it."""
    file, mark = settings.state_folder / KEPT, _mark(settings)
    with suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError):
        content = file.read_bytes()
        if content[:MARK_BYTES] == mark:
            kept: Catalog = pickle.loads(content[MARK_BYTES:])
            return kept
    catalog = read_catalog(settings.layers_folder, settings.styles_folder)
    _keep(file, mark + pickle.dumps(catalog, pickle.HIGHEST_PROTOCOL))
    return catalog


def _mark(settings: Settings) -> bytes:
    """Of every file that the catalog is read from, and of the program that reads it."""
    digest = hashlib.sha256(f"{pydantic.VERSION} {sys.version}".encode())
    for folder in (Path(room).parent, settings.layers_folder, settings.styles_folder):
        for file in _files(folder):
            content = Path(file).read_bytes()
            digest.update(f"{file} {len(content)}\n".encode() + content)
    return digest.digest()


def _files(folder: Path) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (f"{root}/{name}" for name in sorted(names) if name.endswith(ENDINGS))


def _keep(file: Path, content: bytes) -> None:
    """Where the state folder cannot be written, the next command reads the files again."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        part.write_bytes(content)
        part.chmod(0o600)
        part.replace(file)
