"""The other layers that a layer's checks speak of, as they will be after this load, ready to be asked many times."""

from dataclasses import dataclass, field

from psycopg import sql

from gis_server.catalog import Layer
from loaders.staging import Staging
from loaders.statements import statement


@dataclass(frozen=True)
class Others:
    """Pieces of other layers, cut once for all layers that ask for them."""

    staging: Staging
    source: str
    ready: dict[str, sql.Identifier | None] = field(default_factory=dict)

    def pieces(self, other: Layer) -> sql.Identifier | None:
        """The table of a layer's pieces; None when the layer has no features at all."""
        if other.id not in self.ready:
            self.ready[other.id] = self._cut(other)
        return self.ready[other.id]

    def _cut(self, other: Layer) -> sql.Identifier | None:
        conn = self.staging.conn
        pieces = self.staging.scratch(f"other_{len(self.ready)}")
        rows = conn.execute(statement("checks/others.sql", pieces=pieces, features=self._features(other))).rowcount
        if not rows:
            return None
        conn.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(pieces))
        conn.execute(sql.SQL("ANALYZE {}").format(pieces))
        return pieces

    def _features(self, other: Layer) -> sql.Composed:
        served = sql.SQL("SELECT geom FROM {}").format(sql.Identifier(other.group, other.name))
        if other.id not in self.staging.layers:
            return served
        staged = sql.SQL("SELECT geom FROM {}").format(self.staging.table(other))
        return sql.SQL("{} UNION ALL {} WHERE source <> {}").format(staged, served, sql.Literal(self.source))
