"""The capabilities of WMTS 1.0, for desktop programs that draw no vector tiles: rasters, and maps drawn as pictures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from gis_server.catalog.model import Text
from gis_server.tiles.grids import Box, TileGrid
from gis_server.tiles.ogc import PIXEL_M, SIDE
from gis_server.tiles.raster_looks import Look
from gis_server.web.state import Bounds

WMTS, OWS, XLINK = "http://www.opengis.net/wmts/1.0", "http://www.opengis.net/ows/1.1", "http://www.w3.org/1999/xlink"
NAMES: dict[Look, str] = {
    "color": "Màu của lớp · Colours of the layer",
    "hillshade": "Đổ bóng địa hình · Shaded relief",
}
"""Looks for people; Terrain-RGB is numbers."""
SCHEMES = {"light": "Kiểu màu sáng · Light scheme", "dark": "Kiểu màu tối · Dark scheme"}
"""Of maps and layers drawn as pictures."""
FORMS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
PNG = "image/png"
INFO = {"text/plain": "txt", "text/html": "html", "application/json": "json"}
"""Of what lies under a pixel: kinds, and the endings of their addresses."""


@dataclass(frozen=True)
class Shown:
    """A layer of the service with something in it."""

    name: str
    title: Text
    styles: Mapping[str, str]
    """The first is what is shown unless another is asked for."""
    bounds: Bounds
    box: Box
    """The bounds in the grid."""
    zooms: tuple[int, int]
    tiles: Mapping[str, str]
    """By format: address template, with {Style}, {TileMatrix}, {TileCol} and {TileRow}."""
    info: Mapping[str, str]
    """The same of what lies under a pixel, with {I} and {J} as well."""


def capabilities(title: str, here: tuple[str, str], grid: TileGrid, layers: Iterable[Shown]) -> bytes:
    """The document; `here` is its own address, and that where questions with parameters go."""
    for prefix, uri in (("", WMTS), ("ows", OWS), ("xlink", XLINK)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{WMTS}}}Capabilities", {"version": "1.0.0"})
    service = ET.SubElement(root, f"{{{OWS}}}ServiceIdentification")
    _ows(service, Title=title, ServiceType="OGC WMTS", ServiceTypeVersion="1.0.0")
    _operations(root, here[1])
    contents = ET.SubElement(root, f"{{{WMTS}}}Contents")
    for shown in layers:
        _layer(contents, shown, grid)
    _grid(contents, grid)
    ET.SubElement(root, f"{{{WMTS}}}ServiceMetadataURL", {f"{{{XLINK}}}href": here[0]})
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _operations(root: ET.Element, address: str) -> None:
    """For clients that ask with parameters (KVP); those that follow templates need none of it."""
    told = ET.SubElement(root, f"{{{OWS}}}OperationsMetadata")
    for name in ("GetCapabilities", "GetTile", "GetFeatureInfo"):
        operation = ET.SubElement(told, f"{{{OWS}}}Operation", {"name": name})
        http = ET.SubElement(ET.SubElement(operation, f"{{{OWS}}}DCP"), f"{{{OWS}}}HTTP")
        get = ET.SubElement(http, f"{{{OWS}}}Get", {f"{{{XLINK}}}href": address})
        constraint = ET.SubElement(get, f"{{{OWS}}}Constraint", {"name": "GetEncoding"})
        _ows(ET.SubElement(constraint, f"{{{OWS}}}AllowedValues"), Value="KVP")


def _layer(contents: ET.Element, shown: Shown, grid: TileGrid) -> None:
    layer = ET.SubElement(contents, f"{{{WMTS}}}Layer")
    _ows(layer, Title=f"{shown.title.vi} · {shown.title.en}")
    box = ET.SubElement(layer, f"{{{OWS}}}WGS84BoundingBox")
    west, south, east, north = shown.bounds
    _ows(box, LowerCorner=f"{west} {south}", UpperCorner=f"{east} {north}")
    _ows(layer, Identifier=shown.name)
    for number, (name, words) in enumerate(shown.styles.items()):
        style = ET.SubElement(layer, f"{{{WMTS}}}Style", {"isDefault": str(number == 0).lower()})
        _ows(style, Title=words, Identifier=name)
    for media in shown.tiles:
        _wmts(layer, Format=media)
    for media in shown.info:
        _wmts(layer, InfoFormat=media)
    link = ET.SubElement(layer, f"{{{WMTS}}}TileMatrixSetLink")
    _wmts(link, TileMatrixSet=grid.id)
    _limits(ET.SubElement(link, f"{{{WMTS}}}TileMatrixSetLimits"), shown, grid)
    for kind, templates in (("tile", shown.tiles), ("FeatureInfo", shown.info)):
        for media, template in templates.items():
            told = {"format": media, "resourceType": kind, "template": template}
            ET.SubElement(layer, f"{{{WMTS}}}ResourceURL", told)


def _limits(limits: ET.Element, shown: Shown, grid: TileGrid) -> None:
    for zoom in range(shown.zooms[0], shown.zooms[1] + 1):
        left, right, top, bottom = grid.cells(zoom, shown.box)
        names = {"TileMatrix": zoom, "MinTileRow": top, "MaxTileRow": bottom, "MinTileCol": left, "MaxTileCol": right}
        _wmts(ET.SubElement(limits, f"{{{WMTS}}}TileMatrixLimits"), **names)


def _grid(contents: ET.Element, grid: TileGrid) -> None:
    told = ET.SubElement(contents, f"{{{WMTS}}}TileMatrixSet")
    _ows(told, Identifier=grid.id, SupportedCRS=f"urn:ogc:def:crs:EPSG::{grid.srid}")
    _wmts(told, WellKnownScaleSet="urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible")
    for zoom in range(grid.finest + 1):
        matrix = ET.SubElement(told, f"{{{WMTS}}}TileMatrix")
        _ows(matrix, Identifier=zoom)
        columns, rows = grid.size(zoom)
        _wmts(
            matrix,
            ScaleDenominator=grid.side / SIDE / 2**zoom / PIXEL_M,
            TopLeftCorner=f"{grid.corner[0]!r} {grid.corner[1]!r}",
            TileWidth=SIDE,
            TileHeight=SIDE,
            MatrixWidth=columns,
            MatrixHeight=rows,
        )


def _ows(parent: ET.Element, **texts: object) -> None:
    for name, words in texts.items():
        ET.SubElement(parent, f"{{{OWS}}}{name}").text = str(words)


def _wmts(parent: ET.Element, **texts: object) -> None:
    for name, words in texts.items():
        ET.SubElement(parent, f"{{{WMTS}}}{name}").text = str(words)
