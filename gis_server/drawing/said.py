"""What drawn things say, as PostgreSQL writes an object of its type jsonb: read back or not, it is the same text."""

import json
from collections.abc import Mapping
from decimal import Decimal

Value = str | int | float | bool


def as_jsonb(said: Mapping[str, Value]) -> str:
    """Shorter names first, numbers in full."""
    names = sorted(said, key=lambda name: (len(name.encode()), name.encode()))
    return "{" + ", ".join(f"{_text(name)}: {_value(said[name])}" for name in names) + "}"


def _value(value: Value) -> str:
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else _text(value)


def _text(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
