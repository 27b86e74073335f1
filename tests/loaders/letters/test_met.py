"""Values that came before are judged as they were the first time, at the price of looking them up."""

import pyarrow as pa
import pytest

from loaders.letters import met as room
from loaders.letters.columns import StreamLetters
from loaders.letters.met import Met
from loaders.letters.syllables import read_model

BLOCKS = [
    ["Lê Lợi", "12 Lê Lợi", None, "Hoà Bình"],
    ["Lê Lợi", " 13  Lê Lợi ", "Ho\u0300a"],
    ["Lª Lîi", "12 Lê Lợi", "", "Caf\u00e9"],
]


def test_each_value_is_said_the_same_of_whenever_it_comes():
    texts = list(dict.fromkeys(text for block in BLOCKS for text in block if text))
    once, met = Met(read_model()), Met(read_model())
    alone = [once.look(pa.array([text])) for text in texts]
    for _ in range(2):
        said = met.look(pa.array(texts))
        assert said.plain.tolist() == [bool(one.plain[0]) for one in alone]
        assert said.right.tolist() == [bool(one.right[0]) for one in alone]
        assert said.words.to_pylist() == [one.words[0].as_py() for one in alone]
    assert said.words[texts.index(" 13  Lê Lợi ")].as_py() == "13 Lê Lợi"
    assert len(met.values) == len(texts)


def test_only_so_many_values_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "MOST", 5)
    met = Met(read_model())
    for first in range(0, 40, 4):
        said = met.look(pa.array([f"{number} Lê Lợi" for number in range(first, first + 4)]))
        assert said.words.to_pylist() == [f"{number} Lê Lợi" for number in range(first, first + 4)]
        assert len(met.values) <= 5


def test_bytes_that_are_no_text_are_left_to_their_letters():
    met = Met(read_model())
    assert met.look(pa.array([b"L\xaa L\xeei"]).view(pa.string())) is None
    assert met.look(pa.array(["Lê Lợi"])).plain.all()


def test_a_column_is_read_the_same_in_one_block_and_in_many():
    whole, parts = (StreamLetters("auto", None) for _ in range(2))
    values = [[*block] for block in BLOCKS] * 3
    in_parts = [text for block in values for text in parts.clean("d", pa.chunked_array([block])).to_pylist()]
    flat = [text for block in values for text in block]
    assert in_parts[:7] == whole.clean("d", pa.chunked_array([flat])).to_pylist()[:7]
    assert in_parts[-11:-4] == in_parts[:7]
