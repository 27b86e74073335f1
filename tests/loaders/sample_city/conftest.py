"""One sample city, drawn and delivered once for all tests of this folder."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from gis_server.catalog import Catalog
from loaders.sample_city.build import steps
from loaders.sample_city.city import City
from loaders.sample_city.deliver import deliver
from loaders.sample_city.fit import fit
from loaders.sample_city.frame import Frame
from loaders.sample_city.plan import Plan, draw


@dataclass(frozen=True)
class Sample:
    """A plan, the city made from it, and the folder it was delivered to."""

    plan: Plan
    city: City
    folder: Path


@pytest.fixture(scope="session")
def sample(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    plan = draw(Frame(3, 7))
    city = City(plan.ground)
    for _, parts in steps(city, plan, catalog):
        for part in parts:
            part()
    city = fit(city, catalog, 7)
    folder = tmp_path_factory.mktemp("mau") / "giao"
    deliver(city, catalog, folder)
    return Sample(plan, city, folder)
