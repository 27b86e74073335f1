"""The gate on city-sized parcels: seconds per 100,000 rows, by check (`python -m benchmarks.gate [parcels]`)."""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation

PARCELS = 200_000
PER = 100_000
LIMIT_MIB = 1536.0


def bench(place: Bench, parcels: int = PARCELS) -> None:
    """Checks the big set once and prints what each check cost."""
    with tempfile.TemporaryDirectory(prefix="bando-gate-") as folder:
        city = Path(folder) / "lon"
        place.asked("sample", "--out", str(city), "--parcels", str(parcels))
        report = json.loads(place.asked("check", str(city), "--json"))
    rows = sum(line["read"] for line in report["account"].values())
    total = report["seconds"]["kiểm tra · check"]
    per = total / rows * PER
    CONSOLE.print(f"gate: {rows:,} rows, {total:.1f} s, {per:.2f} s per {PER:,}; peak {report['peak_mib']} MiB")
    claim("gate: share of the whole check", total, sum(report["seconds"].values()), "s", "s read and checked")
    claim("gate: peak memory", report["peak_mib"], LIMIT_MIB, "MiB", "MiB limit")
    for name, seconds in sorted(report["check_seconds"].items(), key=lambda one: -one[1]):
        CONSOLE.print(f"  {name:<18} {seconds / rows * PER:>8.3f} s per {PER:,} rows")


if __name__ == "__main__":
    with fresh_installation() as installation:
        bench(installation, int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS)
