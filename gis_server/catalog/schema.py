"""JSON Schemas of the data files, made from the models, so that editors help GIS staff while they type."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from gis_server.catalog.archives import ArchiveFile
from gis_server.catalog.checks import WaiverFile
from gis_server.catalog.edits import Editor
from gis_server.catalog.model import CrsFile, Domain, LayerFile, LayerStyle, PortalMap, Theme, ViewRule

FILES: dict[str, type[BaseModel]] = {
    "layer": LayerFile,
    "domain": Domain,
    "style": LayerStyle,
    "map": PortalMap,
    "archive": ArchiveFile,
    "crs": CrsFile,
    "waivers": WaiverFile,
}
TABLES: dict[str, type[BaseModel]] = {"themes": Theme, "views": ViewRule, "editors": Editor}


def schemas() -> dict[str, str]:
    """File name → JSON Schema text, one for each kind of data file."""
    documents = {name: model.model_json_schema() for name, model in FILES.items()}
    documents |= {name: _table_schema(model) for name, model in TABLES.items()}
    return {f"{name}.schema.json": _text(document) for name, document in documents.items()}


def outdated(folder: Path) -> list[str]:
    """Names of schema files in the folder that differ from what the models say."""
    return [
        name for name, text in schemas().items() if not (folder / name).exists() or (folder / name).read_text() != text
    ]


def _table_schema(row: type[BaseModel]) -> dict[str, Any]:
    """A file that maps names to rows."""
    return TypeAdapter(dict[str, row]).json_schema()  # type: ignore[valid-type]


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
