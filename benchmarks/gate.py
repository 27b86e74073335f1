"""The gate on city-sized parcels: seconds per 100,000 rows, by check (`python -m benchmarks.gate [parcels]`)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation

PARCELS = 200_000
PER = 100_000
REFUSED = 3
LIMIT_MIB = 1536.0


def bench(place: Bench, parcels: int = PARCELS) -> None:
    """Checks the big set once and prints what each check cost."""
    with tempfile.TemporaryDirectory(prefix="bando-gate-") as folder:
        city = Path(folder) / "lon"
        asked(place, "sample", "--out", str(city), "--parcels", str(parcels))
        report = json.loads(asked(place, "check", str(city), "--json"))
    rows = sum(line["read"] for line in report["account"].values())
    total = report["seconds"]["kiểm tra · check"]
    per = total / rows * PER
    CONSOLE.print(f"gate: {rows:,} rows, {total:.1f} s, {per:.2f} s per {PER:,}; peak {report['peak_mib']} MiB")
    claim("gate: share of the whole check", total, sum(report["seconds"].values()), "s", "s read and checked")
    claim("gate: peak memory", report["peak_mib"], LIMIT_MIB, "MiB", "MiB limit")
    for name, seconds in sorted(report["check_seconds"].items(), key=lambda one: -one[1]):
        CONSOLE.print(f"  {name:<18} {seconds / rows * PER:>8.3f} s per {PER:,} rows")


def asked(place: Bench, *words: str) -> str:
    """What a command of this very source tree prints; a refusal (3) is a result like any other."""
    command = [sys.executable, "-m", "gis_server.cli.main", *words]
    environment = {**os.environ, "BANDO_STATE": str(place.settings.state_folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, REFUSED):
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
