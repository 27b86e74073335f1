"""Reads `layers/` and `styles/` into a Catalog; every mistake in every file is reported at once, by file and key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from gis_server.catalog.archives import ArchiveFile
from gis_server.catalog.catalog import Catalog, Layer
from gis_server.catalog.checks import WaiverFile
from gis_server.catalog.consistency import contradictions
from gis_server.catalog.crs import CrsBook
from gis_server.catalog.edits import Editor
from gis_server.catalog.model import CrsFile, Domain, LayerFile, LayerStyle, PortalMap, Theme, ViewRule
from gis_server.catalog.words import read_yaml
from gis_server.errors import CatalogInvalid

WAIVERS = ".waivers"
"""`thua_dat.waivers.yaml` lies beside `thua_dat.yaml` and is no layer."""
Model = TypeVar("Model", bound=BaseModel)


def read_catalog(layers_folder: Path, styles_folder: Path) -> Catalog:
    """The whole catalog, or CatalogInvalid listing every mistake as `file: key: what is wrong`."""
    mistakes: list[str] = []
    files = _Files(mistakes)
    crs = files.one(layers_folder / "_crs.yaml", CrsFile)
    themes = files.table(layers_folder / "_themes.yaml", Theme)
    views = files.table(layers_folder / "_views.yaml", ViewRule)
    editors = files.table_if_there(layers_folder / "_editors.yaml", Editor)
    domains = files.folder(layers_folder / "_domains", Domain)
    layers = files.tree(layers_folder, LayerFile, ".")
    waivers = files.beside(layers_folder, WaiverFile, WAIVERS)
    styles = files.tree(styles_folder, LayerStyle, "/", besides=("maps", "archives"))
    maps = files.folder(styles_folder / "maps", PortalMap)
    archives = files.folder(styles_folder / "archives", ArchiveFile)
    if crs is None or mistakes:
        raise invalid(mistakes)
    catalog = Catalog(
        _in_theme_order(layers, themes),
        domains,
        themes,
        views,
        styles,
        maps,
        CrsBook(crs),
        {name: file.waivers for name, file in waivers.items()},
        archives,
        editors,
    )
    if mistakes := contradictions(catalog):
        raise invalid(mistakes)
    return catalog


def invalid(mistakes: list[str]) -> CatalogInvalid:
    listed = "\n".join(f"  {mistake}" for mistake in mistakes)
    return CatalogInvalid(
        f"Danh mục lớp có {len(mistakes)} lỗi. Hãy sửa các tệp sau:\n{listed}",
        f"The catalog has {len(mistakes)} mistakes; correct the files listed above.",
    )


class _Files:
    """Reads files into models, collecting mistakes instead of stopping at the first."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes

    def one(self, path: Path, model: type[Model]) -> Model | None:
        return self._validated(path, model, self._content(path))

    def table(self, path: Path, model: type[Model]) -> dict[str, Model]:
        """A file that maps names to models."""
        content = self._content(path)
        if not isinstance(content, Mapping):
            return {}
        rows = {str(name): self._validated(path, model, value, str(name)) for name, value in content.items()}
        return {name: row for name, row in rows.items() if row is not None}

    def table_if_there(self, path: Path, model: type[Model]) -> dict[str, Model]:
        """The same of a file that not every city has."""
        return self.table(path, model) if path.exists() else {}

    def folder(self, folder: Path, model: type[Model]) -> dict[str, Model]:
        """A folder of files, by file name."""
        rows = {path.stem: self.one(path, model) for path in sorted(folder.glob("*.yaml"))}
        return {name: row for name, row in rows.items() if row is not None}

    def tree(self, folder: Path, model: type[Model], joint: str, besides: tuple[str, ...] = ()) -> dict[str, Model]:
        """Folders of files, by `folder{joint}file`; what begins with an underscore is something else."""
        rows = {
            f"{path.parent.name}{joint}{path.stem}": self.one(path, model)
            for path in sorted(folder.glob("[a-z]*/[a-z]*.yaml"))
            if path.parent.name not in besides and "." not in path.stem
        }
        return {name: row for name, row in rows.items() if row is not None}

    def beside(self, folder: Path, model: type[Model], ending: str) -> dict[str, Model]:
        """Files beside those of a tree, `name.ending.yaml`, by the dotted name of what they lie beside."""
        rows = {
            f"{path.parent.name}.{path.stem.removesuffix(ending)}": self.one(path, model)
            for path in sorted(folder.glob(f"[a-z]*/*{ending}.yaml"))
        }
        return {name: row for name, row in rows.items() if row is not None}

    def _content(self, path: Path) -> Any:
        try:
            return read_yaml(path)
        except OSError as error:
            self.mistakes.append(f"{_short(path)}: {error.strerror}")
        except yaml.MarkedYAMLError as error:
            line = f"line {error.problem_mark.line + 1}" if error.problem_mark else "?"
            self.mistakes.append(f"{_short(path)}: {line}: {error.problem}")
        except yaml.YAMLError as error:
            self.mistakes.append(f"{_short(path)}: {error}")
        return None

    def _validated(self, path: Path, model: type[Model], content: Any, prefix: str = "") -> Model | None:
        if content is None:
            if path.exists() and not any(_short(path) in mistake for mistake in self.mistakes):
                self.mistakes.append(f"{_short(path)}: empty")
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                key = ".".join(str(part) for part in ([prefix] if prefix else []) + list(one["loc"]))
                self.mistakes.append(f"{_short(path)}: {key}: {one['msg']}")
            return None


def _in_theme_order(layers: Mapping[str, LayerFile], themes: Mapping[str, Theme]) -> dict[str, Layer]:
    order = {theme: place for place, theme in enumerate(themes)}

    def place(item: tuple[str, LayerFile]) -> tuple[int, int, str]:
        number = item[1].standard.number if item[1].standard else None
        return order.get(item[1].theme, len(order)), number or 1_000, item[0]

    return {layer_id: Layer(layer_id, file) for layer_id, file in sorted(layers.items(), key=place)}


def _short(path: Path) -> str:
    """`layers/drainage/ho_ga.yaml`, whatever folder the project lies in."""
    parts = path.parts
    starts = [place for place, part in enumerate(parts) if part in ("layers", "styles")]
    return "/".join(parts[starts[-1] :]) if starts else str(path)
