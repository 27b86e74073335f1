"""Which grid a file is really in: what it says, what its numbers allow, and what the map that is served confirms."""

from loaders.grid.control import Control, Known
from loaders.grid.find import find_grid
from loaders.grid.hints import Hints
from loaders.grid.reading import Reading, parse_reading
from loaders.grid.verdict import Candidate, Evidence, GridVerdict, Residual

__all__ = [
    "Candidate",
    "Control",
    "Evidence",
    "GridVerdict",
    "Hints",
    "Known",
    "Reading",
    "Residual",
    "find_grid",
    "parse_reading",
]
