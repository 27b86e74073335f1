"""Reading leaves nothing behind in the delivery."""

from loaders.profiles import FileRule
from loaders.readers.vector import read_vector

PLACE = "<a:p><gml:Point><gml:coordinates>106.7,10.7</gml:coordinates></gml:Point></a:p>"
MEMBER = "<gml:featureMember><a:{0} gml:id='{0}'><a:ma>1</a:ma>" + PLACE + "</a:{0}></gml:featureMember>"


def test_layers_of_gml_are_read_without_writing_beside_it(tmp_path):
    members = MEMBER.format("den") + MEMBER.format("cot")
    space = 'xmlns:gml="http://www.opengis.net/gml" xmlns:a="urn:a"'
    (tmp_path / "a.gml").write_text(f"<gml:FeatureCollection {space}>{members}</gml:FeatureCollection>")
    streams = {one.layer: sum(chunk.rows.num_rows for chunk in one.chunks) for one in _read(tmp_path / "a.gml")}
    assert streams == {"den": 1, "cot": 1}
    assert [one.name for one in tmp_path.iterdir()] == ["a.gml"]


def _read(path):
    return read_vector(path, path.name, FileRule())
