"""What is drawn for a caller, as of now: the style of his view, and the state of the layers in it."""

from collections.abc import Sequence

import orjson
from fastapi import Request

from gis_server.catalog.model import Text
from gis_server.images.composing import Wanted
from gis_server.images.furniture import Told
from gis_server.images.studio import Studio, Subject
from gis_server.web.asking import View, note_release, reading
from gis_server.web.state import LayerState, LayerStates, attributions
from gis_server.web.when import PastView, When, view_at

States = dict[str, LayerState]


def studio_of(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


async def subject_of(request: Request, view: View, wanted: Wanted, when: When) -> tuple[Subject, States]:
    """The subject, and the state of each of its layers that has anything."""
    composer = studio_of(request).composer
    layers = composer.composed(view, wanted).layers
    known: LayerStates = request.app.state.layer_states
    async with reading(request) as snap:
        seen = await view_at(snap, view, layers, when)
        states = await known.of(snap, seen, layers)
        if isinstance(seen, PastView):
            note_release(request, seen.release)
        return Subject(seen, composer.composed(seen, wanted), snap.release, _named(seen, states)), states


def told_of(title: Text, thanks: Sequence[str], states: States, pixel_m: float) -> Told:
    """`thanks`: to those whose archives lie beneath."""
    newest = max(states.values(), key=lambda one: one.published_at, default=None)
    return Told(
        title,
        list(dict.fromkeys((*attributions(states), *thanks))),
        newest.published_at if newest else None,
        newest.release if newest else 0,
        any(source["synthetic"] for state in states.values() for source in state.sources),
        pixel_m,
    )


def _named(view: View, states: States) -> str:
    """Two releases in which these layers are the same have the same name; the past is drawn otherwise."""
    told = {
        layer: (state.release, sorted((str(one["id"]), bool(one["synthetic"])) for one in state.sources))
        for layer, state in states.items()
    }
    past = view.release if isinstance(view, PastView) else None
    return orjson.dumps([past, told], option=orjson.OPT_SORT_KEYS).decode()
