"""Readings are written in one word, and can be applied forwards and backwards."""

import numpy as np
import pytest

from loaders.grid import Reading, parse_reading
from loaders.grid.national import country_of

PLACES = np.array([[603514.4, 1191454.713], [570000.0, 1230000.0], [690000.0, 1150000.0]])
WORDS = ["9210", "5899-yx", "9210-mm", "9210-yx-mm", "5897-km", "9210-unshifted", "3857-unshifted", "3406", "9217"]


@pytest.mark.parametrize("word", [*WORDS, "4326-was-9210-as-3405", "4326-yx", "4756"])
def test_numbers_and_stored_undo_each_other(catalog, word):
    book = country_of(catalog.crs).book
    reading = parse_reading(word, book.known)
    assert str(reading) == word
    assert reading.stored(reading.numbers(PLACES, book), book) == pytest.approx(PLACES, abs=0.001)


def test_a_missing_shift_is_226_metres_and_a_wrong_meridian_82_kilometres(catalog):
    book = country_of(catalog.crs).book

    def off(one, other):
        return np.hypot(*(other.stored(one.numbers(PLACES, book), book) - PLACES).T)

    assert off(Reading(9210), Reading(9210, unshifted=True)) == pytest.approx(226, abs=2)
    assert off(Reading(9210), Reading(5897)) == pytest.approx(82_000, abs=500)
    assert off(Reading(5897), Reading(3405)) == pytest.approx(361, abs=20)


@pytest.mark.parametrize("word", ["", "abc", "9210-xy", "9210-", "27700", "4326-was-1-as-2", "9210-mm-yx"])
def test_what_cannot_be_understood_is_an_error(catalog, word):
    with pytest.raises(ValueError, match=r"write|is not in"):
        parse_reading(word, catalog.crs.known)
