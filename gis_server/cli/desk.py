"""The desk at which commands load."""

from subprocess import Popen

from gis_server.cli.context import Ready
from loaders.pipeline import Desk
from loaders.progress import Steps


def desk_of(place: Ready, steps: Steps, reader: Popen[bytes] | None = None) -> Desk:
    """What a load needs, telling its steps as wished."""
    kept = place.settings.state_folder, place.settings.rasters_folder
    return Desk(place.catalog, place.database, steps, place.places, *kept, reader)
