"""The notebook section of the guides runs as it is written."""

import re
from pathlib import Path

import pytest

from gis_server.settings import HOME
from tests.client.conftest import Town


@pytest.mark.parametrize("page", ["vi/lap-trinh-vien.md", "en/portal-developer.md"])
def test_the_guide_runs_line_by_line(page: str, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDO_URL", town.address)
    monkeypatch.setenv("BANDO_KEY", town.key)
    monkeypatch.chdir(tmp_path)
    (written,) = re.findall(
        r"```python\n(from gis_server\.client.*?)```", (HOME / "docs" / page).read_text(), re.DOTALL
    )
    names: dict[str, object] = {}
    for line in written.splitlines():
        exec(line, names)
    assert Path("thua_dat.parquet").stat().st_size > 0
    assert names["lots"].count() > 0  # type: ignore[attr-defined]
