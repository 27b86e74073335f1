"""A notebook becomes a page: its words, what its cells print and show, and the code folded away."""

from pathlib import Path

import geopandas
import pandas
import pytest
import shapely

from gis_server.client import BandoError, Picture
from gis_server.client import picture as module
from gis_server.client.report import cells_of, is_synthetic, main, report, run
from gis_server.client.report_tables import as_table, written

NOTEBOOK = """# %% [markdown]
# # Bao nhiêu <b>nhà</b>?
# *How many houses?*

# %%
import pandas
count = 1234.5
print(f"có {count} nhà")

# %% [markdown]
# ## Theo phường

# %%
pandas.DataFrame({"phường": ["<Bến Nghé>", "Đa Kao"], "nhà": [1200, 34.56], "fid": [10_001, 2]})
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "nha.py"
    path.write_text(NOTEBOOK, "utf-8")
    return path


def test_words_prints_tables_and_code_are_on_the_page(notebook: Path) -> None:
    page = report(notebook)
    assert "<title>Bao nhiêu &lt;b&gt;nhà&lt;/b&gt;?</title>" in page
    assert '<p class="said">có 1234.5 nhà</p>' in page
    assert '<td class="number">1.200</td>' in page
    assert "<td>10001</td>" in page
    assert "&lt;Bến Nghé&gt;" in page
    assert "<summary>" in page
    assert "GIẢ LẬP" not in page


def test_only_the_last_expression_is_shown() -> None:
    space: dict[str, object] = {}
    assert run(cells_of("# %%\n1\nx = 2\nx + 1")[0], space, "a") == ("", 3)
    assert run(cells_of("# %%\nprint(x)\ny = 1")[0], space, "a") == ("2", None)


def test_a_failing_cell_is_an_error_and_no_half_page(notebook: Path, tmp_path: Path) -> None:
    notebook.write_text(NOTEBOOK.replace("count = 1234.5", "count = 1 / 0"), "utf-8")
    with pytest.raises(ZeroDivisionError):
        main([str(notebook), "--out", str(tmp_path / "pages")])
    assert not (tmp_path / "pages" / "nha.html").exists()


def test_a_list_of_reports_leads_to_each(notebook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(notebook), "--out", str(tmp_path / "pages")]) == 0
    assert "1 báo cáo" in capsys.readouterr().out
    assert '<a href="nha.html">' in (tmp_path / "pages" / "index.html").read_text("utf-8")


def test_numbers_are_written_as_vietnamese_write_them() -> None:
    assert [written(one) for one in (0, 12, 1234.5, 1_234_567.891, -0.5)] == [
        "0",
        "12",
        "1.234,5",
        "1.234.567,89",
        "-0,5",
    ]
    assert as_table(pandas.Series([1.5], index=pandas.Index(["a"], name="tên"))).count("<th") == 2
    assert "60 trong 61 dòng" in as_table(pandas.DataFrame({"x": range(61)}))
    assert "<td></td>" in as_table(pandas.DataFrame({"x": [None, 1.0]}))


def test_frames_of_what_nobody_measured_are_seen() -> None:
    assert is_synthetic({"a": pandas.DataFrame({"synthetic": [False, True]})})
    assert not is_synthetic({"a": pandas.DataFrame({"synthetic": [False]}), "b": 1})


def frame(*shapes: object, **columns: object) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(columns, geometry=list(shapes))


def test_a_picture_draws_every_kind_of_shape_where_it_lies() -> None:
    square, hole = shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60)
    drawn = (
        Picture()
        .add(frame(square - hole), "ô <1>", is_faint=True)
        .add(frame(shapely.LineString([(0, 0), (100, 100)])), "đường", "#ff0000")
        .add(frame(shapely.Point(50, 50), shapely.Point()), "điểm")
    )._repr_html_()
    assert drawn.count("Z") == 2
    assert 'stroke="#ff0000"' in drawn
    assert "M450.0 280.0h0" in drawn, "the middle of the ground is the middle of the picture"
    assert "ô &lt;1&gt; (1)" in drawn
    assert ">20 m<" in drawn


def test_a_picture_by_classes_has_a_line_for_each() -> None:
    boxes = [shapely.box(x, 0, x + 5, 5) for x in (0, 10, 20)]
    drawn = Picture().by(frame(*boxes, loai=["B", "A", None]), "loai", {"A": "đất ở"})._repr_html_()
    assert "đất ở (1)" in drawn
    assert "B (1)" in drawn


def test_nothing_and_too_much_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Không có gì" in Picture().add(frame(), "x")._repr_html_()
    monkeypatch.setattr(module, "MOST_SHAPES", 1)
    with pytest.raises(BandoError, match="too many"):
        Picture().add(frame(shapely.Point(0, 0), shapely.Point(1, 1)), "x")
