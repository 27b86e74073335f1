"""Texts of files reach the log book, a terminal and a report without what would harm them."""

import json

from loaders.printable import printable, printable_in


def test_what_harms_is_shown_as_lost_and_the_rest_stays():
    assert printable("Đường\x00 \x1b[31m\u202e\udcff\n") == "Đường� �[31m��\n"
    assert printable("Hồ\xa0ga\ttên") == "Hồ\xa0ga\ttên"


def test_data_is_cleaned_however_deep_the_text_lies():
    said = printable_in({"a": [{"b": ("x\x00", 1, None)}], "c": {"d": "e\ud800"}})
    assert said == {"a": [{"b": ["x�", 1, None]}], "c": {"d": "e�"}}
    assert "\\u0000" not in json.dumps(said)
