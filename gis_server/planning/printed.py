"""The dossier on paper: a PDF by typst in Vietnamese or English, the same bytes whenever it is printed."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import segno
import typst

from gis_server.catalog.words import read_yaml
from gis_server.errors import AssetsMissing, Busy
from gis_server.figures import vietnamese
from gis_server.planning.asked import Lang
from gis_server.planning.dossier import Content
from gis_server.planning.drawing import draw, swatch_svg
from gis_server.planning.maps import Sheet
from gis_server.planning.page import PAGES, names, published
from gis_server.planning.signing import digest
from gis_server.web.gate import Gate
from gis_server.web.pages import day, moment

FONT = "Noto Sans"
FONTS_FOLDER = Path("/usr/share/fonts/truetype/noto")
"""Debian's fonts-noto-core."""
AT_ONCE, QUEUE = 2, 8
"""Prints of one worker: each takes half a second of a processor, and whoever waits for the ninth would not."""
CODE_MM, SQUARE_MM = 34.0, 0.4
"""Side of the code, and of one of its squares at the least: smaller ones are not read from paper."""
WHOLE = 99.995
"""Percent: from here on it is written 100,00."""


@dataclass(frozen=True)
class Print:
    """What goes onto paper, in one language; `address` is where it can be verified."""

    content: Content
    sheets: Sequence[Sheet]
    lang: Lang
    address: str


def open_press() -> Gate:
    return Gate(
        AT_ONCE,
        QUEUE,
        lambda: Busy(
            "Có quá nhiều hồ sơ đang được in; thử lại sau vài giây.",
            "Too many dossiers are being printed; try again in a few seconds.",
        ),
    )


def print_pdf(asked: Print) -> bytes:
    """PDF, with the document that was signed attached to it. Takes some 100 ms of processor: not for the event loop."""
    code = segno.make(asked.address, error="m", micro=False)
    files: dict[str, bytes] = {"main.typ": (PAGES / "dossier.typ").read_bytes(), "qr.svg": _svg(code)}
    files["dossier.json"] = orjson.dumps(asked.content, option=orjson.OPT_SORT_KEYS)
    data = {**_data(asked), "maps": [_map(asked, number, sheet, files) for number, sheet in enumerate(asked.sheets)]}
    files["data.json"] = orjson.dumps({**data, "code_mm": max(CODE_MM, SQUARE_MM * code.symbol_size()[0])})
    project: Any = files  # its type stubs know of single files only
    moment = datetime.fromisoformat(asked.content["release"]["published"]).replace(microsecond=0)
    made: bytes = typst.compile(project, font_paths=fonts(), timestamp=moment)
    return made


@cache
def fonts() -> typst.Fonts:
    """Searched once; without the font every Vietnamese letter would be missing, so then nothing is printed."""
    found = typst.Fonts(include_system_fonts=False, font_paths=[FONTS_FOLDER])
    if FONT not in found.families():
        raise AssetsMissing(
            f"Thiếu phông chữ {FONT} ở {FONTS_FOLDER}: hãy chạy tools/setup (gói fonts-noto-core).",
            f"The font {FONT} is missing in {FONTS_FOLDER}: run tools/setup (package fonts-noto-core).",
        )
    return found


@cache
def words(lang: Lang) -> Mapping[str, str]:
    return {name: text[lang] for name, text in read_yaml(PAGES / "words.yaml").items()}


def _svg(code: segno.QRCode) -> bytes:
    out = io.BytesIO()
    code.save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue()


def _data(asked: Print) -> dict[str, Any]:
    content, said = asked.content, words(asked.lang)
    return {
        "lang": asked.lang,
        "words": said,
        "title": said["title" if content["subject"]["kind"] == "parcel" else "ground"],
        "name": names(content["subject"])[0 if asked.lang == "vi" else 1],
        "release": content["release"]["number"],
        "published": published(content),
        "view": content["view"],
        "synthetic": content["synthetic"],
        "rules": content["rules"],
        "digest": digest(content).hex(),
        "address": asked.address,
        "facts": _facts(content, asked.lang),
        "sections": [_section(one, asked.lang) for one in content["sections"]],
        "corners": [[str(c["n"]), f"{c['x']:.3f}", f"{c['y']:.3f}", f"{c['side_m']:.2f}"] for c in content["corners"]],
    }


def _facts(content: Content, lang: Lang) -> list[tuple[str, str]]:
    area, said = content["area"], words(lang)
    now = content["subject"].get("commune_now")
    return [
        *_said(content["subject"].get("attributes", []), lang),
        *([(said["now"], now[lang])] if now else []),
        (said["computed"], f"{number(area['computed_m2'], lang)} m²"),
        (said["perimeter"], f"{number(area['perimeter_m'], lang)} m"),
        (said["grid"], area["grid"]["title"][lang]),
    ]


