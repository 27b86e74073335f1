"""The dossier as a page that people read and print."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from gis_server.planning.dossier import Content
from gis_server.planning.drawing import draw, swatch_svg
from gis_server.planning.maps import Sheet
from gis_server.web.answers import address
from gis_server.web.pages import moment, page

PAGES = Path(__file__).parent / "pages"


def dossier_page(request: Request, content: Content, sheets: Sequence[Sheet]) -> Response:
    name, name_en = names(content["subject"])
    given = {
        "dossier": content,
        "name": name,
        "name_en": name_en,
        "published": published(content),
        "maps": [drawn(sheet) for sheet in sheets],
        "links": _links(request, content),
    }
    return page(request, PAGES, "dossier", given)


def names(subject: Mapping[str, Any]) -> tuple[str, str]:
    """What the dossier is about, in Vietnamese and in English."""
    if subject["kind"] == "shape":
        return "Hồ sơ khu đất theo tọa độ", "Site dossier by corner coordinates"
    where, called = (subject["number"], subject["sheet"]), subject["commune_title"]
    vi, en = (
        (f"{called['vi']} (cũ)", f"former {called['en']}")
        if called
        else (f"xã {subject['commune']}", f"commune {subject['commune']}")
    )
    return "Thửa {}, tờ {}, {}".format(*where, vi), "Parcel {}, sheet {}, {}".format(*where, en)


def published(content: Content) -> str:
    return moment(content["release"]["published"])


def drawn(sheet: Sheet) -> dict[str, Any]:
    legend = [(look, swatch_svg(look)) for look in sheet.legend]
    return {"title": sheet.title, "svg": draw(sheet), "scale": sheet.scale, "legend": legend}


def parcel_path(subject: Mapping[str, Any]) -> str | None:
    """The address of a parcel's dossier under which nothing else is ever found."""
    if subject["kind"] != "parcel":
        return None
    return "/planning/parcels/{commune}/{sheet}/{number}/dossier".format_map(subject)


def _links(request: Request, content: Content) -> list[dict[str, str]]:
    """The same dossier in its other forms, of just this release."""
    asked = {name: request.query_params[name] for name in ("corners", "grid") if name in request.query_params}
    path = parcel_path(content["subject"])
    given = {**({} if path else asked), "release": content["release"]["number"]}
    forms = (("JSON", {"f": "json"}), ("PDF tiếng Việt", {"f": "pdf"}), ("PDF in English", {"f": "pdf", "lang": "en"}))
    return [
        {"href": address(request, path or request.url.path, **given, **form), "title": title} for title, form in forms
    ]


def file_name(subject: Mapping[str, Any]) -> str:
    """Letters, digits and hyphens only, whatever a parcel is called."""
    parts = (subject["commune"], subject["sheet"], subject["number"]) if subject["kind"] == "parcel" else ("toa-do",)
    return f"ho-so-{'-'.join(re.sub('[^A-Za-z0-9]+', '', part) for part in parts)}.pdf"
