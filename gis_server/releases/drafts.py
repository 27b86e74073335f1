"""Drafts: checked deliveries kept until someone has looked; several become one release, or none does."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gis_server.catalog import Catalog, Layer
from gis_server.db.statements import quoted, statement
from gis_server.errors import DraftStale
from gis_server.releases.publish import Bundle, Release, alone, make_release
from gis_server.releases.source import Source
from gis_server.releases.staged import SQL, Staged


@dataclass(frozen=True)
class Origin:
    """Where a draft's rows come from."""

    source: Source
    who: str
    note: str
    path: str
    load_id: int | None


@dataclass(frozen=True)
class Draft:
    """One line of `draft.book`."""

    draft: int
    made_at: datetime
    who: str
    note: str
    path: str
    load_id: int | None
    release: int
    """The newest one when the draft was made."""
    source: dict[str, Any]
    layers: dict[str, dict[str, Any]]
    """Layer → table, rows, and the digest of the rules it was checked by."""

    def staged(self, catalog: Catalog) -> Iterator[Staged]:
        for layer, about in self.layers.items():
            yield Staged(catalog[layer], f"draft.{quoted(about['table'])}")

    def bundle(self, catalog: Catalog) -> Bundle:
        return Bundle(Source(**self.source), tuple(self.staged(catalog)))


def _nothing_more(_: Sequence[Draft]) -> None:
    pass


@dataclass(frozen=True)
class Wish:
    """Which drafts to publish, and in whose name."""

    numbers: Sequence[int]
    who: str
    note: str = ""
    recheck: Callable[[Sequence[Draft]], None] = _nothing_more
    """Asked, while nobody else can publish, when the drafts were checked against another map; raises to refuse."""


def hold(conn: psycopg.Connection, catalog: Catalog, origin: Origin, staged: Sequence[Staged]) -> int:
    """Keep staged layers as a draft, in logged tables that a restart does not empty; answers its number."""
    values = {**asdict(origin), "source": Jsonb(asdict(origin.source))}
    with conn.transaction():
        row = conn.execute(statement(SQL, "draft_begin"), values).fetchone()
        assert row is not None
        number: int = row[0]
        layers = {one.layer.id: _keep(conn, catalog, one, f"d{number}_{place}") for place, one in enumerate(staged)}
        conn.execute(statement(SQL, "draft_layers"), {"draft": number, "layers": Jsonb(layers)})
    return number


def drafts(conn: psycopg.Connection, numbers: Sequence[int] | None = None) -> list[Draft]:
    """All drafts, or the named ones; DraftStale when one of those is not there."""
    with conn.cursor(row_factory=class_row(Draft)) as cursor:
        found = cursor.execute(statement(SQL, "drafts"), {"numbers": numbers and list(numbers)}).fetchall()
    if missing := set(numbers or ()) - {one.draft for one in found}:
        listed = ", ".join(str(number) for number in sorted(missing))
        raise DraftStale(f"Không có bản nháp {listed}. Xem `bando drafts`.", f"There is no draft {listed}.")
    return found


def publish_drafts(conn: psycopg.Connection, catalog: Catalog, wish: Wish) -> Release | None:
    """One release of all the drafts, which are gone then; None when nothing differs from what is served."""
    with alone(conn):
        chosen = drafts(conn, sorted(set(wish.numbers)))
        validate(conn, catalog, chosen)
        if _moved_on(conn, chosen):
            wish.recheck(chosen)
        words = wish.note or "; ".join(dict.fromkeys(one.note for one in chosen))
        release = make_release(conn, [one.bundle(catalog) for one in chosen], {"who": wish.who, "note": words})
        _drop(conn, chosen, release.number if release else None, "published" if release else "unchanged")
    return release


@contextmanager
def tried(conn: psycopg.Connection, catalog: Catalog, numbers: Sequence[int]) -> Iterator[list[str]]:
    """The map as it would be with these drafts published, within this block only; yields the layers they would change.

    Nobody else can publish meanwhile.
    """
    try:
        with alone(conn):
            chosen = drafts(conn, sorted(set(numbers)))
            validate(conn, catalog, chosen)
            made = make_release(conn, [one.bundle(catalog) for one in chosen], {"who": "", "note": ""})
            yield sorted({change.layer for change in made.layers}) if made else []
            raise _OnlyTried
    except _OnlyTried:
        pass


