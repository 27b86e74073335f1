"""A database whose loads send changes only, and how much each load kept to itself."""

from collections.abc import Callable

import pytest

from gis_server.db.database import Database
from loaders import held
from loaders.memory.again import Again
from loaders.memory.recall import Recall
from loaders.pipeline import Desk
from tests.loaders.held.deliveries import Way


@pytest.fixture
def way(fresh: Database, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Way:
    """A database whose loads send changes only."""
    monkeypatch.setattr(held, "FEWEST", 1)
    return Way(desk_at(fresh), 1)


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each load did not send at first."""
    counts: list[int] = []

    def settle(self: held.Held) -> None:
        settled(self)
        counts.append(sum(len(away.number) for away in self.away.values()))

    settled = held.Held.settle
    monkeypatch.setattr(held.Held, "settle", settle)
    return counts


@pytest.fixture
def came_again(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many parcels at a time were known from the delivery before."""
    counts: list[int] = []

    def tell(self: Recall, again: Again) -> None:
        if again.layer.name == "thua_dat":
            counts.append(len(again.numbers))
        told(self, again)

    told = Recall.tell
    monkeypatch.setattr(Recall, "tell", tell)
    return counts
