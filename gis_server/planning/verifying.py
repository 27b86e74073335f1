"""Checks a signed print against the database: does the same question still give the same content?"""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.errors import BadRequest, UnknownLayer
from gis_server.planning.ask import LONGEST
from gis_server.planning.asked import Desk, Opened, opened
from gis_server.planning.corners import read_corners
from gis_server.planning.dossier import dossiers
from gis_server.planning.page import parcel_path
from gis_server.planning.signing import Ground, Sealed, digest
from gis_server.planning.subject import Key, Subject, find_parcel, subject_of_corners
from gis_server.web.answers import address
from gis_server.web.when import When


@dataclass(frozen=True)
class Checking:
    """A seal that somebody holds."""

    catalog: Catalog
    caller: View
    seal: Sealed

    @property
    def key(self) -> Key | None:
        return self.seal.subject if isinstance(self.seal.subject, tuple) else None

    @property
    def ground(self) -> Ground | None:
        return self.seal.subject if isinstance(self.seal.subject, Ground) else None


def with_corners(seal: Sealed, catalog: Catalog, corners: str | None) -> Sealed:
    """The seal of ground that is too large for a code, completed by whoever has the print."""
    ground = seal.subject
    if corners is None:
        return seal
    if not isinstance(ground, Ground) or ground.corners is not None or len(corners) > LONGEST:
        raise BadRequest(
            "corners= chỉ dùng cho bản in của khu đất nhiều góc, khi mã không chứa hết các góc.",
            "corners= is for prints of ground of many corners only, which the code has no room for.",
        )
    written = read_corners(catalog.crs, corners, ground.grid).text
    if written.count(";") + 1 != ground.count:
        raise BadRequest(
            f"corners: bản in có {ground.count} góc, ở đây có {written.count(';') + 1}.",
            f"corners: the print has {ground.count} corners, here are {written.count(';') + 1}.",
        )
    return replace(seal, subject=replace(ground, corners=written))


async def verified(request: Request, checking: Checking) -> dict[str, Any]:
    """What the signature says. Of a view that is not the caller's nothing is told but that it is signed."""
    seal, key, ground = checking.seal, checking.key, checking.ground
    is_theirs = seal.view in (checking.caller.name, "public")
    return {
        "signed": True,
        "parcel": dict(zip(("commune", "sheet", "number"), key, strict=True)) if key else None,
        "ground": {"corners": ground.corners, "grid": ground.grid, "count": ground.count} if ground else None,
        "release": seal.release,
        "view": seal.view,
        "digest": seal.digest.hex(),
        "reproduced": await _reproduced(request, checking),
        "dossier": _dossier(request, checking) if is_theirs else None,
        "algorithm": "Ed25519",
        "public_key": request.app.state.signer.public_key,
    }


def _dossier(request: Request, checking: Checking) -> str | None:
    """Where the true content is to be read."""
    release, key, ground = checking.seal.release, checking.key, checking.ground
    if key:
        path = parcel_path({"kind": "parcel", **dict(zip(("commune", "sheet", "number"), key, strict=True))})
        return address(request, str(path), release=release, f="html")
    if ground is None or ground.corners is None:
        return None
    return address(request, "/planning/dossier", corners=ground.corners, grid=ground.grid, release=release, f="html")


async def _reproduced(request: Request, checking: Checking) -> bool | None:
    """None where it cannot be told: ground whose corners are not known here, a view that is no more."""
    seal, ground, state = checking.seal, checking.ground, request.app.state
    view = state.door.views.get(seal.view)
    if view is None or seal.subject is None or (ground and ground.corners is None):
        return None
    desk = Desk(checking.catalog, state.manifest, state.places, view, When(number=seal.release))
    try:
        async with opened(request, desk) as at:
            (content,) = await dossiers(at.snap, at.reading, at.edition, [await _subject(at, checking)])
    except (UnknownLayer, BadRequest):
        return False
    return digest(content) == seal.digest


async def _subject(at: Opened, checking: Checking) -> Subject:
    ground = checking.ground
    if ground is not None:
        return await subject_of_corners(at.snap, at.reading, str(ground.corners), ground.grid)
    assert checking.key is not None
    return await find_parcel(at.snap, at.reading, checking.key)
