"""Checks a signed print against the database: does the same question still give the same content?"""

from typing import Any

from fastapi import Request

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.errors import BadRequest, UnknownLayer
from gis_server.planning.asked import Desk, opened
from gis_server.planning.dossier import dossiers
from gis_server.planning.signing import Sealed, digest
from gis_server.planning.subject import find_parcel
from gis_server.web.answers import address
from gis_server.web.when import When


async def verified(request: Request, catalog: Catalog, caller: View, seal: Sealed) -> dict[str, Any]:
    """What the signature says. Of a view that is not the caller's nothing is told but that it is signed."""
    state = request.app.state
    commune, sheet, number = seal.parcel or ("", "", "")
    path = f"/planning/parcels/{commune}/{sheet}/{number}/dossier"
    is_theirs = seal.view in (caller.name, "public")
    return {
        "signed": True,
        "parcel": {"commune": commune, "sheet": sheet, "number": number} if seal.parcel else None,
        "release": seal.release,
        "view": seal.view,
        "digest": seal.digest.hex(),
        "reproduced": await _reproduced(request, catalog, seal),
        "dossier": address(request, path, release=seal.release, f="html") if seal.parcel and is_theirs else None,
        "algorithm": "Ed25519",
        "public_key": state.signer.public_key,
    }


async def _reproduced(request: Request, catalog: Catalog, seal: Sealed) -> bool | None:
    """None where it cannot be told: ground by its corners, a view that is no more."""
    state = request.app.state
    view = state.door.views.get(seal.view)
    if seal.parcel is None or view is None:
        return None
    desk = Desk(catalog, state.manifest, state.places, view, When(number=seal.release))
    try:
        async with opened(request, desk) as at:
            subject = await find_parcel(at.snap, at.reading, seal.parcel)
            (content,) = await dossiers(at.snap, at.reading, at.edition, [subject])
    except (UnknownLayer, BadRequest):
        return False
    return digest(content) == seal.digest
