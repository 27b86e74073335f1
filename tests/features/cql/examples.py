"""Every example of the CQL2 standard (OGC 21-065r2), said of parcels: its number, its form as text, and what it means.

Names, values and places are the city's, since those of the standard (satellite scenes, roads of Toronto) mean nothing
here; instants stand at noon beside fields that are days, where a day is wholly before or wholly after them.
"""

from collections.abc import Mapping

from tests.features.cql.trees import Tree, day, op, polygon, span, written
from tests.serving import X, Y

NAME, SHEET, AREA, KIND = ({"property": name} for name in ("ma_thua_dat", "so_to", "dien_tich", "loai_dat"))
GIVEN = {"property": "da_cap_gcn"}
SINCE, UNTIL, PLACE = ({"property": name} for name in ("hieu_luc_tu", "hieu_luc_den", "geometry"))
WEST, SOUTH, EAST, NORTH = X + 40, Y + 40, X + 160, Y + 160
BOX = f"BBOX({WEST},{SOUTH},{EAST},{NORTH})"
RING = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
LINE = [[WEST, SOUTH], [EAST, NORTH]]


POLYGON = f"POLYGON(({written(RING)}))"
POLYGON_Z = "POLYGON Z((" + ", ".join(f"{x} {y} -5.5" for x, y in RING) + "))"
BOXED: Tree = {"bbox": [WEST, SOUTH, EAST, NORTH]}
FORCE = span(SINCE, UNTIL)
IN_FORCE = "INTERVAL(hieu_luc_tu, hieu_luc_den)"
DAYS = span("2024-01-04", "2024-01-20")
NOONS = "INTERVAL('2024-01-04T05:00:00Z', '2024-01-20T05:00:00.393262Z')"
WRITTEN_DAYS = "INTERVAL('2024-01-04', '2024-01-20')"
LE_LOI = op("like", NAME, "Lê%")

