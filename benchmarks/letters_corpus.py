"""Columns of real-looking Vietnamese names in every way of writing, made from names the detector has never seen."""

import csv
import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from loaders.text import from_tcvn3, to_cp1258, to_tcvn3, to_vni

HOME = Path(__file__).parent.parent
UNITS = HOME / "layers" / "_places" / "units.csv"
SAMPLE_NAMES = HOME / "loaders" / "sample_city" / "names.yaml"
PLACES = (
    "{n}",
    "Đường {n}",
    "Hẻm {k}/{m} {n}",
    "{k}/{m} {n}",
    "{k} {n}",
    "Cầu {n}",
    "Rạch {n}",
    "Kênh {n}",
    "Chợ {n}",
    "Trường Tiểu học {n}",
    "Trường THCS {n}",
    "Trạm y tế {n}",
    "Công viên {n}",
    "Nút giao {n} - {o}",
    "P. {n}",
    "Khu công nghiệp {n}",
    "Bến xe {n}",
    "UBND {n}",
    "Nhà máy nước {n}",
    "Tuyến cống {n} D{k}",
    "HG-{k} {n}",
    "Chung cư {n} lô {k}",
    "Đình {n}",
    "Chùa {n}",
)
SHORT = (
    "Ấp {k}",
    "Tổ {k}",
    "KĐD {k}",
    "ĐS{k}",
    "Lô {k}",
    "Số {k}",
    "Kp. {k} {n}",
    "Đ. {n}",
    "TĐ-{k}",
    "Đ{k}",
    "Khu phố {k}",
    "Thửa {k}",
    "Đất ở",
)
SHARE_SHORT, SHARE_CAPITALS = 0.12, 0.15
LENGTHS = {1: 5_000, 2: 1_500, 3: 800, 5: 500, 10: 250, 20: 100, 50: 40, 200: 15}
"""Values in a column → columns: over 20,000 values in each way of writing."""
FOREIGN_NAMES = Path(__file__).with_name("foreign_names.txt")

Channel = Callable[[str], str | bytes]


@dataclass(frozen=True)
class Way:
    """A way of writing: from a text to what lies in the file, and the text that can be had back from it at best."""

    label: str
    write: Channel
    keeps: Callable[[str], str] = lambda text: text


def ways() -> tuple[Way, ...]:
    """Bytes as readers let them through; then text that some program has decoded before."""
    return (
        Way("utf-8", lambda text: text.encode()),
        Way("nfd", lambda text: unicodedata.normalize("NFD", text).encode()),
        Way("cp1258", lambda text: to_cp1258(text).encode("latin-1")),
        Way("tcvn3", lambda text: to_tcvn3(text).encode("latin-1"), _through_tcvn3),
        Way("vni", lambda text: to_vni(text).encode("latin-1")),
        Way("utf-8, text", lambda text: text),
        Way("nfd, text", lambda text: unicodedata.normalize("NFD", text)),
        Way("double, cp1252", lambda text: misread(text.encode(), "cp1252")),
        Way("double, latin-1", lambda text: text.encode().decode("latin-1")),
        Way("double, cp1258", lambda text: misread(text.encode(), "cp1258")),
        Way("double twice, cp1252", lambda text: misread(misread(text.encode(), "cp1252").encode(), "cp1252")),
        Way("tcvn3 as cp1252", lambda text: misread(to_tcvn3(text).encode("latin-1"), "cp1252"), _through_tcvn3),
        Way("vni as cp1252", lambda text: misread(to_vni(text).encode("latin-1"), "cp1252")),
        Way("cp1258 as cp1252", lambda text: misread(to_cp1258(text).encode("latin-1"), "cp1252")),
    )


def misread(value: bytes, page: str) -> str:
    """Bytes as a program shows them that takes them for a code page; bytes without a sign stay control signs."""
    return "".join(_shown(page)[byte] for byte in value)


@cache
def _shown(page: str) -> tuple[str, ...]:
    decoded = (bytes([byte]).decode(page, "ignore") for byte in range(256))
    return tuple(sign or chr(byte) for byte, sign in enumerate(decoded))


def columns(seed: int, lengths: Mapping[int, int]) -> Iterator[tuple[str, ...]]:
    """Columns of names, each with letters beyond ASCII; the same for the same seed."""
    rng = random.Random(seed)
    names = held_out_names()
    for length, count in lengths.items():
        for _ in range(count):
            yield tuple(_value(rng, names) for _ in range(length))


def foreign_columns(seed: int) -> Iterator[tuple[str, ...]]:
    """Clean Unicode that is hard to tell: every foreign name, sign and code alone, and in columns of several."""
    rng = random.Random(seed)
    names = FOREIGN_NAMES.read_text(encoding="utf-8").splitlines()
    yield from ((name,) for name in names)
    for length in (2, 3, 5, 20, 100):
        for _ in range(200):
            yield tuple(rng.choice(names) for _ in range(length))


@cache
def held_out_names() -> tuple[str, ...]:
    """Wards, communes, streets and hamlets that the detector's model was not made from."""
    found: dict[str, None] = {}
    with UNITS.open(encoding="utf-8", newline="") as file:
        for unit in csv.DictReader(file):
            for name in (unit["name_vi"], *unit["formed_from"].split(", ")):
                found |= dict.fromkeys((name, _without_kind(name)))
    content = yaml.safe_load(SAMPLE_NAMES.read_text(encoding="utf-8"))
    found |= dict.fromkeys(text for text in _strings(content))
    return tuple(sorted(unicodedata.normalize("NFC", name) for name in found if len(name) > 1))


def _without_kind(name: str) -> str:
    for kind in ("Phường ", "Xã ", "Thị trấn ", "Huyện ", "Quận ", "Thành phố ", "Tỉnh "):
        name = name.removeprefix(kind)
    return name


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for value in content.values() if isinstance(content, dict) else content:
            yield from _strings(value)


def _value(rng: random.Random, names: tuple[str, ...]) -> str:
    while True:
        pattern = rng.choice(SHORT if rng.random() < SHARE_SHORT else PLACES)
        text = pattern.format(n=rng.choice(names), o=rng.choice(names), k=rng.randint(1, 400), m=rng.randint(1, 99))
        text = text.upper() if rng.random() < SHARE_CAPITALS else text
        if not text.isascii():
            return unicodedata.normalize("NFC", text)


def _through_tcvn3(text: str) -> str:
    """What the font keeps of capitals with tones."""
    return from_tcvn3(to_tcvn3(text))
