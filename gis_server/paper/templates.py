"""Jinja templates with every value escaped, and a value that is not there an error instead of a gap."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gis_server.figures import vietnamese


@cache
def templates(*folders: Path) -> Environment:
    """The templates of these folders; of one name, the first folder's."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["number"] = vietnamese
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}  # Vietnamese letters are for reading
    return made
