"""What `bando tiles export` says of its size before it writes anything, against what it then writes."""

import re
from pathlib import Path

from tests.bundle.conftest import AROUND, MAP, Run

AREA = ("--bbox", AROUND, "--zoom", "11-16")


def told_mib(output: str) -> float:
    found = re.search(r"about\s+([\d.]+,\d)\s+MiB", output)
    assert found, output
    return float(found[1].replace(".", "").replace(",", "."))


def test_a_dry_run_tells_the_size_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    answer = run(MAP, str(tmp_path / "a.pmtiles"), *AREA, "--dry-run")
    assert answer.exit_code == 0
    assert "Nothing was written" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_tells_also_the_size_of_what_would_be_refused(run: Run, tmp_path: Path) -> None:
    answer = run(MAP, str(tmp_path / "a.pmtiles"), *AREA, "--most-tiles", "1", "--dry-run")
    assert answer.exit_code == 0
    assert told_mib(answer.output) == told_mib(run(MAP, str(tmp_path / "a.pmtiles"), *AREA, "--dry-run").output)


def test_the_size_of_a_bundle_is_told_near_the_truth(run: Run, bundle: Path, tmp_path: Path) -> None:
    told = told_mib(run(MAP, str(tmp_path / "goi"), "--bundle", *AREA, "--dry-run").output)
    files = [path for path in bundle.rglob("*") if path.is_file()]
    assert 0.7 < told / (sum(path.stat().st_size for path in files) / 2**20) < 1.4
