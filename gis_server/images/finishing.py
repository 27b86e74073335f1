"""From what MapLibre drew to the picture that was asked for: bent into its grid, inscribed, packed."""

import io
from typing import Any

import resvg_py
from PIL import Image

FONTS = "/usr/share/fonts/truetype/noto"
"""Debian's fonts-noto-core."""
FACES = [f"{FONTS}/{face}.ttf" for face in ("NotoSans-Regular", "NotoSans-Bold", "NotoSansMath-Regular")]
OPAQUE = {"jpg"}
PAPER = "#ffffff"


def finished(drawn: bytes, job: dict[str, Any]) -> bytes:
    """The picture's bytes. A PNG with nothing to add is passed on as it is."""
    opened = Image.open(io.BytesIO(drawn))
    size = job["width"] * job["ratio"], job["height"] * job["ratio"]
    changed = job["mesh"] or job["overlay"] or job["ground"] or opened.size != size
    if job["form"] == "png" and not changed:
        return drawn
    picture = opened.convert("RGBA")
    if job["mesh"]:
        picture = picture.transform(size, Image.Transform.MESH, job["mesh"], Image.Resampling.BICUBIC)
    else:
        picture = picture.crop((0, 0, *size))
    picture = on_ground(picture, job)
    if job["overlay"]:
        picture.alpha_composite(inked(job["overlay"], job["ratio"]))
    return packed(picture, job["form"])


def on_ground(picture: Image.Image, job: dict[str, Any]) -> Image.Image:
    """On the colour asked for; a JPEG is never transparent."""
    ground = job["ground"] or (PAPER if job["form"] in OPAQUE else "")
    return Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture) if ground else picture


def inked(svg: str, ratio: float = 1) -> Image.Image:
    """An SVG as pixels, its words in Noto Sans."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=ratio, skip_system_fonts=True, font_files=FACES, font_family="Noto Sans"
    )
    return Image.open(io.BytesIO(png)).convert("RGBA")


def packed(picture: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    match form:
        case "png":
            picture.save(out, "PNG", compress_level=4)
        case "webp":
            picture.save(out, "WEBP", quality=85, method=2)
        case _:
            picture.convert("RGB").save(out, "JPEG", quality=88, subsampling=0)
    return out.getvalue()
