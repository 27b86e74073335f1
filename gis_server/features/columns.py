"""How a field is written in JSON: as PostgreSQL does, and moments in UTC."""

from gis_server.catalog import Layer
from gis_server.db.statements import quoted


def column(layer: Layer, name: str) -> str:
    """The field of `served` under its own name."""
    found = f"served.{quoted(name)}"
    if layer.fields[name].type == "datetime":
        return f"""to_char({found} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {quoted(name)}"""
    return f"{found} AS {quoted(name)}"
