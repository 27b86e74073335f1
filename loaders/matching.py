"""Which column of a delivery is which field of ours: by its name in any spelling, cut by a DBF, or by its title."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from gis_server.catalog import Layer
from gis_server.catalog.words import read_yaml
from loaders.personal import DBF_LENGTH, folded


def matched_columns(layer: Layer, names: Sequence[str]) -> dict[str, str]:
    """Field of ours → the column that has its name, in any spelling, or cut to ten characters by a DBF."""
    return _taken(names, [_by_name(layer), _by_cut_name(layer)])


def likely_columns(layer: Layer, names: Sequence[str]) -> dict[str, str]:
    """Also by the field's title and by the words that offices use for it (`synonyms.yaml`): for drafts, not loads.
    The key comes first: without it no row can be kept."""
    ways = [_by_name(layer), _by_cut_name(layer), _by_title(layer), _by_synonym(layer)]
    of_key = [{spelling: ours for spelling, ours in way.items() if ours in layer.key} for way in ways]
    return _taken(names, [*of_key, *ways])


def _taken(names: Sequence[str], ways: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The surest way first, and in it the spelling that stands first; a column and a field are used once."""
    spelled = {spelling: name for name in reversed(names) for spelling in (folded(name), name.lower())}
    found: dict[str, str] = {}
    for way in ways:
        for spelling, ours in way.items():
            name = spelled.get(spelling)
            if name is not None and ours not in found and name not in found.values():
                found[ours] = name
    return found


def _by_name(layer: Layer) -> dict[str, str]:
    return {folded(ours): ours for ours in reversed(list(layer.fields))}


def _by_cut_name(layer: Layer) -> dict[str, str]:
    """Names as DBF writers cut them; where two become the same, the later ones are numbered."""
    cut: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for ours in layer.fields:
        short = ours[:DBF_LENGTH].lower()
        seen[short] += 1
        for name in [short] if seen[short] == 1 else _numbered(ours.lower(), seen[short] - 1):
            cut.setdefault(name, ours)
        if len(folded(ours)) > DBF_LENGTH:
            cut.setdefault(folded(ours)[:DBF_LENGTH], ours)
    return cut


def _numbered(name: str, place: int) -> Iterator[str]:
    """`loaichat_1` (GDAL, ArcGIS), `duongkinh1` (MapInfo), `sohieut001` (VBDLIS)."""
    yield from (f"{name[:8]}_{place}", f"{name[:9]}{place}", f"{name[:7]}{place:03}")


def _by_title(layer: Layer) -> dict[str, str]:
    """`Cao độ nắp (m)`: titles without what stands in brackets or after a comma."""
    titles: dict[str, str] = {}
    for ours, rule in layer.fields.items():
        if rule.help is not None:
            short = rule.help.vi.partition("(")[0].partition(",")[0].partition(";")[0]
            for words in (rule.help.vi, short):
                titles.setdefault(folded(words), ours)
            if rule.unit is not None:
                titles.setdefault(folded(f"{short}{rule.unit}"), ours)
    return titles


def _by_synonym(layer: Layer) -> dict[str, str]:
    found: dict[str, str] = {}
    for ours in layer.fields:
        for word in _synonyms().get(folded(ours), ()):
            found.setdefault(word, ours)
    for word, ours in list(found.items()):
        found.setdefault(word[:DBF_LENGTH], ours)
    return found


@cache
def _synonyms() -> Mapping[str, tuple[str, ...]]:
    content = read_yaml(Path(__file__).with_name("synonyms.yaml"))
    return {folded(ours): tuple(folded(str(word)) for word in words) for ours, words in content.items()}
