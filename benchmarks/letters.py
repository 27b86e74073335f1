"""How often the letters of a column are read right, by way of writing and length of the column; and how fast."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from benchmarks.letters_corpus import LENGTHS, Way, columns, foreign_columns, ways
from benchmarks.measure import CONSOLE, claim
from benchmarks.place import Bench
from loaders.letters.columns import StreamLetters

SEED = 2025
ASSERTED = 11
"""The first ways of writing are promised; the rest are letters that another program had already spoilt."""
LIMIT_WRONG = 0.5
"""Per cent of columns."""
SPEED_ROWS = 65_536


@dataclass
class Score:
    """Columns of one way of writing: how many there were, and how many came back whole, by their length."""

    columns: Counter[int] = field(default_factory=Counter)
    right: Counter[int] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    values: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    """Some values that came out wrong: as written, as it should be, as read."""

    def share(self, length: int | None = None) -> float:
        if length is None:
            return self.right.total() / self.columns.total()
        return self.right[length] / self.columns[length]


def bench(place: Bench | None = None) -> None:
    wide = Console(width=130)
    scores = {way.label: score(way, LENGTHS) for way in ways()}
    wide.print(_by_length(scores))
    wide.print(_confusion(scores))
    worst = max(100 * (1 - scores[way.label].share()) for way in ways()[:ASSERTED])
    claim("letters: columns not right, worst encoding", worst, LIMIT_WRONG, "%", "% limit")
    changed, values = changes_of_clean_text()
    CONSOLE.print(f"Clean Unicode, foreign names, signs and codes: {changed} of {values:,} values changed")
    for way in ways():
        CONSOLE.print(f"{way.label:<24}{speed(way):>12,.0f} distinct values/s through the column cleaner")


def score(way: Way, lengths: Mapping[int, int], seed: int = SEED) -> Score:
    """A column is right when every value of it comes back as it was."""
    found = Score()
    for column in columns(seed, lengths):
        written = [way.write(text) for text in column]
        expected = [way.keeps(text) for text in column]
        read, called = cleaned(written)
        found.columns[len(column)] += 1
        found.right[len(column)] += read == expected
        found.called[called] += 1
        found.values += len(column)
        if read != expected and len(found.wrong) < 50:
            found.wrong += [
                (str(was), due, str(got)) for was, due, got in zip(written, expected, read, strict=True) if due != got
            ]
    return found


def cleaned(written: Sequence[str | bytes]) -> tuple[list[str | None], str]:
    """A column as a load makes it, and the way of writing in which most of it was read."""
    raw = isinstance(written[0], bytes)
    values = pa.chunked_array([pa.array(written, pa.binary() if raw else pa.string())])
    letters = StreamLetters("auto", "bytes" if raw else None)
    texts = letters.clean("ten", values).to_pylist()
    rows = letters.columns["ten"].rows if letters.columns else Counter({"utf-8": 1})
    return texts, max(rows, key=lambda name: rows[name])


def changes_of_clean_text(seed: int = SEED) -> tuple[int, int]:
    """Values of clean Unicode that came out as anything else, as text and as bytes of UTF-8."""
    changed = values = 0
    clean = [*foreign_columns(seed), *columns(seed, LENGTHS)]
    for column in clean:
        texts = list(column)
        for written in (texts, [text.encode() for text in column]):
            read, _ = cleaned(written)
            values += len(texts)
            changed += sum(got != text for got, text in zip(read, texts, strict=True))
    return changed, values


def speed(way: Way) -> float:
    """Distinct values in a second, in one column of a block's length."""
    written = list(dict.fromkeys(way.write(text) for column in columns(7, {SPEED_ROWS: 1}) for text in column))
    started = time.perf_counter()
    cleaned(written)
    return len(written) / (time.perf_counter() - started)


def _by_length(scores: Mapping[str, Score]) -> Table:
    table = Table(title="Columns read right, % (by number of values in the column)", title_justify="left")
    table.add_column("written as", no_wrap=True)
    for length in (*LENGTHS, "all"):
        table.add_column(str(length), justify="right", no_wrap=True)
    for label, one in scores.items():
        table.add_row(label, *(f"{100 * one.share(length):.2f}" for length in LENGTHS), f"{100 * one.share():.2f}")
    return table


def _confusion(scores: Mapping[str, Score]) -> Table:
    names = sorted({name for one in scores.values() for name in one.called})
    table = Table(title="Written as → called (columns)", title_justify="left")
    table.add_column("written as", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for label, one in scores.items():
        table.add_row(label, *(f"{one.called[name]:,}" if one.called[name] else "·" for name in names))
    return table


if __name__ == "__main__":
    bench()
