"""Rows have the same print when every value is the same, and only then."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from loaders.memory.prints import Unprintable, of_column, prints, sums

VALUES = [
    pa.array([0, 1, -1, 2**32 + 1, None]),
    pa.array([0, 1, 255, 2**63, None], pa.uint64()),
    pa.array([0.0, 1.0, 0.1, float("nan"), None]),
    pa.array(["", "a", "b", "Nguyễn Trãi", None]),
    pa.array(["", "a", "b", "Nguyễn Trãi", None], pa.large_string()),
    pa.array([b"", b"a", b"\0", b"\0\0", None]),
    pa.array([date(2000, 1, 1), date(1970, 1, 1), date(2026, 1, 1), date(1900, 1, 1), None]),
    pa.array([datetime(2000, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)] + [None], pa.timestamp("us", "UTC")),
    pa.array(["a", "b", "c", "d", None]).dictionary_encode().dictionary_decode(),
]


@pytest.mark.parametrize("values", VALUES, ids=lambda values: str(values.type))
def test_values_that_differ_have_prints_that_differ(values):
    assert len(set(prints({"v": values}, "").tolist())) == len(values)


@pytest.mark.parametrize("values", VALUES, ids=lambda values: str(values.type))
def test_the_same_value_has_the_same_print_wherever_it_stands(values):
    backwards = values.take(pa.array([4, 3, 2, 1, 0]))
    assert prints({"v": values}, "").tolist() == prints({"v": backwards}, "").tolist()[::-1]
    assert prints({"v": values.slice(2)}, "").tolist() == prints({"v": values}, "").tolist()[2:]


def test_true_false_and_nothing_are_three():
    assert len(set(prints({"v": pa.array([True, False, None])}, "").tolist())) == 3


def test_a_value_that_moves_to_another_column_is_another_row():
    there, here = pa.array(["a"]), pa.array(["b"])
    assert prints({"x": there, "y": here}, "") != prints({"x": here, "y": there}, "")
    assert prints({"x": pa.array([1])}, "") != prints({"x": pa.array(["1"])}, "")


def test_the_seed_and_the_names_count():
    values = pa.array(["a"])
    assert len({int(prints({name: values}, seed)[0]) for name in "xy" for seed in ("", "z")}) == 4


def test_a_kind_of_value_without_a_print_is_refused():
    with pytest.raises(Unprintable):
        prints({"v": pa.array([[1], [2]])}, "")


def test_sums_are_those_of_the_same_words_in_any_order():
    words = prints({"v": pa.array(range(1_000))}, "")
    assert sums(words).tolist() == sums(words[::-1]).tolist()
    assert sums(words).tolist() != sums(words[1:]).tolist()
    assert sums(words).tolist() != sums(prints({"v": pa.array([1, *range(1, 1_000)])}, "")).tolist()


def test_what_is_known_of_a_column_gives_the_same_prints_for_every_seed() -> None:
    columns = {"x": pa.array(["a", None, "b"]), "y": pa.array([1, 2, None])}
    known = {name: of_column(values) for name, values in columns.items()}
    for seed in ("", "z"):
        assert prints(columns, seed, known).tolist() == prints(columns, seed).tolist()