MEANT: Mapping[str, tuple[str, Tree]] = {
    "clause6_02a": ("ma_thua_dat='Lê Lợi'", op("=", NAME, "Lê Lợi")),
    "clause6_02c": ("dien_tich-5.0 > 0", op(">", op("-", AREA, 5), 0)),
    "clause6_02d": ("hieu_luc_tu >= date('2024-01-10')", op(">=", SINCE, day("2024-01-10"))),
    "clause7_01": ("ma_thua_dat LIKE 'Lê%'", LE_LOI),
    "clause7_02": ("dien_tich BETWEEN 2.0 and 5.5", op("between", AREA, 2, 5.5)),
    "clause7_03a": ("so_to IN ('1','2','3','x')", op("in", SHEET, ["1", "2", "3", "x"])),
    "clause7_03b": ("dien_tich NOT IN (1,2,3,4)", op("not", op("in", AREA, [1, 2, 3, 4]))),
    "clause7_04, example26": (
        "CASEI(ma_thua_dat) IN (CASEI('LÊ LỢI'),CASEI('ĐƯỜNG 3/2'))",
        op("in", op("casei", NAME), [op("casei", "LÊ LỢI"), op("casei", "ĐƯỜNG 3/2")]),
    ),
    "clause7_05, example27, example70": (
        "ACCENTI(\"ma_thua_dat\") = ACCENTI('Lé Lới')",
        op("=", op("accenti", NAME), op("accenti", "Lé Lới")),
    ),
    "clause7_07": (
        f"S_INTERSECTS(geometry,POINT({WEST} {SOUTH}))",
        op("s_intersects", PLACE, {"type": "Point", "coordinates": [WEST, SOUTH]}),
    ),
    "clause7_12": (f"T_INTERSECTS(hieu_luc_tu, {NOONS})", op("t_intersects", SINCE, DAYS)),
    "clause7_13, example22": (f"T_DURING({IN_FORCE}, {NOONS})", op("t_during", FORCE, DAYS)),
    "clause7_16": (
        f"S_CROSSES(LINESTRING({written(LINE)}), POLYGON(({written([[x - 60, y] for x, y in RING])})))",
        op("s_crosses", {"type": "LineString", "coordinates": LINE}, polygon([[x - 60, y] for x, y in RING])),
    ),
    "clause7_17": (
        f"T_DURING(INTERVAL('2024-01-06', '2024-01-07'), {WRITTEN_DAYS})",
        op("t_during", span("2024-01-06", "2024-01-07"), DAYS),
    ),
    "clause7_19, example73": ("dien_tich > (dien_tich-1)", op(">", AREA, op("-", AREA, 1))),
    "example01": ("so_thua = '7'", op("=", {"property": "so_thua"}, "7")),
    "example02, example35": ("\"ma_thua_dat\" LIKE 'Le%'", op("like", NAME, "Le%")),
    "example03": ("so_to IN ('1','4','15X')", op("in", SHEET, ["1", "4", "15X"])),
    "example04": (
        "dien_tich < 9.5 AND so_to='2' AND ma_xa_cu='00001'",
        op("and", op("<", AREA, 9.5), op("=", SHEET, "2"), op("=", {"property": "ma_xa_cu"}, "00001")),
    ),
    "example05a": ("dien_tich=3 OR dien_tich=4.0", op("or", op("=", AREA, 3), op("=", AREA, 4))),
    "example05b": ("dien_tich IN (3,4.0)", op("in", AREA, [3, 4])),
    "example06a": (
        "dien_tich BETWEEN 1 AND 9.2 AND so_to='2'",
        op("and", op("between", AREA, 1, 9.2), op("=", SHEET, "2")),
    ),
    "example06b": (
        "dien_tich >= 1 AND dien_tich <= 9.2 AND so_to='2'",
        op("and", op(">=", AREA, 1), op("<=", AREA, 9.2), op("=", SHEET, "2")),
    ),
    "example07": (
        f"ma_thua_dat LIKE 'L%' AND S_INTERSECTS(geometry,{POLYGON})",
        op("and", op("like", NAME, "L%"), op("s_intersects", PLACE, polygon(RING))),
    ),
    "example08": (
        f"ma_thua_dat='ODT+CLN' AND ma_xa_cu<>'x' AND s_intersects(geometry,{POLYGON})",
        op(
            "and",
            op("=", NAME, "ODT+CLN"),
            op("<>", {"property": "ma_xa_cu"}, "x"),
            op("s_intersects", PLACE, polygon(RING)),
        ),
    ),
    "example09, example32": ("dien_tich>5", op(">", AREA, 5)),
    "example10, example33": ('"dien_tich" <= 5', op("<=", AREA, 5)),
    "example11": ("ma_thua_dat LIKE '%3/2%'", op("like", NAME, "%3/2%")),
    "example12": ("ma_thua_dat LIKE 'Đường%'", op("like", NAME, "Đường%")),
    "example13": ("ma_thua_dat NOT LIKE '%ợi%'", op("not", op("like", NAME, "%ợi%"))),
    "example14": ("da_cap_gcn = true", op("=", GIVEN, True)),
    "example15": ("dien_tich>5 AND da_cap_gcn=true", op("and", op(">", AREA, 5), op("=", GIVEN, True))),
    "example16": (
        "da_cap_gcn=true AND (dien_tich>5 OR ma_thua_dat LIKE 'L%' OR ma_thua_dat LIKE '%2')",
        op("and", op("=", GIVEN, True), op("or", op(">", AREA, 5), op("like", NAME, "L%"), op("like", NAME, "%2"))),
    ),
    "example17": (
        "(dien_tich>5 AND so_to='1') OR da_cap_gcn=true",
        op("or", op("and", op(">", AREA, 5), op("=", SHEET, "1")), op("=", GIVEN, True)),
    ),
    "example18": (
        "NOT (dien_tich<5) OR da_cap_gcn=true",
        op("or", op("not", op("<", AREA, 5)), op("=", GIVEN, True)),
    ),
    "example19": (
        "(ma_thua_dat LIKE 'lê%' OR ma_thua_dat LIKE 'Lê%') AND dien_tich<4",
        op("and", op("or", op("like", NAME, "lê%"), LE_LOI), op("<", AREA, 4)),
    ),
    "example20": ("T_BEFORE(hieu_luc_tu, DATE('2024-01-09'))", op("t_before", SINCE, day("2024-01-09"))),
    "example21, example53": ("T_AFTER(hieu_luc_tu,DATE('2024-01-09'))", op("t_after", SINCE, day("2024-01-09"))),
    "example23": (f"S_WITHIN(geometry,{BOX})", op("s_within", PLACE, BOXED)),
    "example24": (f"S_INTERSECTS(geometry,{POLYGON})", op("s_intersects", PLACE, polygon(RING))),
    "example25": (
        f"dien_tich>5 AND S_WITHIN(geometry,{BOX})",
        op("and", op(">", AREA, 5), op("s_within", PLACE, BOXED)),
    ),
    "example28": (
        "CASEI(ma_thua_dat) LIKE CASEI('%LÊ%')",
        op("like", op("casei", NAME), "%lê%"),
    ),
    "example29": ("\"so_thua\" = '42'", op("=", {"property": "so_thua"}, "42")),
    "example30": ("\"so_thua\" <> '42'", op("<>", {"property": "so_thua"}, "42")),
    "example31": ('"dien_tich" < 10', op("<", AREA, 10)),
    "example34": ('"dien_tich" >= 10', op(">=", AREA, 10)),
    "example36": ("NOT \"ma_thua_dat\" LIKE 'L%'", op("not", op("like", NAME, "L%"))),
    "example36-alt01": ("\"ma_thua_dat\" NOT LIKE 'L%'", op("not", op("like", NAME, "L%"))),
    "example37": ('"dien_tich" BETWEEN 4 AND 7', op("between", AREA, 4, 7)),
    "example38": ('NOT "dien_tich" BETWEEN 4 AND 7', op("not", op("between", AREA, 4, 7))),
    "example38-alt01": ('"dien_tich" NOT BETWEEN 4 AND 7', op("not", op("between", AREA, 4, 7))),
    "example39": ('"dien_tich" IN (1.0, 2.0, 3.0)', op("in", AREA, [1, 2, 3])),
    "example40": ("NOT \"loai_dat\" IN ('ODT', 'b', 'c')", op("not", op("in", KIND, ["ODT", "b", "c"]))),
    "example40-alt01": ("\"loai_dat\" NOT IN ('ODT', 'b', 'c')", op("not", op("in", KIND, ["ODT", "b", "c"]))),
    "example41": ('"dien_tich" IS NULL', op("isNull", AREA)),
    "example42": ('NOT "dien_tich" IS NULL', op("not", op("isNull", AREA))),
    "example42-alt01": ('"dien_tich" IS NOT NULL', op("not", op("isNull", AREA))),
    "example43": (
        '(NOT "ma_thua_dat" LIKE \'L%\' AND "dien_tich" > 5)',
        op("and", op("not", op("like", NAME, "L%")), op(">", AREA, 5)),
    ),
    "example43-alt01": (
        '("ma_thua_dat" NOT LIKE \'L%\' AND "dien_tich" > 5)',
        op("and", op("not", op("like", NAME, "L%")), op(">", AREA, 5)),
    ),
    "example44": (
        '("dien_tich" IS NULL OR "dien_tich" BETWEEN 4 AND 7)',
        op("or", op("isNull", AREA), op("between", AREA, 4, 7)),
    ),
    "example45": (
        f'S_INTERSECTS("geometry", BBOX({WEST}, {SOUTH}, -99999.0, {EAST}, {NORTH}, 100000.0))',
        op("s_intersects", PLACE, BOXED),
    ),
    "example46": (f'S_EQUALS({POLYGON}, "geometry")', op("s_equals", polygon(RING), PLACE)),
    "example47": (
        f'S_DISJOINT("geometry", MULTIPOLYGON ((({written(RING)}))))',
        op("s_disjoint", PLACE, {"type": "MultiPolygon", "coordinates": [[RING]]}),
    ),
    "example48": (
        f'S_TOUCHES("geometry", MULTILINESTRING (({written(RING[:2])}),({written(RING[1:3])})))',
        op("s_touches", PLACE, {"type": "MultiLineString", "coordinates": [RING[:2], RING[1:3]]}),
    ),
    "example49": (f'S_WITHIN({POLYGON_Z}, "geometry")', op("s_within", polygon(RING), PLACE)),
    "example50": (f'S_OVERLAPS("geometry", {BOX})', op("s_overlaps", PLACE, BOXED)),
    "example51, clause7_10": (
        f'S_CROSSES("geometry", LINESTRING ({written(LINE)}))',
        op("s_crosses", PLACE, {"type": "LineString", "coordinates": LINE}),
    ),
    "example52": (
        f'S_CONTAINS("geometry", POINT ({WEST + 5} {SOUTH + 5}))',
        op("s_contains", PLACE, {"type": "Point", "coordinates": [WEST + 5, SOUTH + 5]}),
    ),
    "example54": (
        "T_BEFORE(\"hieu_luc_tu\", TIMESTAMP('2024-01-10T05:30:00.000000Z'))",
        op("t_before", SINCE, day("2024-01-10")),
    ),
    "example55": (f"T_CONTAINS({NOONS}, {IN_FORCE})", op("t_contains", DAYS, FORCE)),
    "example56": (
        f"T_DISJOINT(INTERVAL('..', '2024-01-10T05:01:01.393216Z'), {IN_FORCE})",
        op("t_disjoint", span("..", "2024-01-10"), FORCE),
    ),
    "example57": (f"T_DURING({IN_FORCE}, {WRITTEN_DAYS})", op("t_during", FORCE, DAYS)),
    "example58": ("T_EQUALS(\"hieu_luc_tu\", DATE('2024-01-09'))", op("t_equals", SINCE, day("2024-01-09"))),
    "example59": (
        f"T_FINISHEDBY({IN_FORCE}, INTERVAL('2024-01-14', '2024-01-20'))",
        op("t_finishedBy", FORCE, span("2024-01-14", "2024-01-20")),
    ),
    "example60": (
        f"T_FINISHES({IN_FORCE}, INTERVAL('2023-10-07', '2024-01-15'))",
        op("t_finishes", FORCE, span("2023-10-07", "2024-01-15")),
    ),
    "example61": (f"T_INTERSECTS({IN_FORCE}, {NOONS})", op("t_intersects", FORCE, DAYS)),
    "example62": (
        f"T_MEETS(INTERVAL('2023-01-10', '2024-01-10'), {IN_FORCE})",
        op("t_meets", span("2023-01-10", "2024-01-10"), FORCE),
    ),
    "example63": (
        f"T_METBY(INTERVAL('2024-01-15', '2024-10-07'), {IN_FORCE})",
        op("t_metBy", span("2024-01-15", "2024-10-07"), FORCE),
    ),
    "example64": (
        f"T_OVERLAPPEDBY({WRITTEN_DAYS}, {IN_FORCE})",
        op("t_overlappedBy", DAYS, FORCE),
    ),
    "example65": (f"T_OVERLAPS({IN_FORCE}, {WRITTEN_DAYS})", op("t_overlaps", FORCE, DAYS)),
    "example66": (
        f"T_STARTEDBY(INTERVAL('2024-01-03', '2025-02-10'), {IN_FORCE})",
        op("t_startedBy", span("2024-01-03", "2025-02-10"), FORCE),
    ),
    "example67": (
        f"T_STARTS({IN_FORCE}, INTERVAL('2024-01-18', '..'))",
        op("t_starts", FORCE, span("2024-01-18", "..")),
    ),
    "example71": (
        "CASEI(\"ma_thua_dat\") = CASEI('lê LỢI')",
        op("=", op("casei", NAME), op("casei", "lê LỢI")),
    ),
    "example72": ('"dien_tich" < ("dien_tich" + 10)', op("<", AREA, op("+", AREA, 10))),
    "example74": ('"dien_tich" <> (22.1 * "dien_tich")', op("<>", AREA, op("*", 22.1, AREA))),
    "example75": ('"dien_tich" = (9 / "dien_tich")', op("=", AREA, op("/", 9, AREA))),
    "example76": ('"dien_tich" <= (2 ^ "dien_tich")', op("<=", AREA, op("^", 2, AREA))),
    "example77": ('0 = ("dien_tich" % 2)', op("=", 0, op("%", AREA, 2))),
    "example78": ('1 = ("dien_tich" div 2)', op("=", 1, op("div", AREA, 2))),
    "example79": (
        "A_CONTAINEDBY((\"so_to\", 'a'), ('a', '1', '2'))",
        op("a_containedBy", [SHEET, "a"], ["a", "1", "2"]),
    ),
    "example80, clause7_15": ("A_CONTAINS((\"so_to\", 'a'), ('a','1'))", op("a_contains", [SHEET, "a"], ["a", "1"])),
    "example81": ("A_EQUALS(('a', '2'), (\"so_to\", 'a'))", op("a_equals", ["a", "2"], [SHEET, "a"])),
    "example82": ("A_OVERLAPS((\"so_to\", 'z'), ('3', '4'))", op("a_overlaps", [SHEET, "z"], ["3", "4"])),
    "example83": (
        f'S_EQUALS(MULTIPOINT (({WEST} {SOUTH}), ({EAST} {NORTH})), "geometry")',
        op("s_equals", {"type": "MultiPoint", "coordinates": LINE}, PLACE),
    ),
    "example86": ("\"ma_thua_dat\" LIKE CASEI('LÊ%')", op("like", NAME, "lê%")),
    "example85": (
        '"dien_tich" = ((((-1 * "dien_tich") * 2.0) + ("dien_tich" / 0.25)) - ("dien_tich" ^ 0.0))',
        op(
            "=",
            AREA,
            op("-", op("+", op("*", op("*", -1, AREA), 2), op("/", AREA, 0.25)), op("^", AREA, 0)),
        ),
    ),
}
"""Found: what the oracle finds. The fields of a list are written out, as no field of the city is a list."""
