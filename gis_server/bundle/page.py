"""The page of a bundle, made so that it opens from a folder: everything comes as scripts, and nothing is fetched."""

import base64
import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

import orjson

from gis_server.portals.assets import VIEWER, Assets, read_assets

PAGE: Final = Path(__file__).parent / "page"
SHARED: Final = ("coordinates.js", "dom.js", "grids.js", "mapstyle.js", "swatch.js", "words.js")
"""Modules of the viewer that the page is made of as well."""
OWN: Final = ("archive.js", "card.js", "field.js", "layers.js", "strings.js")
LIBRARIES: Final = ("maplibre-gl.mjs", "maplibre-gl-worker.mjs")
PAGE_BYTES: Final = 512 * 1024
"""Of the archive, in one script: few enough to be read at once, many enough for neighbours to lie together."""


def write_page(home: Path, about: Mapping[str, Any], folder: Path) -> None:
    """`index.html` and what it opens, in `page/`; the archive is there already."""
    assets, inside = read_assets(home), folder / "page"
    (inside / "modules").mkdir(parents=True)
    _write_plain(assets, inside)
    for name, text in _modules(assets).items():
        _write_script(inside / _script(name), f"kit.module({_js(name)}, {_js(text)});")
    archives = [_write_archive(path, folder) for path in sorted(folder.rglob("*.pmtiles"))]
    told = {**about, "archives": archives, "sprites": _sprites(folder / "sprites")}
    _write_script(inside / "about.js", f"kit.about = {_js(told)};")
    (folder / "index.html").write_text(_index(about), encoding="utf-8")


def _write_plain(assets: Assets, inside: Path) -> None:
    for name in ("maplibre-gl.css", "proj4.js", "pmtiles.js"):
        (inside / name).write_bytes(_vendor(assets, name))
    for origin in (PAGE / "boot.js", PAGE / "field.css", VIEWER / "mark.svg"):
        (inside / origin.name).write_bytes(origin.read_bytes())


def _modules(assets: Assets) -> dict[str, str]:
    """Name → text. A module from a script has no address, so what it imports is named from `kit/` on."""
    texts = {name: _vendor(assets, name).decode() for name in LIBRARIES}
    for folder, names in ((VIEWER, SHARED), (PAGE, OWN)):
        for name in names:
            texts[name] = (folder / name).read_text(encoding="utf-8").replace('from "./', 'from "kit/')
    return texts


def _vendor(assets: Assets, file: str) -> bytes:
    return next(asset.body for path, asset in assets.files.items() if path.endswith(f"/{file}"))


def _write_archive(archive: Path, folder: Path) -> dict[str, Any]:
    """The archive in pages; what the page needs to know to read them."""
    inside = folder / "page" / "tiles" / archive.stem
    inside.mkdir(parents=True)
    count = 0
    with archive.open("rb") as file:
        for number, page in enumerate(_pages(file.read, PAGE_BYTES)):
            name = f"{archive.stem}/{number:05}"
            _write_script(inside / f"{number:05}.js", f'kit.page("{name}", "{base64.b64encode(page).decode()}");')
            count += 1
    return {"key": archive.relative_to(folder).as_posix(), "name": archive.stem, "page": PAGE_BYTES, "pages": count}


def _pages(read: Any, size: int) -> Iterator[bytes]:
    while page := read(size):
        yield page


def _sprites(folder: Path) -> dict[str, str]:
    return {f"sprites/{path.name}": base64.b64encode(path.read_bytes()).decode() for path in sorted(folder.iterdir())}


def _index(about: Mapping[str, Any]) -> str:
    plain = ("boot.js", "proj4.js", "pmtiles.js", "about.js")
    names = [*plain, *(_script(name) for name in (*LIBRARIES, *SHARED, *OWN))]
    scripts = [f'  <script src="page/{name}"></script>' for name in names]
    place = about["place"]["vi"] if about["place"] else ""
    words = {"title": html.escape(about["title"]["vi"]), "place": html.escape(place)}
    return Template((PAGE / "index.html").read_text(encoding="utf-8")).substitute(
        words, scripts="\n".join([*scripts, "  <script>kit.start();</script>"])
    )


def _script(module: str) -> str:
    return f"modules/{Path(module).stem}.js"


def _js(value: Any) -> str:
    """A value as it stands in a script of a file of its own."""
    return orjson.dumps(value).decode()


def _write_script(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")
