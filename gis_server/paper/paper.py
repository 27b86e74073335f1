"""Puts a page into one file: its text, style, script and data. The page forbids itself requests and other scripts."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

from gis_server.paper.templates import templates

PAGES = Path(__file__).parent / "pages"


def paper(folder: Path, name: str, content: Mapping[str, Any], data: object) -> bytes:
    """`folder/name.html` with `content`; `folder/name.js` finds `data` as JSON, in which no tag can end the script."""
    script = "".join((place / file).read_text("utf-8") for place, file in ((PAGES, "map.js"), (folder, f"{name}.js")))
    text = orjson.dumps(data).decode().replace("<", "\\u003c")
    parts = {
        "style": Markup((PAGES / "paper.css").read_text("utf-8")),
        "script": Markup(script),
        "policy": _policy(script),
        "data": Markup(text),
    }
    return templates(folder, PAGES).get_template(f"{name}.html").render(**content, **parts).encode("utf-8", "replace")


def _policy(script: str) -> str:
    """Only this script, by its digest: a value of the data that looks like script stays text."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
