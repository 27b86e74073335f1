"""The sample city's TCVN3 shapefiles need no word on their letters."""

import pyarrow as pa
import pytest

from gis_server.catalog import Catalog
from loaders.letters.columns import StreamLetters
from loaders.letters.findings import letters_findings
from loaders.profiles import FileRule
from loaders.readers.vector import read_vector
from tests.loaders.sample_city.conftest import Sample

OLD_LETTERS = ("trung_tam_ha_tang_ky_thuat", "cong_ty_chieu_sang", "cong_vien_cay_xanh")


@pytest.mark.parametrize("office", OLD_LETTERS)
def test_shapefiles_in_tcvn3_read_the_same_without_the_profile_s_encoding(
    sample: Sample, catalog: Catalog, office: str
):
    files = sorted((sample.folder / office).glob("*.shp"))
    assert files
    marked = 0
    for path in files:
        for stream in read_vector(path, path.name, FileRule(), catalog.crs):
            found, declared = StreamLetters("auto", stream.page), StreamLetters("tcvn3", stream.page)
            for chunk in stream.chunks:
                for field in chunk.rows.schema:
                    if not pa.types.is_string(field.type) and not pa.types.is_large_string(field.type):
                        continue
                    column = chunk.rows.column(field.name)
                    texts = found.clean(field.name, column)
                    assert texts.to_pylist() == declared.clean(field.name, column).to_pylist(), field.name
                    marked += sum(not text.isascii() for text in texts.drop_null().to_pylist())
            assert {one.code for one in letters_findings(stream.name, found)} <= {"TXT-03"}
            assert not list(letters_findings(stream.name, declared))
    assert marked > 10
