"""Who draws a layer or reads a field that is going away: styles and portal maps, found in the files themselves."""

from collections.abc import Iterator

from gis_server.catalog.catalog import Catalog
from gis_server.catalog.expressions import fields_read


def consumers(catalog: Catalog, dropped: str) -> list[str]:
    """Sentences (Vietnamese · English) for `layer` or `layer.field`; `dropped` need not be in the catalog any more."""
    group, name, *field = dropped.split(".", 2)
    layer_id = f"{group}.{name}"
    if field:
        return [*_readers(catalog, layer_id, field[0])]
    return [*_styles(catalog, layer_id), *_maps(catalog, layer_id)]


def _readers(catalog: Catalog, layer_id: str, field: str) -> Iterator[str]:
    """The layer's style when an expression of it reads the field, and then the maps that are drawn by it."""
    style = _style_of(catalog, layer_id)
    if style not in catalog.styles:
        return
    reading = [
        one.get("id", place) for place, one in enumerate(catalog.styles[style].layers) if field in fields_read(one)
    ]
    if reading:
        listed = ", ".join(str(one) for one in reading)
        yield f"styles/{style}.yaml: layers [{listed}] dùng trường {field} · uses the field {field}"
        yield from _maps(catalog, layer_id)


def _styles(catalog: Catalog, layer_id: str) -> Iterator[str]:
    style = _style_of(catalog, layer_id)
    if style in catalog.styles:
        yield f"styles/{style}.yaml: vẽ lớp này · draws this layer"


def _maps(catalog: Catalog, layer_id: str) -> Iterator[str]:
    for name, portal in catalog.maps.items():
        if layer_id in portal.layers:
            yield f"styles/maps/{name}.yaml: “{portal.title.vi}” dùng lớp này · “{portal.title.en}” shows this layer"


def _style_of(catalog: Catalog, layer_id: str) -> str:
    """The style of a layer whose file is gone had the same path."""
    layer = catalog.layers.get(layer_id)
    return layer.file.style if layer else layer_id.replace(".", "/")
