"""The viewer's page, and what it needs to know before it can draw: maps, grids and the view of whoever asks."""

from string import Template
from typing import Any, Final

import numpy as np
from fastapi import Request
from starlette.responses import Response

from gis_server.access.views import View
from gis_server.catalog import Catalog
from gis_server.catalog.crs import WGS84
from gis_server.catalog.model import PortalMap
from gis_server.errors import AssetsMissing
from gis_server.portals.assets import Assets, read_assets
from gis_server.settings import Settings
from gis_server.web.answers import etag_of, is_known

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
"""Stricter than the service's: the page has no inline script and no inline style, and talks to this server only."""


ROOM_DEGREES: Final = 0.5


class Viewer:
    """The page and its files, read when first asked for: tiles and features do not wait for `npm ci`."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._assets: Assets | None = None

    @property
    def assets(self) -> Assets:
        if self._assets is None:
            self._assets = read_assets(self._home)
        return self._assets

    def map_parts(self) -> dict[str, str] | None:
        """What a map in a page is made of, from where the service stands; None without the libraries."""
        try:
            assets = self.assets
        except AssetsMissing:
            return None
        return {
            "maplibre": assets.url("maplibre-gl", "maplibre-gl.mjs"),
            "worker": assets.url("maplibre-gl", "maplibre-gl-worker.mjs"),
            "stylesheet": assets.url("maplibre-gl", "maplibre-gl.css"),
            "module": assets.url("viewer", "pagemap.js"),
        }


def viewer_page(request: Request) -> Response:
    """The HTML of `/`: the same for everyone, what differs comes with `/viewer.json`."""
    viewer: Viewer = request.app.state.viewer
    body = _page(viewer.assets)
    headers = {
        "ETag": etag_of(body),
        "Cache-Control": "no-cache",
        "Vary": "Accept",
        "Content-Security-Policy": POLICY,
    }
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


def _page(assets: Assets) -> bytes:
    places = {
        "maplibre": assets.url("maplibre-gl", "maplibre-gl.mjs"),
        "worker": assets.url("maplibre-gl", "maplibre-gl-worker.mjs"),
        "stylesheet": assets.url("maplibre-gl", "maplibre-gl.css"),
        "proj4": assets.url("proj4", "proj4.js"),
        "viewer": f"assets/{assets.bases['viewer']}",
        "modules": "\n".join(f'  <link rel="modulepreload" href="{url}">' for url in assets.modules),
    }
    return Template(assets.template).substitute(places).encode()


def viewer_config(catalog: Catalog, view: View) -> dict[str, Any]:
    """Maps with the layers this caller may see, the grids with the pinned shift, and the name of the view in force."""
    ordered = sorted(catalog.maps.items(), key=lambda one: one[1].order)
    maps = [_map(name, portal, view) for name, portal in ordered]
    return {
        "view": {"name": view.name, "title": catalog.views[view.name].title.model_dump()},
        "languages": ["vi", "en"],
        "maps": [one for one in maps if one["layers"]],
        "stored": catalog.crs.stored,
        "extent": catalog.crs.file.extent,
        "bounds": _bounds(catalog),
        "grids": [
            {"srid": srid, "title": grid.title.model_dump(), "proj4": catalog.crs.proj4(srid)}
            for srid, grid in catalog.crs.file.grids.items()
        ],
    }


def _map(name: str, portal: PortalMap, view: View) -> dict[str, Any]:
    return {
        "id": name,
        "title": portal.title.model_dump(),
        "description": portal.description.model_dump(),
        "center": portal.center,
        "zoom": portal.zoom,
        "layers": [layer for layer in portal.layers if layer in view.layers],
        "hidden": [layer for layer in portal.hidden if layer in view.layers],
    }


def _bounds(catalog: Catalog) -> list[float]:
    """West, south, east, north in degrees of a box around all city data, with room to look around."""
    west, south, east, north = catalog.crs.file.extent
    corners = np.array([[west, south], [east, south], [east, north], [west, north]])
    degrees = catalog.crs.transform(corners, catalog.crs.stored, WGS84)
    low, high = degrees.min(axis=0) - ROOM_DEGREES, degrees.max(axis=0) + ROOM_DEGREES
    return [round(float(number), 4) for number in (*low, *high)]
