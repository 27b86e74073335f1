"""The city's map in a notebook (`from gis_server.client import Bando`): knows HTTP, nothing of the server."""

from gis_server.client.city import Bando
from gis_server.client.errors import BandoError, Busy, NotFound, Unreachable
from gis_server.client.layer import Layer
from gis_server.client.picture import Picture

__all__ = ["Bando", "BandoError", "Busy", "Layer", "NotFound", "Picture", "Unreachable"]
