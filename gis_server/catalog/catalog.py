"""The catalog: every layer, code list, theme, view, style and map of the city, read once and handed down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gis_server.catalog.archives import ArchiveFile
from gis_server.catalog.checks import Waiver
from gis_server.catalog.crs import CrsBook
from gis_server.catalog.edits import Editor
from gis_server.catalog.model import Domain, FieldRule, LayerFile, LayerStyle, PortalMap, Theme, ViewRule
from gis_server.errors import UnknownLayer

LABELS = "nhan"
"""What a style calls the labels of its own layer."""
CLOSE_UP = 17
"""From this zoom on there are no labels along lines: each tile names the lines that it shows."""


@dataclass(frozen=True)
class Layer:
    """A layer file with its place: `drainage.ho_ga` is group `drainage`, name `ho_ga`, table `drainage.ho_ga`."""

    id: str
    file: LayerFile

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]

    @property
    def table(self) -> str:
        """Quoted name of the served table."""
        return f'"{self.group}"."{self.name}"'

    @property
    def history(self) -> str:
        """Quoted name of the table of ended rows."""
        return f'history."{self.group}__{self.name}"'

    @property
    def labels(self) -> str:
        """What tiles call the layer of its labels."""
        return f"{self.id}:{LABELS}"

    @property
    def fields(self) -> Mapping[str, FieldRule]:
        return self.file.fields

    @property
    def key(self) -> list[str]:
        return self.file.key


@dataclass(frozen=True)
class Catalog:
    """Everything the data files say, already checked against each other."""

    layers: Mapping[str, Layer]
    domains: Mapping[str, Domain]
    themes: Mapping[str, Theme]
    views: Mapping[str, ViewRule]
    styles: Mapping[str, LayerStyle]
    maps: Mapping[str, PortalMap]
    crs: CrsBook
    waivers: Mapping[str, list[Waiver]] = field(default_factory=dict)
    """By layer id: what someone answers for."""
    archives: Mapping[str, ArchiveFile] = field(default_factory=dict)
    """By id: tiles that others made."""
    editors: Mapping[str, Editor] = field(default_factory=dict)
    """By role."""

    def __getitem__(self, layer_id: str) -> Layer:
        try:
            return self.layers[layer_id]
        except KeyError:
            raise UnknownLayer(f"Không có lớp “{layer_id}”.", f"There is no layer “{layer_id}”.") from None

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers.values())

    def of_theme(self, theme: str) -> list[Layer]:
        return [layer for layer in self if layer.file.theme == theme]
