"""What a raster may be: evidence from its kind and its values, where no columns speak."""

from collections.abc import Iterator

import pyarrow as pa

from gis_server.catalog import Layer
from gis_server.catalog.model import Text
from loaders.inspection.facts import LayerFacts, RasterFacts
from loaders.rasters.describe import KIND, RESAMPLED

SAME_KIND, IN_RANGE = 0.3, 0.2
KINDS = {
    "continuous": Text(vi="raster giá trị đo", en="a raster of measured numbers"),
    "classes": Text(vi="raster phân loại (mã)", en="a raster of class codes"),
    "imagery": Text(vi="ảnh màu", en="an image"),
}
CODES_RESAMPLED = Text(
    vi="giống mã loại đã bị nội suy (số nguyên lẫn số lẻ): hãy yêu cầu giao nộp lại bản gốc",
    en="looks like class codes that were interpolated (whole numbers among fractions): ask for the original",
)


def look_at(facts: LayerFacts, sample: pa.Table) -> None:
    """Writes what was seen of a raster's cells into its facts."""
    row = sample.to_pylist()[0]
    facts.raster = RasterFacts(row[KIND], row["nho_nhat"], row["lon_nhat"])
    if row[RESAMPLED]:
        facts.verdict = CODES_RESAMPLED


def raster_evidence(layer: Layer, seen: RasterFacts) -> Iterator[tuple[float, Text]]:
    """For one raster layer: weight and words."""
    rule = layer.file.raster
    if rule is None or rule.kind != seen.kind:
        return
    yield SAME_KIND, KINDS[seen.kind]
    if rule.range is not None and seen.least is not None and seen.greatest is not None:
        low, high = rule.range
        if low <= seen.least and seen.greatest <= high:
            words = f"{seen.least:g}…{seen.greatest:g} {rule.unit}"
            yield IN_RANGE, Text(vi=f"giá trị {words} phù hợp với lớp", en=f"values {words} fit")
