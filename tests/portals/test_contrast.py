"""The viewer's colours by day and by night, as WCAG 2 counts contrast: 4.5 for words, 3 for what is operated."""

import re

import pytest

from gis_server.settings import HOME

CSS = (HOME / "gis_server" / "portals" / "viewer" / "viewer.css").read_text()
WORDS = [
    *(("ink", "paper"), ("muted", "paper"), ("muted", "well"), ("muted", "wash"), ("chip-ink", "well")),
    *(("accent-dark", "accent-wash"), ("on-accent", "accent"), ("note-ink", "note-wash"), ("good-ink", "good-wash")),
    *(("warn-ink", "warn-wash"), ("danger-ink", "danger-wash"), ("info-ink", "info-wash"), ("guess-ink", "guess-wash")),
]
OPERATED = [("off", "paper"), ("accent", "paper"), ("accent", "wash")]


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, scheme: int) -> float:
    colours = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\(#(\w+), #(\w+)\)", CSS)}
    darker, lighter = sorted(luminance(colours[name][scheme]) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(("pair", "least"), [*((pair, 4.5) for pair in WORDS), *((pair, 3.0) for pair in OPERATED)])
def test_colours_are_told_apart(pair: tuple[str, str], least: float, scheme: int) -> None:
    assert contrast(*pair, scheme) >= least
