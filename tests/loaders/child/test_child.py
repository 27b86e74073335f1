"""The reading child has no network, few drivers, little memory and little time; hostile files end in a sentence."""

import os
import signal
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gis_server.errors import DeliveryUnreadable
from loaders.child.host import Limits, reading_child
from loaders.child.launch import HOME, woken
from loaders.child.wire import Request
from loaders.profiles import FileRule
from loaders.sniff import verify

IN_CHILD = """
import json, socket, sys
from loaders.child import confine
confine.leave_drivers_out()
confine.bound(1 << 31, 60)
said = {"closed": confine.close_network()}
try: socket.socket(); said["socket"] = "open"
except OSError as error: said["socket"] = error.strerror
try: __import__("os").execv("/bin/true", ["true"])
except OSError as error: said["exec"] = error.strerror
import pyogrio
said["drivers"] = sorted(pyogrio.list_drivers())
for name in ("/vsicurl/http://169.254.169.254/a.geojson", sys.argv[1]):
    try: pyogrio.list_layers(name); said[name] = "opened"
    except Exception as error: said[name] = "refused"
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def child():
    with reading_child() as child:
        yield child


def rows(child, path, reader="vector", **how):
    return [
        (stream.layer, sum(chunk.rows.num_rows for chunk in stream.chunks))
        for stream in child.streams(Request(path, path.name, reader, FileRule(**how)))
    ]


def points(path, count=5, driver="GPKG"):
    shapes = shapely.to_wkb(shapely.points(np.random.default_rng(1).random((count, 2))))
    names = np.array([f"P{one}" for one in range(count)], dtype=object)
    pyogrio.raw.write(path, shapes, [names], ["ma"], geometry_type="Point", crs="EPSG:4326", driver=driver)
    return path


def test_no_network_no_programs_and_only_the_allowed_drivers(tmp_path):
    vrt = tmp_path / "a.gpkg"
    vrt.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>x.shp</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    )
    command = [sys.executable, "-c", IN_CHILD, str(vrt)]
    said = __import__("json").loads(subprocess.run(command, cwd=HOME, capture_output=True, check=True).stdout)
    assert said["closed"] is True
    assert (said["socket"], said["exec"]) == ("Permission denied", "Permission denied")
    assert "GPKG" in said["drivers"]
    assert not {"OGR_VRT", "WFS", "HTTP", "OAPIF", "SQLite", "GDALG", "CSV"} & set(said["drivers"])
    assert said["/vsicurl/http://169.254.169.254/a.geojson"] == said[str(vrt)] == "refused"


def test_neither_the_child_nor_a_load_reads_pandas():
    """It costs more than reading a file does."""
    program = "from gis_server.frames import leave_frames_out; leave_frames_out()"
    child = f"{program}; from loaders.child import confine; confine.leave_drivers_out()"
    array = f"{program}; import numpy, pyarrow; pyarrow.array(numpy.zeros(1))"
    for read in (child, array, "import gis_server.cli.loading"):
        said = subprocess.run([sys.executable, "-c", f"{read}; import sys; print('pandas' in sys.modules)"],
                              cwd=HOME, capture_output=True, check=True).stdout  # fmt: skip
        assert said == b"False\n", read


def test_rows_arrive_whole_and_one_child_reads_many_files(tmp_path, child):
    assert rows(child, points(tmp_path / "a.gpkg", 70_000)) == [("a", 70_000)]
    first = child.process.pid
    assert rows(child, points(tmp_path / "b.fgb", 3, "FlatGeobuf")) == [("b", 3)]
    assert child.process.pid == first


def test_a_sample_stops_early(tmp_path, child):
    request = Request(points(tmp_path / "a.gpkg", 500), "a.gpkg", "vector", FileRule(), sample=10)
    for stream in child.streams(request):
        assert stream.expected == 500
        assert sum(chunk.rows.num_rows for chunk in stream.chunks) == 10


def kill_while_reading(child, path):
    for stream in child.streams(Request(path, path.name, "vector", FileRule())):
        for _ in stream.chunks:
            os.kill(child.process.pid, signal.SIGKILL)


def test_a_killed_child_is_a_sentence_and_the_next_file_is_read(tmp_path, child):
    path = points(tmp_path / "a.gpkg", 300_000)
    with pytest.raises(DeliveryUnreadable, match="SIGKILL"):
        kill_while_reading(child, path)
    assert rows(child, points(tmp_path / "b.gpkg")) == [("b", 5)]


def test_a_file_that_needs_more_memory_than_allowed_is_a_sentence(tmp_path):
    (tmp_path / "bom.json").write_bytes(b"[" + b",".join([b'{"a":1}'] * 4_000_000) + b"]")
    with reading_child(Limits(memory_bytes=800 << 20)) as child, pytest.raises(DeliveryUnreadable, match="bộ nhớ"):
        rows(child, tmp_path / "bom.json", "json")


def test_a_parquet_bomb_is_refused_by_what_it_says_of_itself(tmp_path, child):
    zeros = pa.array(np.zeros(65_000_000, dtype=np.int64))
    table = pa.table({"a": zeros, "b": zeros, "c": zeros})
    pq.write_table(table, tmp_path / "bom.parquet", row_group_size=1 << 26, use_dictionary=False, compression="zstd")
    assert (tmp_path / "bom.parquet").stat().st_size < 1 << 20
    with pytest.raises(DeliveryUnreadable, match="quá lớn"):
        rows(child, tmp_path / "bom.parquet", "parquet")


def test_a_child_that_says_nothing_is_stopped(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with reading_child(Limits(silent_seconds=3)) as child, pytest.raises(DeliveryUnreadable, match="3 giây"):
        rows(child, tmp_path / "a.csv", "table")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.gpkg", b"<OGRVRTDataSource/>", "VRT"),
        ("a.gpkg", b"<?xml version='1.0'?><a/>", "XML"),
        ("a.shp", b"\x00" * 200, "không phải tệp .shp"),
        ("a.geojson", b"<html>", "XML/HTML"),
        ("a.dgn", b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "DGN V8"),
        ("a.geojson", b"", "rỗng"),
        ("a.kml", b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><kml>&d;</kml>', "DOCTYPE"),
        ("a.gml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE"),
        (
            "a.kml",
            b"<kml><NetworkLink><Link><href>http://169.254.169.254/</href></Link></NetworkLink></kml>",
            "NetworkLink",
        ),
    ],
)
def test_disguised_empty_and_reaching_files_are_refused_by_their_bytes(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DeliveryUnreadable, match=words) as error:
        verify(tmp_path / name, name)
    assert error.value.en


@pytest.mark.parametrize("gone", [".shx", ".dbf"])
def test_a_shapefile_without_its_parts_says_which(tmp_path, gone):
    path = points(tmp_path / "a.shp", driver="ESRI Shapefile")
    path.with_suffix(gone).unlink()
    with pytest.raises(DeliveryUnreadable, match=gone):
        verify(path, "a.shp")


def test_a_truncated_shapefile_says_so(tmp_path):
    path = points(tmp_path / "a.shp", 100, "ESRI Shapefile")
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(DeliveryUnreadable, match="bị cắt"):
        verify(path, "a.shp")


def test_corrupt_pages_of_a_geopackage_are_a_sentence(tmp_path, child):
    path = points(tmp_path / "a.gpkg", 20_000)
    content = bytearray(path.read_bytes())
    content[8192:600_000] = os.urandom(600_000 - 8192)
    path.write_bytes(content)
    with pytest.raises(DeliveryUnreadable, match=r"a\.gpkg"):
        rows(child, path)
    assert rows(child, points(tmp_path / "b.gpkg")) == [("b", 5)]


def test_a_process_that_was_woken_before_reads_and_ends_with_its_block(tmp_path):
    with woken() as process:
        with reading_child(woken=process) as child:
            assert child.process is process
            assert rows(child, points(tmp_path / "a.gpkg", 3)) == [("a", 3)]
        assert process.returncode is not None
    with woken() as process:
        assert process.poll() is None
    assert process.returncode is not None, "nobody asked it for anything"


def test_waking_a_process_reads_no_library():
    """`bando load` begins with it; what it reads itself must not come first."""
    heavy = "import gis_server.cli.load, sys; print(*{'numpy', 'pyarrow', 'psycopg', 'pydantic'} & sys.modules.keys())"
    said = subprocess.run([sys.executable, "-c", heavy], cwd=HOME, capture_output=True, check=True).stdout
    assert said == b"\n"
