"""Answers for GeoPandas and Folium, which are looked for only when they are asked for."""

from types import ModuleType
from typing import Any

import pyarrow as pa

from gis_server.client.errors import BandoError
from gis_server.client.grids import pinned

MOST_ON_A_MAP = 20_000
"""Features that a browser still draws from GeoJSON."""
PALETTE = ("#1b6ca8", "#d1495b", "#5c8a3a", "#8a4fa3", "#c77d0a", "#2a9d8f", "#6d4c41", "#607d8b")
"""Colours of the classes in order, and again from the first when there are more."""


def frame_of(table: pa.Table, srid: int) -> Any:
    """A GeoDataFrame, which tells layer and release in `attrs`."""
    geopandas = needed("geopandas")
    plain = table.drop_columns(["geometry"]).to_pandas()
    shapes = geopandas.GeoSeries.from_wkb(table["geometry"].to_pylist(), crs=pinned(srid))
    frame = geopandas.GeoDataFrame(plain, geometry=shapes)
    told = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    frame.attrs = {"layer": told.get("bando:layer"), "release": int(told.get("bando:release", 0))}
    return frame


def folium_layer(frame: Any, name: str, colour_by: str | None) -> Any:
    """Features of a frame in degrees, coloured by the values of a field, with a label of all fields."""
    folium = needed("folium")
    if len(frame) > MOST_ON_A_MAP:
        raise BandoError(
            f"{len(frame)} đối tượng là quá nhiều cho một bản đồ trong sổ tính (nhiều nhất {MOST_ON_A_MAP}): "
            "hãy thu hẹp bằng within(), filter() hoặc limit().",
            f"{len(frame)} features are too many for a map in a notebook (at most {MOST_ON_A_MAP}): "
            "narrow the question with within(), filter() or limit().",
        )
    colours = _colours(frame, colour_by)
    fields = [field for field in frame.columns if field != "geometry"]
    return folium.GeoJson(
        frame.to_json(default=str),
        name=name,
        style_function=lambda one: {"color": colours.get(str(one["properties"].get(colour_by)), PALETTE[0])},
        marker=folium.CircleMarker(radius=4, fill=True),
        tooltip=folium.GeoJsonTooltip(fields) if len(frame) and fields else None,
    )


def folium_map(layer: Any) -> Any:
    """A map that shows just this layer."""
    folium = needed("folium")
    found = folium.Map()
    layer.add_to(found)
    if layer.data["features"]:
        found.fit_bounds(layer.get_bounds())
    return found


def _colours(frame: Any, colour_by: str | None) -> dict[str, str]:
    if colour_by is None:
        return {}
    if colour_by not in frame.columns:
        known = ", ".join(frame.columns)
        raise BandoError(
            f"Không có trường {colour_by} để tô màu; có: {known}.",
            f"There is no field {colour_by} to colour by; there are: {known}.",
        )
    values = sorted({str(value) for value in frame[colour_by]})
    return {value: PALETTE[place % len(PALETTE)] for place, value in enumerate(values)}


def needed(name: str) -> ModuleType:
    """A package of the extra `notebook`, or a sentence that says how to get it."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise BandoError(
            f"Cần cài {name}: trong thư mục dự án Bando, pip install '.[notebook]'.",
            f"{name} is needed: pip install '.[notebook]' in the folder of the project Bando.",
        ) from error
