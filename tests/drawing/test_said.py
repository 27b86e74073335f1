"""What drawn things say is the same text whether PostgreSQL wrote it or we did."""

from gis_server.db.database import Database
from gis_server.drawing.said import as_jsonb

SAID = [
    {},
    {"ten": "Cầu Sài Gòn", "a": 1, "loai": True, "b": False},
    {"ma": 'dấu "nháy" \\ gạch', "ten": "xuống\ndòng\t\u0001", "độ": "đ", "xa": "😀"},
    {"nho": 1e-07, "lon": 1e16, "thap_phan": 3.10, "tron": 3.0, "am": -0.5, "nguyen": 12345678901234567890},
]


def test_it_is_what_jsonb_is_read_as(database: Database) -> None:
    with database.connect("read") as conn:
        for said in SAID:
            (read,) = conn.execute("SELECT %s::jsonb::text", [as_jsonb(said)]).fetchone() or ("",)
            assert as_jsonb(said) == read
