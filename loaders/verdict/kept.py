"""The verdict that stays with a release: its report and findings as they were when it was published."""

from collections.abc import Mapping

from gis_server.catalog import Catalog
from gis_server.db.database import Database
from gis_server.errors import SettingInvalid
from loaders.checks.finding import Located
from loaders.checks.registry import Code
from loaders.statements import statement
from loaders.verdict.verdict import Verdict


def verdict_of_release(database: Database, release: int, catalog: Catalog, codes: Mapping[str, Code]) -> Verdict:
    """Raises SettingInvalid for a release that was not made by a load."""
    with database.connect() as conn:
        row = conn.execute(statement("load_of_release.sql"), {"release": release}).fetchone()
        if row is None:
            raise SettingInvalid(
                f"Bản công bố {release} không do lần nạp nào tạo ra, nên không có báo cáo. Xem `bando releases`.",
                f"Release {release} was not made by a load, so there is no report. See `bando releases`.",
            )
        rows = conn.execute(statement("checks/located.sql"), {"load_id": row[0]}).fetchall()
    return Verdict(row[1], [Located(*one) for one in rows], catalog, codes)
