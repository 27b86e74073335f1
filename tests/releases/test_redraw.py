"""After an update, what is served is drawn anew by today's rules, and what was drawn by them already is left alone."""

from collections.abc import Callable

import psycopg

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.releases.redraw import outdated, redraw
from tests.tiles.parcels import LAYER, Moving

PIECES = b"SELECT layer, seen, zoom, x, y, fid, tags::text, geom::text FROM drawing.piece ORDER BY 1, 2, 3, 4, 5, 6, 8"
BOOKS = b"SELECT release, layer, zoom, features_in, features, things, round(area) FROM meta.drawing ORDER BY 1, 2, 3"


def tables(conn: psycopg.Connection) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    return conn.execute(PIECES).fetchall(), conn.execute(BOOKS).fetchall()


def test_layers_drawn_by_another_rule_are_drawn_anew(make_database: Callable[[], Database], catalog: Catalog) -> None:
    moving = Moving(catalog, make_database())
    moving.publish()
    moving.publish()
    with moving.database.connect() as conn:
        assert outdated(conn, catalog) == []
        before = tables(conn)
        assert before[0]
        assert {row[0] for row in before[1]} == {1, 2}, "what each release drew is on the books"
        conn.execute("UPDATE drawing.state SET mark = 'of last year'")
        conn.execute("DELETE FROM drawing.piece WHERE zoom < 13")
        assert [layer.id for layer in outdated(conn, catalog)] == [LAYER]
        redraw(conn, [catalog[LAYER]])
        assert tables(conn) == before
        assert outdated(conn, catalog) == []


def test_a_publish_after_an_update_draws_all_of_the_layer(
    make_database: Callable[[], Database], catalog: Catalog
) -> None:
    moving = Moving(catalog, make_database())
    moving.publish()
    with moving.database.connect() as conn:
        conn.execute("DELETE FROM drawing.state")
        conn.execute("DELETE FROM drawing.piece")
        conn.commit()
        moving.publish(moved=1)
        after = tables(conn)
        redraw(conn, [catalog[LAYER]])
        assert tables(conn) == after
        assert {row[2] for row in after[0]} >= {12, 13, 14}
