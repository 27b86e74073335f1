"""Raw Overpass answers: overlapping answers of one delivery bring each object once."""

import json

STREET = {"type": "way", "id": 7, "nodes": [1, 2], "tags": {"highway": "residential", "name": "Pasteur"}}


def node(number, lon, **tags):
    return {"type": "node", "id": number, "lon": lon, "lat": 10.77, **({"tags": tags} if tags else {})}


def test_what_two_answers_bring_is_loaded_once_and_the_other_is_counted(tmp_path, load_it, ask):
    both = [node(1, 106.70), node(2, 106.701), STREET]
    for file, other in (("a", node(3, 106.702, amenity="cafe")), ("b", node(4, 106.703, amenity="bank"))):
        answer = {"version": 0.6, "generator": "Overpass API", "elements": [*both, other]}
        (tmp_path / f"{file}.json").write_text(json.dumps(answer))
    report = load_it(tmp_path, "osm")
    repeated = {
        reason.en: count for line in report.account.lines.values() for reason, count in line.left_out.items() if count
    }
    assert repeated["already in another file of this delivery"] == 1
    assert ask('SELECT "maNhanDang", ten FROM base_transport.duong_bo') == [("osm:w7", "Pasteur")]
    assert ask("SELECT count(*) FROM base_settlement.cong_trinh_thuong_mai_dich_vu") == [(2,)]
