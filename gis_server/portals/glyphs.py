"""Glyph files: signed distance fields of the letters, for clients that cannot draw them from fonts of their own."""

import re
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from gis_server.access.who import Caller
from gis_server.catalog.dress import FACES
from gis_server.errors import UnknownLayer
from gis_server.web.answers import validated
from gis_server.web.letters import letters

PROTOBUF: Final = "application/x-protobuf"
RANGE: Final = re.compile(r"(0|[1-9][0-9]{2,4})-([0-9]{3,5})")
GLYPHS_IN_A_FILE: Final = 256
LAST: Final = 65_535
TEMPLATE: Final = "/glyphs/{fontstack}/{range}.pbf"

router = APIRouter(tags=["styles"])


@router.get(TEMPLATE)
def get_glyphs(request: Request, fontstack: str, range: str, view: Caller) -> Response:
    """Glyphs of 256 characters, from the first available font of the stack (MapLibre's `glyphs`)."""
    path = _file(request.app.state.settings.glyphs_folder, _face(fontstack), _range(range))
    return validated(request, letters(path), PROTOBUF, {})


def _face(fontstack: str) -> str:
    asked = [name.strip() for name in fontstack.split(",")]
    face = next((name for name in asked if name in FACES), None)
    if face is None:
        there = ", ".join(FACES)
        raise UnknownLayer(f"Không có phông chữ này; có: {there}.", f"There is no such font; there are: {there}.")
    return face


def _range(words: str) -> str:
    found = RANGE.fullmatch(words)
    first, last = (int(number) for number in found.groups()) if found else (1, 0)
    if first % GLYPHS_IN_A_FILE or last != first + GLYPHS_IN_A_FILE - 1 or last > LAST:
        raise UnknownLayer(
            "Dải ký tự phải có dạng 0-255, 256-511, … đến 65280-65535.",
            "Ranges of characters are 0-255, 256-511, … up to 65280-65535.",
        )
    return words


def _file(folder: Path, face: str, span: str) -> Path:
    return folder / face / f"{span}.pbf"
