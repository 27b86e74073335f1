"""The client is light: it is there, and asks, where nothing of the server is installed."""

import subprocess
import sys
import tomllib

from gis_server.settings import HOME

HEAVY = ("fastapi", "pydantic", "asyncpg", "sqlalchemy", "shapely", "geopandas", "folium", "pyproj", "yaml")
PROGRAM = f"""
import sys
for name in {HEAVY}: sys.modules[name] = None
from gis_server.client import Bando, BandoError, Unreachable
others = [one for one in sys.modules if one.startswith("gis_server.") and not one.startswith("gis_server.client")]
assert not others, others
try: Bando("http://127.0.0.1:9", patience_s=0).layers()
except Unreachable: pass
import pyarrow as pa
from gis_server.client.frames import frame_of
try: frame_of(pa.table({{"fid": [1], "geometry": [b""]}}), 9210)
except BandoError as error: print(error.en)
"""


def test_the_client_runs_without_the_server_and_names_what_a_frame_needs() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "geopandas is needed: pip install '.[notebook]' in the folder of the project Bando."


def test_its_extra_brings_three_packages() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == []
    assert project["optional-dependencies"]["client"] == ["pyarrow", "tqdm", "urllib3"]
