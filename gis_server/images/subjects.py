"""What is drawn for a caller, as of now: the style of his view, and the state of the layers in it."""

import orjson
from fastapi import Request

from gis_server.catalog.model import Text
from gis_server.images.composing import Wanted
from gis_server.images.furniture import Told
from gis_server.images.studio import Studio, Subject
from gis_server.web.asking import View, reading
from gis_server.web.state import LayerState, LayerStates, attributions

States = dict[str, LayerState]


def studio_of(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


async def subject_of(request: Request, view: View, wanted: Wanted) -> tuple[Subject, States]:
    """The subject, and the state of each of its layers that has anything."""
    composition = studio_of(request).composer.composed(view, wanted)
    known: LayerStates = request.app.state.layer_states
    async with reading(request) as snap:
        states = await known.of(snap, view, composition.layers)
        return Subject(view, composition, snap.release, _named(states)), states


def told_of(title: Text, states: States, pixel_m: float) -> Told:
    newest = max(states.values(), key=lambda one: one.published_at, default=None)
    return Told(
        title,
        attributions(states),
        newest.published_at if newest else None,
        newest.release if newest else 0,
        any(source["synthetic"] for state in states.values() for source in state.sources),
        pixel_m,
    )


def _named(states: States) -> str:
    """Two releases in which these layers are the same have the same name."""
    told = {
        layer: (state.release, sorted((str(one["id"]), bool(one["synthetic"])) for one in state.sources))
        for layer, state in states.items()
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()
