"""Lists of records in JSON: shapes by the names they are kept under, routes joined from their pieces."""

import json

from shapely import from_wkb

from loaders.readers.json_lists import read_json


def streams(path, document):
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return {
        one.layer: [row for chunk in one.chunks for row in chunk.rows.to_pylist()] for one in read_json(path, path.name)
    }


def test_pieces_of_a_route_are_joined_in_their_order_by_direction(tmp_path):
    def visit(order, direction, path):
        return {
            "StationId": order,
            "StationOrder": order,
            "StationDirection": direction,
            "RouteId": 7,
            "pathPoints": path,
        }

    rows = [
        visit(2, 0, "106.72,10.72 106.73,10.73"),
        visit(0, 0, ""),
        visit(1, 0, "106.71,10.71 106.72,10.72"),
        visit(0, 1, "106.80,10.70 106.81,10.70"),
        visit(1, 1, "106.90,10.70 106.91,10.70"),
        visit(0, 2, ""),
    ]
    found = streams(tmp_path / "route7.json", rows)
    assert len(found["route7"]) == 6
    joined = found["pathPoints.route7"]
    told = [(one["StationDirection"], one["pieces"], one["gaps"]) for one in joined]
    assert told == [("0", "2", "0"), ("1", "2", "1"), ("2", "0", "0")]
    assert from_wkb(joined[0]["@geometry"]).wkt == "MULTILINESTRING ((106.71 10.71, 106.72 10.72, 106.73 10.73))"
    assert len(from_wkb(joined[1]["@geometry"]).geoms) == 2, "100 km are not a stretch of the route"
    assert joined[2]["@geometry"] is None


def test_geojson_in_an_assignment_is_read_as_features(tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"ten": "Rạch"},
        "geometry": {"type": "Point", "coordinates": [106.7, 10.8]},
    }
    text = "var json_Ranh_1 = " + json.dumps({"type": "FeatureCollection", "features": [feature]}) + ";"
    (rows,) = streams(tmp_path / "Ranh_1.js", text).values()
    assert rows[0]["ten"] == "Rạch"
