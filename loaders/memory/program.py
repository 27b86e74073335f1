"""The program as one text: what it worked out of a row is worth nothing once a line of it has changed."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

HOME = Path(__file__).parents[2]
OURS = ("loaders", "gis_server/catalog", "gis_server/db")
OTHERS = ("numpy", "pyarrow", "shapely", "pyproj")
ENDINGS = (".py", ".sql", ".yaml", ".csv")


@cache
def program() -> str:
    """A digest of the files and libraries that say what becomes of a row."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in OTHERS).encode())
    for folder in OURS:
        for file in sorted((HOME / folder).rglob("*")):
            if file.suffix in ENDINGS and "sample_city" not in file.parts and "profiles" not in file.parts:
                digest.update(file.read_bytes())
    return digest.hexdigest()
