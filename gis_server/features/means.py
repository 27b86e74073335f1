"""What answering takes beside the question: what is known of layers, and the limits of this installation."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from gis_server.features.collections import Known
from gis_server.settings import Settings
from gis_server.web.asking import SettingsDep
from gis_server.web.state import LayerStatesDep


async def _known(request: Request, states: LayerStatesDep) -> Known:
    return Known(states, request.app.state.time_extents)


KnownDep = Annotated[Known, Depends(_known)]


@dataclass(frozen=True)
class Means:
    known: Known
    settings: Settings


async def _means(known: KnownDep, settings: SettingsDep) -> Means:
    return Means(known, settings)


MeansDep = Annotated[Means, Depends(_means)]
