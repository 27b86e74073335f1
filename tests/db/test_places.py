"""SQL can join the units of every era and their crosswalk."""

from dataclasses import replace

from gis_server.catalog.places import Places, read_places
from gis_server.db.places import write_places
from gis_server.settings import HOME


def test_units_and_links_are_those_of_the_files_and_written_once(make_blank_database):
    database, places = make_blank_database(), read_places(HOME / "layers")
    assert write_places(database, places)
    assert not write_places(database, places)
    with database.connect("read") as conn:
        assert conn.execute("SELECT count(*) FROM meta.admin_unit").fetchone() == (len(places.units),)
        assert conn.execute("SELECT count(*) FROM meta.admin_link").fetchone() == (len(places.links),)
        names = "SELECT name_vi FROM meta.admin_unit WHERE code = '26740' ORDER BY valid_to NULLS FIRST"
        assert conn.execute(names).fetchall() == [("Phường Sài Gòn",), ("Phường Bến Nghé",)]


def test_a_change_of_the_files_replaces_all_of_it(make_blank_database):
    database, places = make_blank_database(), read_places(HOME / "layers")
    write_places(database, places)
    renamed = Places((replace(places.units[0], name_vi="Tên mới"),), ())
    assert write_places(database, renamed)
    with database.connect("read") as conn:
        assert conn.execute("SELECT name_vi FROM meta.admin_unit").fetchall() == [("Tên mới",)]
        assert conn.execute("SELECT count(*) FROM meta.admin_link").fetchone() == (0,)
