"""What finding keeps between requests: units ready to be looked through, and the statements of each view."""

from dataclasses import dataclass, field

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.finding.sight import Sight
from gis_server.finding.units import UnitBook


@dataclass
class Finder:
    """One for the whole service; routes take it from `app.state`."""

    catalog: Catalog
    places: Places
    book: UnitBook
    sights: dict[str, Sight] = field(default_factory=dict)

    def sight(self, view: View) -> Sight:
        if view.name not in self.sights:
            self.sights[view.name] = Sight(self.catalog, self.places, view)
        return self.sights[view.name]


def open_finder(catalog: Catalog, places: Places) -> Finder:
    return Finder(catalog, places, UnitBook(places))
