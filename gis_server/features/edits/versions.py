"""Versions of features in ETags: which one the caller sees, and which one an edit is meant for."""

import re
from pathlib import Path

from gis_server.db.statements import text
from gis_server.errors import BadRequest, VersionMissing
from gis_server.features.here import Here
from gis_server.releases.edits import Sight, version_sql
from gis_server.releases.snapshot import Snapshot

SQL = Path(__file__).parents[1] / "sql"
TAG = re.compile(r'(?:W/)?"(?:v([0-9a-f]{1,16}))?[^"]*"')
"""Ours begin with the version; after it comes what tells writings of it apart. A proxy that packs answers adds `W/`."""
MOST_LETTERS = 2_000


def sight_of(here: Here) -> Sight:
    """What the caller sees of the layer."""
    return Sight(here.layer, here.view.layers[here.layer.id], here.view.rows(here.layer))


async def versions_of(snap: Snapshot, sight: Sight, fids: list[int]) -> dict[int, str]:
    """The versions of features that the caller sees, by fid."""
    query = text(SQL, "versions", version=version_sql(sight), rows=sight.rows)
    return {row["fid"]: row["version"] for row in await snap.conn.fetch(query, fids)}


def tag_of(version: str) -> str:
    """As it stands in an answer to a batch, to be sent back in the next one."""
    return f'"v{version}"'


def meant_for(if_match: str | None) -> frozenset[str] | None:
    """Versions in `If-Match`; None for `*`: whichever there is. VersionMissing without one."""
    if if_match is None:
        raise VersionMissing(
            "Cần If-Match với ETag của đối tượng như bạn đã xem (GET), để không ghi đè lên sửa đổi của người khác. "
            "Dùng If-Match: * nếu cố ý ghi đè.",
            "If-Match with the ETag of the feature as you saw it (GET) is needed, so that nobody else's edit is "
            "overwritten. "
            "Use If-Match: * to overwrite on purpose.",
        )
    if if_match.strip() == "*":
        return None
    tags = list(TAG.finditer(if_match[:MOST_LETTERS]))
    if not tags:
        raise BadRequest(
            "If-Match phải là một ETag trong ngoặc kép, hoặc *.", "If-Match must be an ETag in quotes, or *."
        )
    return frozenset(tag[1] for tag in tags if tag[1])
