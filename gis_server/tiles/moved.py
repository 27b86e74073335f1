"""What moved between an earlier release and the newest: where nothing did, a tile of then is a tile of today."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Hashable

from gis_server.drawing.cells import Ranges, place, ranges
from gis_server.releases.snapshot import Snapshot
from gis_server.tiles.address import TileAddress
from gis_server.tiles.touched import Touches, touched_for
from gis_server.web.when import PastView

MOST_KEPT = 32


class Moved:
    """What releases since then touched; None: too many of them to be told of, so that everything counts as moved."""

    def __init__(self, touches: Touches | None) -> None:
        self._touches = touches
        self._ranges: dict[tuple[str, int], Ranges] = {}

    def in_tile(self, layer: str, at: TileAddress) -> bool:
        if self._touches is None:
            return True
        if layer not in self._touches:
            return False
        key = layer, at.z
        if key not in self._ranges:
            self._ranges[key] = ranges(self._touches[layer], at.z)
        firsts, lasts = self._ranges[key]
        own = place(at.x, at.y)
        number = bisect_left(lasts, own)
        return number < len(firsts) and firsts[number] <= own


class Movements:
    """The latest that were asked for: the tiles of one picture ask alike."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Moved] = OrderedDict()

    async def since(self, snap: Snapshot, view: PastView) -> Moved:
        key = view.name, view.release, snap.release
        if key not in self._kept:
            self._kept[key] = Moved(await touched_for(snap, view.release, view))
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]
