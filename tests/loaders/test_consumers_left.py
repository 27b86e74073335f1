"""A load that empties a field names the styles and portal maps that draw by it."""

import shapely

from loaders.checks.registry import read_codes
from loaders.verdict.verdict import verdict_of
from tests.loaders.conftest import MANHOLES
from tests.loaders.test_gate import delivered

PROFILE = {**MANHOLES, "layers": [{"to": "drainage.ho_ga", "fields": {"ma": "ma", "loai": "loai"}}]}
STYLE = "styles/drainage/ho_ga.yaml"


def manholes(folder, *kinds):
    shapes = [shapely.Point(603_000 + 50 * number, 1_191_000) for number in range(len(kinds))]
    return delivered(folder, *[(shape, {"ma": f"H{n}", "loai": kinds[n]}) for n, shape in enumerate(shapes)])


def emptied(report):
    return [(one.field, one.value) for one in report.located if one.code == "REV-05"]


def test_an_emptied_field_names_who_reads_it_however_few_rows_there_were(tmp_path, load_it, catalog):
    load_it(manholes(tmp_path, "THU", None, None), PROFILE)
    report = load_it(manholes(tmp_path, None, None, None), PROFILE, judge=True)
    found = emptied(report)
    assert {field for field, _ in found} == {"loai"}
    assert found[0][1].startswith(f"{STYLE}: ")
    maps = {name for name, portal in catalog.maps.items() if "drainage.ho_ga" in portal.layers}
    assert {value.partition(":")[0] for _, value in found} == {STYLE, *(f"styles/maps/{name}.yaml" for name in maps)}
    assert any(one["code"] == "REV-05" for one in verdict_of(report, catalog, read_codes()).as_json()["located"])


def test_a_field_that_still_has_a_value_or_never_had_one_is_in_order(tmp_path, load_it):
    load_it(manholes(tmp_path, "THU", "THU"), PROFILE)
    assert emptied(load_it(manholes(tmp_path, None, "THU"), PROFILE, judge=True)) == []
    load_it(manholes(tmp_path, None, "THU"), PROFILE)
    load_it(manholes(tmp_path, None, None), PROFILE)
    assert emptied(load_it(manholes(tmp_path, None, None), PROFILE, judge=True)) == []
