"""Tables of pandas as a page shows them: numbers as Vietnamese write them, the index kept where it says something."""

from html import escape
from typing import Any

MOST_ROWS = 60


def is_table(value: Any) -> bool:
    return hasattr(value, "to_frame") or (hasattr(value, "columns") and hasattr(value, "iterrows"))


def as_table(value: Any) -> str:
    """A frame or a series; of many rows the first, and how many there are."""
    frame = value.to_frame() if hasattr(value, "to_frame") and not hasattr(value, "columns") else value
    frame = frame.drop(columns=[name for name in frame.columns if name == "geometry"])
    if frame.index.name or frame.index.nlevels > 1 or not _counts(frame.index):
        frame = frame.reset_index()
    if not len(frame):
        return '<p class="quiet">Không có dòng nào. <i>No rows.</i></p>'
    counted = {str(name) for name in frame.columns if str(frame[name].dtype)[:3] in ("int", "flo") and name != "fid"}
    names = [str(name) for name in frame.columns]
    head = "".join(f"<th{_aligned(name in counted)}>{escape(name)}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(_cell(one, name in counted) for one, name in zip(row, names, strict=True))}</tr>"
        for row in frame.head(MOST_ROWS).itertuples(index=False, name=None)
    )
    more = f'<p class="quiet">{MOST_ROWS} trong {len(frame)} dòng <i>rows</i></p>' if len(frame) > MOST_ROWS else ""
    return f'<div class="table"><table><tr>{head}</tr>{rows}</table></div>{more}'


def _cell(value: Any, is_counted: bool) -> str:
    if value is None or value != value:  # not a number
        return "<td></td>"
    return f"<td{_aligned(is_counted)}>{escape(written(float(value)) if is_counted else str(value))}</td>"


def _aligned(is_counted: bool) -> str:
    return ' class="number"' if is_counted else ""


def written(value: float) -> str:
    """1.234,5: at most two decimals, none where there are none."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def _counts(index: Any) -> bool:
    """Whether an index only numbers its rows."""
    return list(index[:2]) == list(range(min(2, len(index)))) or str(index.dtype) == "int64"
