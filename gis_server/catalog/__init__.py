"""The catalog room. Pure: what is imported here may open files under `layers/` and `styles/`, and nothing else."""

from gis_server.catalog.catalog import Catalog, Layer
from gis_server.catalog.crs import CrsBook
from gis_server.catalog.reader import read_catalog

__all__ = ["Catalog", "CrsBook", "Layer", "read_catalog"]
