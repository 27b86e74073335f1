"""What checks find, as a report tells it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One row with a finding: its key, the value in question, and where (stored grid, metres)."""

    key: str
    value: str | None
    x: float | None
    y: float | None


@dataclass(frozen=True)
class Finding:
    """How often a code was found in a layer (and field), for how many of them someone answers, and some examples."""

    layer: str
    code: str
    field: str | None
    count: int
    examples: tuple[Example, ...]
    waived: int = 0


@dataclass(frozen=True)
class Located:
    """One finding with its place in the stored grid, where it has one."""

    layer: str
    code: str
    field: str | None
    key: str | None
    value: str | None
    waived: bool
    x: float | None
    y: float | None
