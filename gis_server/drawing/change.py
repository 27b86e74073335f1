"""Features that a release changed where tiles drawn ahead show it, with the boxes that they lay and lie in."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_server.drawing.frames import Frame, Numbers

Boxes = npt.NDArray[np.float64]
"""West, south, east, north in each row."""


@dataclass(frozen=True)
class Change:
    """A box for each side of a change: before and after; so a feature may stand here twice."""

    fid: Numbers
    boxes: Boxes

    def __len__(self) -> int:
        return len(self.fid)

    def near(self, frame: Frame, margin: float) -> "Change":
        """What of it comes near to a frame."""
        some = frame.overlaps(self.boxes, margin)
        return Change(self.fid[some], self.boxes[some])

    def wider(self, by_m: float) -> Boxes:
        """Its boxes with so much around them."""
        found: Boxes = self.boxes + np.array([-by_m, -by_m, by_m, by_m])
        return found
