"""A program of ours without pandas: other libraries read it where they find it, for a third of a second each time."""

import sys
from importlib.abc import MetaPathFinder

FRAMES = ("pandas", "geopandas")


class _NoFrames(MetaPathFinder):
    """PyArrow asks for pandas when it first sees an array, pyogrio when it is read; here rows come as Arrow."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in FRAMES:
            raise ModuleNotFoundError(name)


def leave_frames_out() -> None:
    """For the rest of the process."""
    sys.meta_path.insert(0, _NoFrames())
