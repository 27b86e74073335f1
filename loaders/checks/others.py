"""The other layers that a layer's checks speak of, as they will be after this load, ready to be asked many times."""

from dataclasses import dataclass, field

from psycopg import sql

from gis_server.catalog import Layer
from loaders.staging import Staging
from loaders.statements import statement

NO_WIDTH = sql.SQL("NULL::float8")


@dataclass(frozen=True)
class Others:
    """Pieces of other layers, cut once for all layers that ask for them."""

    staging: Staging
    source: str
    ready: dict[tuple[str, str | None], sql.Identifier | None] = field(default_factory=dict)

    def pieces(self, other: Layer, width: str | None = None) -> sql.Identifier | None:
        """The table of a layer's pieces (with a field that says how wide they are); None when it has no features."""
        if (other.id, width) not in self.ready:
            self.ready[other.id, width] = self._cut(other, width)
        return self.ready[other.id, width]

    def _cut(self, other: Layer, width: str | None) -> sql.Identifier | None:
        conn = self.staging.conn
        pieces = self.staging.scratch(f"other_{len(self.ready)}")
        query = statement("checks/others.sql", pieces=pieces, features=self.features(other, width))
        if not conn.execute(query).rowcount and self.has_none(other):
            return None
        conn.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(pieces))
        conn.execute(sql.SQL("ANALYZE {}").format(pieces))
        return pieces

    def has_none(self, other: Layer) -> bool:
        """Whether a layer has no features, where none were found."""
        return True

    def features(self, other: Layer, width: str | None) -> sql.Composed:
        how_wide = NO_WIDTH if width is None else sql.SQL("{}::float8").format(sql.Identifier(width))
        served = sql.SQL("SELECT geom, {} AS width FROM {}").format(how_wide, sql.Identifier(other.group, other.name))
        rows: sql.Composable = served
        if other.id in self.staging.layers:
            staged = sql.SQL("SELECT geom, {} AS width FROM {}").format(how_wide, self.staging.table(other))
            rows = sql.SQL("{} UNION ALL {} WHERE source <> {}").format(staged, served, sql.Literal(self.source))
        return sql.SQL("SELECT row_number() OVER () AS feature, geom, width FROM ({}) AS rows").format(rows)
