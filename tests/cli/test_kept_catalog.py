"""The catalog that a command kept is the one that the files say, or it is read anew."""

import shutil
from pathlib import Path

import pytest

from gis_server.catalog import read_catalog
from gis_server.cli import kept_catalog as room
from gis_server.cli.kept_catalog import KEPT, kept_catalog
from gis_server.errors import CatalogInvalid
from gis_server.settings import Settings

HOME = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for folder in ("layers", "styles"):
        shutil.copytree(HOME / folder, tmp_path / folder)
    (tmp_path / "state").mkdir()
    return Settings(home=tmp_path, state=tmp_path / "state")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """How often the files were read."""
    read: list[Path] = []

    def counted(layers: Path, styles: Path) -> object:
        read.append(layers)
        return read_catalog(layers, styles)

    monkeypatch.setattr(room, "read_catalog", counted)
    return read


def test_files_that_did_not_change_are_read_once_and_mean_the_same(settings, reads):
    assert kept_catalog(settings) == kept_catalog(settings) == read_catalog(*folders(settings))
    assert len(reads) == 1


def test_a_changed_layer_a_new_one_and_a_mistake_are_seen_at_once(settings, reads):
    kept_catalog(settings)
    file = settings.layers_folder / "drainage" / "ho_ga.yaml"
    text = file.read_text()
    file.write_text(text.replace("Manhole", "Manhol2"))
    assert kept_catalog(settings)["drainage.ho_ga"].file.title.en == "Manhol2"
    file.with_name("ho_ga_khac.yaml").write_text(text)
    assert "drainage.ho_ga_khac" in kept_catalog(settings).layers
    file.write_text(text + "\nnot_a_key: 1\n")
    with pytest.raises(CatalogInvalid):
        kept_catalog(settings)
    assert len(reads) == 4


def test_a_damaged_copy_or_none_at_all_costs_time_only(settings, reads):
    kept_catalog(settings)
    file = settings.state_folder / KEPT
    file.write_bytes(file.read_bytes()[:-100])
    assert len(kept_catalog(settings).layers) > 100
    shutil.rmtree(settings.state_folder)
    assert len(kept_catalog(settings).layers) > 100
    assert len(reads) == 3
    assert not settings.state_folder.exists()


def folders(settings: Settings) -> tuple[Path, Path]:
    return settings.layers_folder, settings.styles_folder
