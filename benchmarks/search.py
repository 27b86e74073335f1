"""Search as one types, on a city-sized made-up town: 1.2 million addresses, 9,600 streets, 115,200 facilities."""

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench, fresh_installation
from gis_server.app import create_app
from gis_server.catalog.names import bare
from gis_server.db.statements import literal, quoted, statement
from gis_server.naming.record import settle_names
from gis_server.releases.publish import publish
from gis_server.releases.source import Source
from gis_server.releases.staged import Staged

SQL = Path(__file__).parent / "sql"
LIMIT_MS = 30.0
ADDRESSES = 1_200_000
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
MIDDLE = "Văn Thị Hữu Đình Quang Minh Công Ngọc Thái Đức Xuân Thanh"
GIVEN = (
    "An Anh Bình Bảo Châu Chánh Cường Cảnh Danh Diệu Dũng Hòa Hùng Hưng Hương Khai Khang Khánh Khôi Kiệt Lan Lâm "
    "Liêm Long Lộc Mai Mạnh Nam Nghĩa Nhân Phong Phúc Phương Quân Quý Sang Sơn Sỹ Tài Tâm Thảo Thịnh Thọ Tiến Trí "
    "Trung Tuấn Tú Vinh Yên"
)
KINDS = "Trường tiểu học,Trường THCS,Mầm non,Trạm y tế,Chợ,Siêu thị,Thư viện,Công viên,Khách sạn,Chùa,Bệnh viện,Cầu"
STREETS = [" ".join(one) for one in itertools.product(FAMILY.split(), MIDDLE.split(), GIVEN.split())]
SOURCE = Source("do_tim_kiem", "Đo tìm kiếm", "Search benchmark", "CC0-1.0", "Bando", synthetic=True)
SEED = 7


def bench(_: Bench) -> None:
    """In an installation of its own."""
    with fresh_installation() as town:
        _measure(town)


def _measure(place: Bench) -> None:
    publish_s, names_s = _publish(place)
    claim(f"keeping the names of {ADDRESSES:,} addresses", names_s, publish_s, "s", "s publishing them")
    with TestClient(create_app(place.settings)) as client:
        idle = sorted(_timed(lambda: client.get("/viewer.json")) for _ in range(60))
        CONSOLE.print(f"an answer that asks no database: median {idle[30]:.1f} ms, p95 {idle[57]:.1f} ms")
        for what, texts in _typed().items():
            took = sorted(_ms(client, text) for text in texts)
            p95 = took[int(len(took) * 0.95)]
            CONSOLE.print(f"{what}: {len(took)} questions, median {statistics.median(took):.1f} ms")
            claim(f"search, {what}, p95", p95, LIMIT_MS, "ms", "ms limit")
        where = "/reverse?lon=106.6983&lat=10.7725"
        took = sorted(_timed(lambda: client.get(where)) for _ in range(60))
        claim("reverse geocoding, p95", took[57], LIMIT_MS, "ms", "ms limit")


def _typed() -> dict[str, list[str]]:
    """What people type, letter by letter; with one seed the same at every run."""
    pick = random.Random(SEED)
    streets, kinds = pick.sample(STREETS, 12), pick.choices(KINDS.split(","), k=12)
    houses = [f"{pick.randrange(1, 400)}/{pick.randrange(1, 90)} {street}" for street in streets[:6]]
    return {
        "names letter by letter, without marks": [*_letters([bare(one) for one in streets])],
        "names letter by letter, with marks": [*_letters(streets)],
        "facilities letter by letter": [*_letters([" ".join(one) for one in zip(kinds, streets, strict=True)])],
        "addresses letter by letter": [*_letters(houses)],
        "names with a letter missing": [_without_one(bare(one), pick) for one in pick.sample(STREETS, 100)],
    }  # fmt: skip


def _letters(texts: list[str]) -> Iterator[str]:
    for text in texts:
        yield from (text[:count] for count in range(1, len(text) + 1) if text[:count].strip())


def _without_one(text: str, pick: random.Random) -> str:
    at = pick.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1 :]


def _ms(client: TestClient, text: str) -> float:
    client.get("/search", params={"q": text})
    return _timed(lambda: client.get("/search", params={"q": text}))


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _publish(place: Bench) -> tuple[float, float]:
    """Streets and facilities, then the addresses: seconds of their publish, and of keeping their names once more."""
    line, point = "ST_MakeLine(ST_MakePoint(x, y), ST_MakePoint(x + 90, y))", "ST_MakePoint(x, y)"
    _release(place, "base_transport.duong_bo", {"field": "ten", "names": STREETS, "rows": 40_000, "shape": line})
    facilities = {"field": "ten", "names": _facilities(), "rows": len(_facilities()), "shape": point}
    _release(place, "base_settlement.cong_trinh_giao_duc", facilities)
    number = "(row / 9600 + 1) || '/' || (row % 89 + 1) || ' '"
    addresses = {"field": "diaChi", "names": STREETS, "rows": ADDRESSES, "shape": point, "number": number}
    publish_s = _release(place, "base_settlement.nha", addresses)
    settle_names(place.database, place.catalog)
    with place.database.connect("load") as conn:
        conn.execute(b"UPDATE meta.search_rule SET rule = '' WHERE layer = 'base_settlement.nha'")
    return publish_s, _timed(lambda: settle_names(place.database, place.catalog)) / 1000


def _facilities() -> list[str]:
    return [f"{kind} {street}" for kind in KINDS.split(",") for street in STREETS]


def _release(place: Bench, layer_id: str, made: dict[str, Any]) -> float:
    """Seconds of publishing made-up rows."""
    layer = place.catalog[layer_id]
    staged = f'staging."{layer.group}__{layer.name}"'
    listed = f"ARRAY[{', '.join(literal(name) for name in made['names'])}]"
    names = {"staged": staged, "served": layer.table, "fields": ", ".join(quoted(name) for name in layer.fields)}
    names |= {
        "field": quoted(made["field"]),
        "names": listed,
        "count": str(len(made["names"])),
        "rows": str(made["rows"]),
        "shape": made["shape"],
    }
    with place.database.connect("load") as conn:
        conn.execute(statement(SQL, "made_up_names", **names, number=made.get("number", "''")))
        return _timed(lambda: publish(conn, SOURCE, [Staged(layer, staged)], who="bench", note="")) / 1000


if __name__ == "__main__":
    with fresh_installation() as installation:
        _measure(installation)
