"""Do the data files agree with each other? Each rule yields sentences that name the file and the key."""

from collections.abc import Iterator

from gis_server.catalog.archives import NAME
from gis_server.catalog.catalog import LABELS, Catalog, Layer
from gis_server.catalog.checks import CorridorCheck, fields_of, layers_of
from gis_server.catalog.model import ACCESS_ORDER, RESERVED_COLUMNS, RESERVED_GROUPS
from gis_server.catalog.rasters import FACTS, MOST_CODE


def contradictions(catalog: Catalog) -> list[str]:
    """Every place where one file names something that another does not have."""
    mistakes = [mistake for layer in catalog for mistake in _of_layer(catalog, layer)]
    mistakes += [
        f"layers/{name.replace('.', '/')}.waivers.yaml: there is no layer {name}"
        for name in catalog.waivers
        if name not in catalog.layers
    ]
    mistakes += _of_maps(catalog)
    mistakes += _of_archives(catalog)
    mistakes += _of_styles(catalog)
    mistakes += _of_views(catalog)
    mistakes += _of_domains(catalog)
    return mistakes


def _of_layer(catalog: Catalog, layer: Layer) -> Iterator[str]:
    where = f"layers/{layer.group}/{layer.name}.yaml"
    file = layer.file
    yield from _of_place(catalog, layer, where)
    for key, names in _named_fields(layer).items():
        for name in names:
            if name not in file.fields:
                yield f"{where}: {key}: “{name}” is not among the fields"
    yield from _of_fields(catalog, layer, where)
    yield from _of_rows(catalog, layer, where)
    yield from _of_raster(catalog, layer, where)
    yield from _of_search(layer, where)
    yield from _of_tiles(catalog, layer, where)
    yield from _of_checks(catalog, layer, where)
    yield from _of_edits(catalog, layer, where)


