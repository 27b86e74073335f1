"""`python -m loaders.letters.learn`: counts the syllables of the catalogue and the guides into syllables.yaml."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

from loaders.letters.syllables import HERE, read_spelling

HOME = HERE.parent.parent
SOURCES = (
    "layers/*/*.yaml",
    "layers/_themes.yaml",
    "loaders/profiles/*.yaml",
    "loaders/checks/codes.yaml",
    "docs/vi/*.md",
)
LEFT_OUT = ("_places", "_schema", "sample_city")
"""Names of places: what the model is measured with must not be what it was made from."""
WORD = re.compile(r"[^\W\d_]+")
MARKED = re.compile(r"[^\x00-\x7f]")
HEAD = """\
# Syllables of our own catalogue and guides by how often they were seen: class n means about 2^n times.
# Made by `python -m loaders.letters.learn`; place names (layers/_places, the sample city) are left out on purpose.
"""


def main() -> None:
    classes: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in counted().items():
        classes[int(math.log2(count))].append(word)
    lines = [f"  {level}: {' '.join(sorted(classes[level]))}" for level in sorted(classes, reverse=True)]
    (HERE / "syllables.yaml").write_text(HEAD + "seen:\n" + "\n".join(lines) + "\n", encoding="utf-8")


def counted() -> Counter[str]:
    """Syllables in texts that are Vietnamese: those with at least one letter that English has not."""
    spelling = read_spelling()
    counts: Counter[str] = Counter()
    for text in sorted(set(_texts())):
        if len(MARKED.findall(text)) * 12 > len(text):
            words = WORD.findall(unicodedata.normalize("NFC", text).lower())
            counts.update(word for word in words if spelling.parsed(word))
    return counts


def _texts() -> Iterator[str]:
    for pattern in SOURCES:
        for path in sorted(HOME.glob(pattern)):
            if not any(part in LEFT_OUT for part in path.parts):
                yield from _texts_of(path)


def _texts_of(path: Path) -> Iterator[str]:
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield from content.splitlines()
    else:
        yield from _strings(yaml.safe_load(content))


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)
    elif isinstance(content, str):
        yield content


if __name__ == "__main__":
    main()