def _section(section: Content, lang: Lang) -> dict[str, Any]:
    return {"title": section["title"][lang], "rules": [_rule(one, lang) for one in section["rules"]]}


def _rule(rule: Content, lang: Lang) -> dict[str, Any]:
    said, title = words(lang), rule["title"][lang]
    if rule.get("covered_m2"):
        shares = f"{number(rule['covered_m2'], lang)} m² ({number(rule['covered_share'], lang)} %)"
        title = f"{title} · {said['covers']} {shares}"
    return {
        "title": title,
        "none": said["none" if rule["delivered"] else "undelivered"],
        "more": rule["more"],
        "rows": [_row(one, lang) for one in rule["statements"]],
    }


def _row(statement: Content, lang: Lang) -> dict[str, Any]:
    said, note = words(lang), ""
    if "area_m2" in statement:
        measure, note = f"{number(statement['area_m2'], lang)} m²", f"{number(statement['share'], lang)} %"
    else:
        measure = f"{number(statement['length_m' if 'length_m' in statement else 'distance_m'], lang)} m"
        note = said["distance"] if "distance_m" in statement else ""
    return {
        "measure": measure,
        "note": note,
        "sliver": statement.get("sliver", False),
        "said": [*_said(statement["attributes"], lang), *_zones(statement, lang)],
        "origin": _origin(statement, lang),
    }


def _zones(statement: Content, lang: Lang) -> Iterator[tuple[str, str]]:
    """Depth by depth, then what is dry and what nobody knows."""
    if "classes" not in statement:
        return
    said, unit = words(lang), statement["unit"]
    if statement["greatest"] is not None:
        yield said["deepest"], f"{plain(statement['greatest'], lang)} {unit}"
    for one in statement["classes"]:
        bounds = (
            f"{plain(one['from'], lang)}–{plain(one['to'], lang)}" if one["to"] else f"≥ {plain(one['from'], lang)}"
        )
        if one["area_m2"]:
            yield f"{bounds} {unit}", f"{number(one['area_m2'], lang)} m² ({number(one['share'], lang)} %)"
    dry = max(0.0, statement["known_m2"] - statement["area_m2"])
    yield f"{said['dry']} {plain(statement['classes'][0]['from'], lang)} {unit}", f"{number(dry, lang)} m²"
    if statement["known_share"] < WHOLE:
        yield said["unknown"], f"{number(100 - statement['known_share'], lang)} %"


def _origin(statement: Content, lang: Lang) -> str:
    said = words(lang)
    scales = ", ".join(f"1:{scale}" for scale in statement["scale"])
    parts = [statement["layer"], statement["steward"], scales, on_day(statement["date"], lang)]
    parts += [f"{said['release'].lower()} {statement['release']}", f"{said['evidence']} {statement['evidence']}"]
    parts += [statement["source"], *([said["is_synthetic"]] if statement["synthetic"] else [])]
    return " · ".join(parts)


def _said(attributes: Sequence[Content], lang: Lang) -> list[tuple[str, str]]:
    """What is known, by what it is called without the explanations that follow."""
    known = [one for one in attributes if one["value"] is not None]
    return [(one["title"][lang].split(";")[0].split(":")[0].split(" (")[0], _value(one, lang)) for one in known]


def _value(one: Content, lang: Lang) -> str:
    if one.get("word"):
        return f"{one['word'][lang]} ({one['value']})"
    if one["type"] == "boolean":
        return words(lang)["yes" if one["value"] else "no"]
    unit = f" {one['unit']}" if "unit" in one else ""
    match one["type"]:
        case "number":
            return plain(one["value"], lang) + unit
        case "date":
            return on_day(one["value"], lang)
        case "datetime":
            return moment(one["value"])
    return f"{one['value']}{unit}"


def _map(asked: Print, place: int, sheet: Sheet, files: dict[str, bytes]) -> dict[str, Any]:
    """Adds the map and its swatches to the files of the compilation."""
    files[f"map{place}.svg"] = draw(sheet).encode()
    legend = []
    for number_, look in enumerate(sheet.legend):
        name = f"map{place}-{number_}.svg"
        files[name] = swatch_svg(look).encode()
        legend.append({"file": name, "title": look["title"][asked.lang]})
    return {
        "title": sheet.title.model_dump()[asked.lang],
        "scale": sheet.scale,
        "file": f"map{place}.svg",
        "legend": legend,
    }


def plain(amount: float, lang: Lang) -> str:
    """As it was written, with the reader's own mark before the decimals: 28,2."""
    return str(amount).replace(".", ",") if lang == "vi" else str(amount)


def on_day(written: str, lang: Lang) -> str:
    return day(written) if lang == "vi" else written


def number(amount: float, lang: Lang) -> str:
    """1.234,50 in Vietnamese, 1,234.50 in English."""
    return vietnamese(amount, 2) if lang == "vi" else f"{amount:,.2f}"
