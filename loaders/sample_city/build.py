"""From a frame to the finished city: every subject adds its layers, then all are fitted to the catalog."""

from collections.abc import Callable, Iterator

from gis_server.catalog import Catalog
from loaders.sample_city.buildings import add_buildings, add_cadastre
from loaders.sample_city.city import City
from loaders.sample_city.drainage import add_drainage
from loaders.sample_city.environment import add_environment
from loaders.sample_city.fit import fit
from loaders.sample_city.frame import Frame
from loaders.sample_city.greenery import add_greenery
from loaders.sample_city.hydrography import add_hydrography
from loaders.sample_city.landcover import add_landcover
from loaders.sample_city.lighting import add_lighting
from loaders.sample_city.plan import Plan, draw
from loaders.sample_city.planning import add_planning
from loaders.sample_city.power import add_power
from loaders.sample_city.settlement import add_high_voltage, add_settlement
from loaders.sample_city.terrain import add_control, add_frame, add_relief
from loaders.sample_city.traffic import add_traffic
from loaders.sample_city.transport import add_harbour, add_transport
from loaders.sample_city.wards import add_boundaries
from loaders.sample_city.wastewater import add_wastewater
from loaders.sample_city.water_supply import add_water_supply

Step = tuple[str, tuple[Callable[[], None], ...]]


def build(frame: Frame, catalog: Catalog, tell: Callable[[str], None] = lambda step: None) -> City:
    """The city of a frame; `tell` hears each step as it begins."""
    tell("đường sá, thửa đất · streets, parcels")
    plan = draw(frame)
    city = City(plan.ground)
    for name, parts in steps(city, plan, catalog):
        tell(name)
        for part in parts:
            part()
    return fit(city, catalog, frame.seed)


def steps(city: City, plan: Plan, catalog: Catalog) -> Iterator[Step]:
    """Subjects in an order in which each finds what it builds on."""
    yield "địa giới · boundaries", (lambda: add_boundaries(city, plan.frame, plan.water, plan.units),)
    yield "nhà · buildings", (lambda: add_buildings(city, plan),)
    yield "địa chính · cadastre", (lambda: add_cadastre(city, plan),)
    yield "dân cư · settlement", (lambda: add_settlement(city, plan),)
    yield "giao thông nền · transport", (lambda: add_transport(city, plan), lambda: add_harbour(city, plan))
    yield "thủy văn · hydrography", (lambda: add_hydrography(city, plan),)
    relief = (
        lambda: add_relief(city, plan),
        lambda: add_control(city, plan),
        lambda: add_frame(city, plan, catalog.crs),
    )
    yield "địa hình, đo đạc · relief, control", relief
    yield "phủ bề mặt · land cover", (lambda: add_landcover(city, plan),)
    yield "thoát nước · drainage", (lambda: add_drainage(city, plan),)
    yield "nước thải · waste water", (lambda: add_wastewater(city, plan),)
    yield "cấp nước · water supply", (lambda: add_water_supply(city, plan),)
    yield "điện · power", (lambda: add_power(city, plan, add_high_voltage(city, plan)),)
    yield "chiếu sáng · lighting", (lambda: add_lighting(city, plan),)
    yield "quản lý giao thông · traffic", (lambda: add_traffic(city, plan),)
    yield "cây xanh · greenery", (lambda: add_greenery(city, plan),)
    yield "môi trường · environment", (lambda: add_environment(city, plan),)
    yield "quy hoạch · planning", (lambda: add_planning(city, plan),)
