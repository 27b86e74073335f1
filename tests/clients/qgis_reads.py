"""What QGIS sees of the service: run by Debian's Python, where PyQGIS lives; questions in, answers out, as JSON.

A reader, not a test: `test_qgis.py` says what the answers should be.
"""

import json
import os
import sys
from urllib.parse import quote

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsExpression,
    QgsFeatureRequest,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRaster,
    QgsRasterInterface,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SIDE = 512


def collection(address, asked):
    """Everything of a layer, then what a filter and a box leave of it."""
    source = QgsDataSourceUri()
    for name, value in (("url", address), ("typename", asked["id"]), ("pageSize", str(asked["page"]))):
        source.setParam(name, value)
    layer = QgsVectorLayer(source.uri(), asked["id"], "OAPIF")
    if not layer.isValid():
        return {"valid": False, "said": layer.error().message()}
    told, features = layer.featureCount(), list(layer.getFeatures())
    values = [str(feature[asked["field"]]) for feature in features if feature[asked["field"]]]
    box = QgsRectangle(*asked["box"])
    meant = [one for one in features if one.geometry().intersects(box)]
    request = QgsFeatureRequest().setFilterRect(box).setFlags(QgsFeatureRequest.ExactIntersect)
    found = list(layer.getFeatures(request))
    layer.setSubsetString(f"\"{asked['field']}\" = '{values[0]}'")
    return {
        "valid": True,
        "crs": layer.crs().authid(),
        "told": told,
        "number": len(features),
        "sums": {name: sum(float(one[name] or 0) for one in features) for name in asked["numbers"]},
        "box": [len(found), len(meant)],
        "filter": [sum(1 for _ in layer.getFeatures()), values.count(values[0])],
    }


def vector_tiles(asked):
    """A map of the city by TileJSON and MapLibre style, drawn."""
    source = f"type=xyz&url={quote(asked['tiles'], safe=':/')}&zmin={asked['zooms'][0]}&zmax={asked['zooms'][1]}"
    layer = QgsVectorTileLayer(f"{source}&styleUrl={quote(asked['style'], safe=':/')}", "tiles")
    said, styled = layer.loadDefaultStyle()
    rules = len(layer.renderer().styles()) if styled else 0
    return {"valid": layer.isValid(), "said": said, "rules": rules, **drawn(layer, "EPSG:3857", asked)}


def raster(asked):
    """WMTS (provider wms) or a COG (provider gdal)."""
    layer = QgsRasterLayer(asked["source"], "raster", asked["provider"])
    said = {"valid": layer.isValid(), "said": layer.error().message(), "crs": layer.crs().authid()}
    if not layer.isValid():
        return said
    if "box" not in asked:
        box = layer.extent()
        asked["box"] = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
    return {**said, "box": asked["box"], **drawn(layer, layer.crs().authid(), asked)}


def clicked(asked):
    """What a person sees who clicks on a layer of WMS or WMTS."""
    layer = QgsRasterLayer(asked["source"], "clicked", "wms")
    box = QgsRectangle(*asked["box"])
    found = layer.dataProvider().identify(box.center(), QgsRaster.IdentifyFormatText, box, SIDE, SIDE)
    said = [str(one) for one in found.results().values()]
    return {
        "valid": layer.isValid(),
        "can": bool(layer.dataProvider().capabilities() & QgsRasterInterface.IdentifyText),
        "said": said,
    }


def styled(asked):
    """A style for a table: whether it is taken whole, and what rules it makes."""
    fields = "".join(f"&field={name}:string" for name in asked["fields"])
    layer = QgsVectorLayer(f"{asked['kind']}?crs=EPSG:4326{fields}", "styled", "memory")
    said, taken = layer.loadNamedStyle(asked["qml"])
    renderer = layer.renderer()
    rules = renderer.rootRule().children() if renderer.type() == "RuleRenderer" else []
    filters = [one.filterExpression() for one in rules if not one.isElse()]
    return {
        "taken": taken and renderer.type() == "RuleRenderer",
        "said": said,
        "wrong": [text for text in filters if QgsExpression(text).hasParserError()],
        "drawn": [bool(one.symbol() and one.symbol().symbolLayerCount()) for one in rules],
        "labels": layer.labelsEnabled(),
    }


def drawn(layer, crs, asked):
    """The number of colours in the picture of a layer; the picture itself in a file for people."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(QgsRectangle(*asked["box"]))
    settings.setOutputSize(QSize(SIDE, SIDE))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    picture.save(asked["picture"])
    colours = {picture.pixel(x, y) for x in range(0, SIDE, 2) for y in range(0, SIDE, 2)}
    return {"colours": len(colours), "errors": [error.message for error in job.errors()]}


def main():
    asked = json.load(sys.stdin)
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    answers = {
        "version": Qgis.QGIS_VERSION,
        "collections": {one["id"]: collection(asked["address"], one) for one in asked["collections"]},
        "map": vector_tiles(asked["map"]),
        "wmts": raster(asked["wmts"]),
        "cog": raster(asked["cog"]),
        "clicks": {name: clicked(one) for name, one in asked["clicks"].items()},
        "styles": {name: styled(one) for name, one in asked["styles"].items()},
    }
    json.dump(answers, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # QGIS 3.22 sometimes dies while it tidies up; everything is said by now


main()
