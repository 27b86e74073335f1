"""A field bundle of a whole city, exported by the command line as anybody would: made once, looked at by many tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gis_server.cli.main import build
from gis_server.settings import Settings
from tests.chromium import browser
from tests.live import environment
from tests.serving import LAT, LON, City

__all__ = ["browser"]
Run = Callable[..., Result]
AROUND = f"{LON - 0.002},{LAT - 0.002},{LON + 0.002},{LAT + 0.002}"
MAP = "thoat_nuoc"


def command_line(settings: Settings, state: Path) -> Run:
    """`bando tiles export …` with these settings and a state folder of its own."""
    env = environment(settings.model_copy(update={"state": state}))

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(build(), ["tiles", "export", *arguments], env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(scope="package")
def run(whole_city: City, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return command_line(whole_city.settings, tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="package")
def bundle(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the drainage map, round the check point, as the public sees it."""
    folder = tmp_path_factory.mktemp("goi") / "thoat_nuoc"
    assert run(MAP, str(folder), "--bundle", "--zoom", "11-16", "--bbox", AROUND).exit_code == 0
    return folder
