"""A layer misspelt is answered with those that look like it; a layer in a table is never cut."""

import io
import re

import pytest
from rich.console import Console
from rich.table import Table

from gis_server.cli.naming_layers import add_layer_column, asked_layer, narrow
from gis_server.errors import UnknownLayer

LONG = "base_boundary.dia_phan_hanh_chinh_tren_dat_lien"


def test_a_layer_is_found_by_its_id(catalog):
    assert asked_layer(catalog, "lighting.cot_den").id == "lighting.cot_den"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lighting.cot_deen", "Có phải: lighting.cot_den"),
        ("drainage.hoga", "Có phải: drainage.ho_ga"),
        ("zzz", r"^Không có lớp “zzz”\. Xem `bando layers`\.$"),
    ],
)
def test_a_misspelt_layer_is_answered_with_what_looks_like_it(catalog, name, words):
    with pytest.raises(UnknownLayer) as told:
        asked_layer(catalog, name)
    assert re.search(words, told.value.vi)


def test_a_table_of_80_columns_holds_the_whole_id():
    table = Table(*narrow("Bản · Release", "Lúc · When"))
    add_layer_column(table, "Lớp · Layer")
    table.add_column("Ghi chú · Note")
    table.add_row("1", "23/11/2026 00:20", LONG, "một ghi chú dài " * 9)
    console = Console(width=80, file=io.StringIO())
    console.print(table)
    lines = console.file.getvalue().splitlines()
    cells = [line.split("│")[3].strip() for line in lines if line.startswith("│")]
    assert "".join(cells).startswith(LONG)