class _OnlyTried(Exception):
    """Ends the transaction of a publish that was only tried."""


def _moved_on(conn: psycopg.Connection, chosen: Sequence[Draft]) -> bool:
    """Whether the drafts were checked against another map than the one they would become part of."""
    row = conn.execute(statement(SQL, "latest_release")).fetchone()
    return len(chosen) > 1 or any(one.release != row[0] for one in chosen if row)


def discard(conn: psycopg.Connection, numbers: Sequence[int]) -> None:
    """Throw drafts away."""
    with alone(conn):
        _drop(conn, drafts(conn, numbers), None, "discarded")


def validate(conn: psycopg.Connection, catalog: Catalog, chosen: Sequence[Draft]) -> None:
    """Raises DraftStale with every reason why the drafts no longer fit the layer files or what is served."""
    reasons = [reason for one in chosen for reason in _reasons(conn, catalog, one)]
    reasons += _doubles(chosen)
    if reasons:
        raise DraftStale(
            "Bản nháp không còn hợp lệ. Chưa công bố gì:\n" + "\n".join(f"  {vi}" for vi, _ in reasons),
            "Nothing was published: " + "; ".join(en for _, en in reasons) + ". Load the delivery again.",
        )


def _reasons(conn: psycopg.Connection, catalog: Catalog, draft: Draft) -> Iterator[tuple[str, str]]:
    served = conn.execute(statement(SQL, "draft_served"), {"source": draft.source["id"]}).fetchall()
    since = {layer: release for layer, release in served if release > draft.release}
    for layer, about in draft.layers.items():
        here = f"{draft.draft}: {layer}"
        if layer not in catalog.layers or rules_digest(catalog, catalog[layer]) != about["digest"]:
            yield (
                f"{here}: tệp lớp đã thay đổi sau khi kiểm tra; hãy nạp lại tệp giao nộp.",
                f"{here}: the layer file changed since",
            )
        if layer in since:
            yield (
                f"{here}: nguồn này đã công bố bản {since[layer]} sau khi lập bản nháp (khi đó là bản "
                f"{draft.release}); "
                "nếu công bố bản nháp sẽ mất dữ liệu mới hơn. Hãy nạp lại tệp giao nộp.",
                f"{here}: its source published release {since[layer]} after the draft was made",
            )


def _doubles(chosen: Sequence[Draft]) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, str], int] = {}
    for one in chosen:
        for layer in one.layers:
            other = seen.setdefault((one.source["id"], layer), one.draft)
            if other != one.draft:
                yield (
                    f"{other}, {one.draft}: cùng lớp {layer} của cùng một nguồn; hãy bỏ bớt một bản nháp.",
                    f"{other}, {one.draft}: the same layer {layer} of one source; discard one of them",
                )


def rules_digest(catalog: Catalog, layer: Layer) -> str:
    """Of everything in the layer file and its code lists that rows are checked by."""
    file = layer.file.model_dump_json(include={"geometry", "key", "fields", "checks", "time", "raster"})
    codes = sorted(
        (rule.domain, sorted(catalog.domains[rule.domain].values))
        for rule in layer.fields.values()
        if rule.domain is not None and rule.domain in catalog.domains
    )
    return hashlib.sha256(f"{file}{codes}".encode()).hexdigest()[:16]


def _keep(conn: psycopg.Connection, catalog: Catalog, staged: Staged, table: str) -> Mapping[str, Any]:
    layer = staged.layer
    columns = ", ".join([*(quoted(name) for name in layer.fields), "geom"])
    kept = conn.execute(
        statement(SQL, "draft_keep", table=quoted(table), staged=staged.table, columns=columns)
    ).rowcount
    return {"table": table, "rows": kept, "digest": rules_digest(catalog, layer)}


def _drop(conn: psycopg.Connection, chosen: Sequence[Draft], release: int | None, outcome: str) -> None:
    for one in chosen:
        for about in one.layers.values():
            conn.execute(statement(SQL, "draft_drop", table=quoted(about["table"])))
        values = {"draft": one.draft, "load_id": one.load_id, "release": release, "outcome": outcome}
        conn.execute(statement(SQL, "draft_end"), values)
