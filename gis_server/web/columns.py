"""How a field is written: in JSON as PostgreSQL does, with moments in UTC; for people with its title and words."""

from typing import Any

from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import quoted


def column(layer: Layer, name: str) -> str:
    """The field of `served` under its own name."""
    found = f"served.{quoted(name)}"
    if layer.fields[name].type == "datetime":
        return f"""to_char({found} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {quoted(name)}"""
    return f"{found} AS {quoted(name)}"


def json_column(layer: Layer, name: str) -> str:
    """The field for JSON. A number keeps its point (8.0): clients that tell types by the values would cut 8.5 to 8."""
    if layer.fields[name].type != "number":
        return column(layer, name)
    field = f"served.{quoted(name)}"
    is_whole = f"{field} = trunc({field}) AND abs({field}) < 1e15"
    return f"CASE WHEN {is_whole} THEN ({field} || '.0')::json ELSE to_json({field}) END AS {quoted(name)}"


def attribute(catalog: Catalog, layer: Layer, name: str, value: Any) -> dict[str, Any]:
    """A field as a person reads it: its title, its value, and the words of a code."""
    rule = layer.fields[name]
    title = rule.help.model_dump() if rule.help else {"vi": name, "en": name}
    found: dict[str, Any] = {"name": name, "title": title, "type": rule.type, "value": value}
    for key, extra in (("unit", rule.unit), ("datum", rule.datum)):
        if extra:
            found[key] = extra
    if rule.domain is not None and value is not None:
        known = catalog.domains[rule.domain].values.get(value)
        found |= {"code": value, "word": {"vi": known.vi, "en": known.en} if known else None}
    return found
