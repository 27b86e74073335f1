"""Builds the service from its settings: the only place where its parts meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import Response

from gis_server.access.who import Caller, open_door
from gis_server.catalog import read_catalog
from gis_server.catalog.places import read_places
from gis_server.db.database import open_database
from gis_server.db.pool import open_pool
from gis_server.errors import Busy
from gis_server.features.asked import F
from gis_server.features.collections import TimeExtents
from gis_server.features.edits.asking import refuse_when_closed
from gis_server.features.edits.routes import router as edits
from gis_server.features.encodings import PACKED
from gis_server.features.exports.opening import exports_open
from gis_server.features.items_routes import router as items
from gis_server.features.landing import landing
from gis_server.features.routes import router as features
from gis_server.features.shape_routes import router as shapes
from gis_server.finding.finder import open_finder
from gis_server.images.composing import Composer
from gis_server.images.routes import router as images
from gis_server.images.studio import Studio
from gis_server.images.tile_info import tile_info
from gis_server.images.tile_routes import drawn_tile
from gis_server.images.tile_routes import router as image_tiles
from gis_server.images.wms_routes import router as wms
from gis_server.planning.manifest import read_manifest
from gis_server.planning.printed import open_press
from gis_server.planning.routes import router as planning
from gis_server.planning.signing import Signer
from gis_server.portals.glyphs import router as glyphs
from gis_server.portals.routes import router as portals
from gis_server.portals.sprites import Sprites
from gis_server.portals.sprites import router as sprites
from gis_server.portals.styles import router as styles
from gis_server.portals.viewer import Viewer, viewer_page
from gis_server.records.routes import router as records
from gis_server.releases.edits import Editor
from gis_server.releases.snapshot import snapshot
from gis_server.search.routes import router as search
from gis_server.settings import Settings
from gis_server.supplies import suppliers
from gis_server.tiles.answer import MVT
from gis_server.tiles.desk import Desk
from gis_server.tiles.events import Hub
from gis_server.tiles.front import Front
from gis_server.tiles.hatch import Hatch
from gis_server.tiles.news import router as news
from gis_server.tiles.ogc_routes import router as ogc_tiles
from gis_server.tiles.past import Past
from gis_server.tiles.raster_painter import Painter
from gis_server.tiles.raster_routes import COG, PNG
from gis_server.tiles.raster_routes import router as rasters
from gis_server.tiles.render import Renderer
from gis_server.tiles.routes import router as tiles
from gis_server.tiles.running import tiles_at_work
from gis_server.tiles.shelves import Shelves
from gis_server.tiles.supplied import Archives
from gis_server.tiles.supplied_routes import PMTILES
from gis_server.tiles.supplied_routes import router as archives
from gis_server.tiles.wmts_routes import kvp_router as wmts_kvp
from gis_server.tiles.wmts_routes import router as wmts
from gis_server.web.answers import wants_html
from gis_server.web.documents import router as documents
from gis_server.web.envelope import Envelope
from gis_server.web.errors import answer_errors
from gis_server.web.newest import Hear, follow_releases
from gis_server.web.service import Service
from gis_server.web.state import LayerStates
from gis_server.web.strict import refuse_unknown

PACKED_BYTES = 2_000
"""Answers from this size on are compressed; tiles never are here."""
IN_STEP_S, IN_STEP_LOOKS = 2.0, 200
EXPOSED = ["Bando-Release", "Bando-Stale", "ETag", "Content-Crs", "Retry-After", "Location", "Accept-Patch", "Allow"]
"""Headers that pages of other sites may read."""
home = APIRouter(tags=["features"])


@home.get("/")
async def get_home(request: Request, view: Caller, f: F = None) -> Response:
    """The map viewer for people (HTML), the landing page of the API for programs (JSON)."""
    return viewer_page(request) if wants_html(request, f) else landing(request)


ROUTERS = (
    home,
    features,
    items,
    edits,
    shapes,
    planning,
    search,
    tiles,
    ogc_tiles,
    rasters,
    archives,
    wmts,
    wmts_kvp,
    images,
    image_tiles,
    wms,
    news,
    records,
    portals,
    styles,
    sprites,
    glyphs,
    documents,
)


def create_app(settings: Settings, editor: Editor | None = None) -> FastAPI:
    """The service, ready to be run; it finds its database when it starts. Without an editor it is for reading."""
    app = FastAPI(
        title="Bando",
        lifespan=_lifespan,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(refuse_when_closed), Depends(refuse_unknown)],
    )
    _furnish(app, settings)
    app.state.editor, app.state.editing = editor, asyncio.Lock()
    app.state.in_step = partial(_in_step, app)
    app.routes.append(Hatch(app.state.desk, app.state.door))
    app.state.routes = [route for router in ROUTERS if editor or router is not edits for route in router.routes]
    for router in ROUTERS:
        app.include_router(router)
    answer_errors(app)
    _wrap(app)
    return app


def _furnish(app: FastAPI, settings: Settings) -> None:
    """What routes ask for, in one place: they take it from `app.state`, and nothing is global."""
    state = app.state
    state.settings = settings
    state.catalog = read_catalog(settings.layers_folder, settings.styles_folder)
    state.door = open_door(settings, state.catalog)
    state.places = read_places(settings.layers_folder)
    state.manifest = read_manifest(settings.layers_folder, state.catalog)
    state.tables, state.press, state.signer = asyncio.Lock(), open_press(), Signer(settings.signing_key_file)
    state.finder = open_finder(state.catalog, state.places)
    state.viewer = Viewer(settings)
    state.map_parts = state.viewer.map_parts
    state.sprites = Sprites(settings.styles_folder / "sprites")
    state.layer_states, state.time_extents = LayerStates(), TimeExtents()
    state.hub = Hub()
    state.desk = Desk(Shelves(state.catalog, state.door.views), Renderer(settings.pool_size))
    state.painter = Painter(settings.rasters_folder, state.catalog)
    state.archives = Archives(settings.archives_folder, state.catalog)
    state.past = Past(state.catalog)
    supplied = suppliers(app)
    state.studio = Studio(Composer(state.catalog, supplied.beneath), supplied, settings.image_workers)
    state.draw_tile, state.tile_info = drawn_tile, tile_info
    state.pool, state.office, state.release = None, None, 0


def create_service(settings: Settings, editor: Editor | None = None) -> Service:
    """The whole of it: kept tiles are answered before the application is asked."""
    app = create_app(settings, editor)
    shared = [("access-control-allow-origin", "*"), ("access-control-expose-headers", ", ".join(EXPOSED))]
    front = Front(app.state.desk, app.state.archives, app.state.door, shared)
    return Service(app, front.answered, app.state.hub.close)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    database = await asyncio.to_thread(open_database, settings)
    async with await open_pool(database, settings) as pool, exports_open(database, settings) as office:
        app.state.pool, app.state.office = pool, office
        with suppress(Busy):  # it starts without PostgreSQL too, and says so to whoever asks
            async with snapshot(pool) as snap:
                app.state.release = snap.release
        async with tiles_at_work(app.state.desk, app.state.hub, pool, database, settings) as tiles_hear:
            hear = partial(_hear, app, tiles_hear)
            following = asyncio.create_task(follow_releases(database.dsn("read"), hear))
            yield
            await app.state.studio.close()
            following.cancel()
            await asyncio.wait({following})
    app.state.pool = app.state.office = None


def _hear(app: FastAPI, tiles_hear: Hear, release: int | None) -> None:
    """News of a release, or of the database going away, for everyone in the house."""
    app.state.release = max(release or 0, app.state.release)
    tiles_hear(release)


async def _in_step(app: FastAPI, release: int) -> None:
    """Waits a little until this worker's tiles are those of a release, so that who edits sees it in the next tile."""
    for _ in range(IN_STEP_LOOKS):
        if app.state.desk.release >= release:
            return
        await asyncio.sleep(IN_STEP_S / IN_STEP_LOOKS)


def _wrap(app: FastAPI) -> None:
    """Middleware, the innermost first."""
    app.add_middleware(
        GZipMiddleware,
        minimum_size=PACKED_BYTES,
        compresslevel=5,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, MVT, PNG, COG, PMTILES, *PACKED),
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Bando-Key", "Content-Type", "Content-Crs", "If-Match", "If-None-Match", "Last-Event-ID"],
        expose_headers=EXPOSED,
        max_age=86_400,
    )
    app.add_middleware(Envelope)