def _of_checks(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    for check in layer.file.checks:
        for other in layers_of(check):
            if other not in catalog.layers:
                yield f"{where}: checks: there is no layer {other}"
        for name in fields_of(check):
            if name not in layer.fields:
                yield f"{where}: checks: “{name}” is not among the fields"
        if isinstance(check, CorridorCheck) and not _has_width(catalog, check):
            yield f"{where}: checks: {check.corridor.layer} has no field “{check.corridor.width}”"


def _of_edits(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    if layer.file.edits is None:
        return
    for role in layer.file.edits.roles:
        if role not in catalog.editors:
            yield f"{where}: edits.roles: “{role}” is not in layers/_editors.yaml"
    if layer.file.raster is not None:
        yield f"{where}: edits: the rows of a raster layer are footprints, made by loading"


def _has_width(catalog: Catalog, check: CorridorCheck) -> bool:
    road = catalog.layers.get(check.corridor.layer)
    return road is None or check.corridor.width in road.fields


def _of_place(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    if layer.group in RESERVED_GROUPS or layer.group.startswith("pg_"):
        yield f"{where}: the folder's name is reserved"
    if layer.file.theme not in catalog.themes:
        yield f"{where}: theme: “{layer.file.theme}” is not in layers/_themes.yaml"
    if layer.file.style not in catalog.styles:
        yield f"{where}: style: there is no styles/{layer.file.style}.yaml"


def _of_fields(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    for name, rule in layer.fields.items():
        if name in RESERVED_COLUMNS or '"' in name or len(name.encode()) > 63:
            yield f"{where}: fields.{name}: the name is reserved, too long or has quotes"
        if rule.domain is not None and rule.domain not in catalog.domains:
            yield f"{where}: fields.{name}.domain: there is no layers/_domains/{rule.domain}.yaml"
        if rule.access and ACCESS_ORDER.index(rule.access) < ACCESS_ORDER.index(layer.file.access):
            yield f"{where}: fields.{name}.access: looser than the layer's own {layer.file.access}"


def _of_rows(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    """A rule that hides nothing by a slip of the pen is worse than none."""
    for level, marks in layer.file.rows.items():
        if ACCESS_ORDER.index(level) <= ACCESS_ORDER.index(layer.file.access):
            yield f"{where}: rows.{level}: not stricter than the layer's own {layer.file.access}"
        for name, codes in marks.items():
            rule = layer.fields.get(name)
            if rule is None or rule.type not in ("code", "text"):
                yield f"{where}: rows.{level}.{name}: not a field of type code or text"
            elif rule.domain is not None and rule.domain in catalog.domains:
                unknown = set(codes) - set(catalog.domains[rule.domain].values)
                yield from (f"{where}: rows.{level}.{name}: there is no code {one}" for one in sorted(unknown))


def _of_tiles(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    tiles = layer.file.tiles
    for name in set(tiles.later) - set(tiles.fields):
        yield f"{where}: tiles.later: “{name}” is not among tiles.fields"
    yield from _of_labels(layer, where)
    yield from _of_rank(catalog, layer, where)
    if tiles.into is None:
        return
    if "Polygon" not in layer.file.geometry:
        yield f"{where}: tiles.into: only polygons become areas"
    by = layer.fields.get(tiles.into.by or "")
    if by is not None and by.access not in (None, layer.file.access):
        yield f"{where}: tiles.into.by: not everyone who sees the layer sees “{tiles.into.by}”"


def _of_rank(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    rank = layer.file.tiles.rank
    if rank is None:
        return
    if rank.by not in layer.file.tiles.fields:
        yield f"{where}: tiles.rank.by: “{rank.by}” is not among tiles.fields"
    field = layer.fields.get(rank.by)
    if field is not None and field.access not in (None, layer.file.access):
        yield f"{where}: tiles.rank.by: not everyone who sees the layer sees “{rank.by}”"
    if field is not None and (field.type in ("integer", "number")) == bool(rank.first):
        yield f"{where}: tiles.rank: codes have an order (`first`), numbers have their own"
    domain = catalog.domains.get(field.domain) if field is not None and field.domain else None
    yield from (
        f"{where}: tiles.rank.first: there is no code {code}"
        for code in rank.first
        if domain is not None and code not in domain.values
    )


def _of_labels(layer: Layer, where: str) -> Iterator[str]:
    tiles = layer.file.tiles
    if tiles.label is None:
        return
    if tiles.label not in tiles.fields:
        yield f"{where}: tiles.label: “{tiles.label}” is not among tiles.fields"
    field = layer.fields.get(tiles.label)
    if field is not None and field.access not in (None, layer.file.access):
        yield f"{where}: tiles.label: not everyone who sees the layer sees “{tiles.label}”"
    if field is not None and (field.unique or tiles.label in layer.key) and tiles.reduce == "merge":
        yield f"{where}: tiles.label: “{tiles.label}” names single features, and merged ones do not keep it"
    if set(layer.file.geometry) == {"Point"}:
        yield f"{where}: tiles.label: a point says its own name"


def _of_raster(catalog: Catalog, layer: Layer, where: str) -> Iterator[str]:
    rule = layer.file.raster
    if rule is None:
        return
    if layer.file.geometry != ("Polygon",) or layer.file.rows:
        yield f"{where}: geometry, rows: a raster layer's rows are footprints, Polygon, that all of its callers see"
    for name, kind in FACTS.items():
        if name not in layer.fields or layer.fields[name].type != kind:
            yield f"{where}: fields: a raster layer has {name}: {{type: {kind}}}"
    if rule.domain is not None and rule.domain not in catalog.domains:
        yield f"{where}: raster.domain: there is no layers/_domains/{rule.domain}.yaml"
    codes = catalog.domains.get(rule.domain or "")
    for code in codes.values if codes is not None else ():
        if not code.isdecimal() or int(code) > MOST_CODE:
            yield f"{where}: raster.domain: the code “{code}” is no whole number from 0 to {MOST_CODE}"


def _of_search(layer: Layer, where: str) -> Iterator[str]:
    rule = layer.file.search
    if rule is None:
        return
    for name in rule.fields:
        if name in layer.fields and layer.fields[name].type != "text":
            yield f"{where}: search: “{name}” is not a field of type text"
    if rule.parcel and [rule.parcel.commune, rule.parcel.sheet, rule.parcel.number] != layer.key:
        yield f"{where}: search.parcel: commune, sheet and number are not the layer's key, so they have no index"
    if rule.unit and layer.file.time is None:
        yield f"{where}: search.unit: codes are used again, so units need `time`"


def _named_fields(layer: Layer) -> dict[str, list[str]]:
    file = layer.file
    return {
        "key": file.key,
        "label": [file.label] if file.label else [],
        "time": [file.time.since, file.time.until] if file.time else [],
        "tiles.fields": file.tiles.fields,
        "search": file.search.fields if file.search else [],
        "tiles.later": list(file.tiles.later),
        "tiles.into": [file.tiles.into.by] if file.tiles.into and file.tiles.into.by else [],
    }


def _of_maps(catalog: Catalog) -> Iterator[str]:
    for name, portal in catalog.maps.items():
        for layer in [*portal.layers, *portal.hidden]:
            if layer not in catalog.layers:
                yield f"styles/maps/{name}.yaml: layers: there is no layer {layer}"
        for layer in set(portal.hidden) - set(portal.layers):
            yield f"styles/maps/{name}.yaml: hidden: {layer} is not among the map's layers"
        for archive in portal.under:
            if archive not in catalog.archives:
                yield f"styles/maps/{name}.yaml: under: there is no styles/archives/{archive}.yaml"
        if name in catalog.layers:
            yield f"styles/maps/{name}.yaml: the name is taken by a layer"


def _of_archives(catalog: Catalog) -> Iterator[str]:
    for name in catalog.archives:
        if not NAME.fullmatch(name):
            yield f"styles/archives/{name}.yaml: the name is written in a–z, 0–9 and _, and begins with a letter"
        if name in catalog.maps:
            yield f"styles/archives/{name}.yaml: the name is taken by a map"


def _of_styles(catalog: Catalog) -> Iterator[str]:
    used = {layer.file.style for layer in catalog}
    for name in set(catalog.styles) - used:
        yield f"styles/{name}.yaml: no layer uses this style"
    for layer in catalog:
        style = catalog.styles.get(layer.file.style)
        named = {one["source-layer"] for one in style.layers if "source-layer" in one} if style else set()
        for other in named - {LABELS}:
            yield f"styles/{layer.file.style}.yaml: source-layer: “{other}” is none; labels are “{LABELS}”"
        if LABELS in named and layer.file.tiles.label is None:
            yield f"styles/{layer.file.style}.yaml: source-layer: {layer.id} has no labels (tiles.label)"


def _of_views(catalog: Catalog) -> Iterator[str]:
    groups = {f"{layer.group}.*" for layer in catalog}
    for name, rule in catalog.views.items():
        for extra in rule.plus:
            if extra not in catalog.layers and extra not in groups:
                yield f"layers/_views.yaml: {name}.plus: there is no layer or group {extra}"
    if "public" not in catalog.views:
        yield "layers/_views.yaml: the view “public” is missing"


def _of_domains(catalog: Catalog) -> Iterator[str]:
    used = {rule.domain for layer in catalog for rule in layer.fields.values()}
    used |= {layer.file.raster.domain for layer in catalog if layer.file.raster is not None}
    for name, domain in catalog.domains.items():
        if name not in used:
            yield f"layers/_domains/{name}.yaml: no layer uses this code list"
        for code, value in domain.values.items():
            if value.parent is not None and value.parent not in domain.values:
                yield f"layers/_domains/{name}.yaml: {code}.parent: there is no code {value.parent}"
