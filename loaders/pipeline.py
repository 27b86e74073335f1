"""From a delivered file to a release, the whole story on one screen: read → map → stage → check → publish → report."""

import getpass
from dataclasses import dataclass, field
from pathlib import Path

from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.db.database import Database
from gis_server.releases.publish import Release, Staged, publish
from loaders.account import Account
from loaders.checks.gate import Gate
from loaders.checks.others import Others
from loaders.checks.refusal import refuse_if_too_many
from loaders.checks.registry import read_codes
from loaders.crs import Locator, read_given
from loaders.deliveries import open_delivery
from loaders.grid.served import Served
from loaders.mapping import Mapping
from loaders.plan import Plan, make_plan
from loaders.progress import Steps, peak_bytes
from loaders.records import record
from loaders.report import Report, as_json
from loaders.staging import Staging


@dataclass(frozen=True)
class Order:
    """What is to be loaded, and in whose name. `profile` may be missing where the delivery has a manifest."""

    path: Path
    profile: str | None = None
    note: str = ""
    dry_run: bool = False
    crs: tuple[str, ...] = ()
    """What a person says about the grid: `9210-yx`, or `*.csv=9210-yx` for some files."""
    who: str = field(default_factory=getpass.getuser)


@dataclass(frozen=True)
class Desk:
    """What every load needs."""

    catalog: Catalog
    database: Database
    steps: Steps
    places: Places
    """Administrative units, by which commune codes in a delivery are known."""


def load(order: Order, desk: Desk) -> Report:
    """Loads a delivery as one release. On any error nothing is published and no staging table stays."""
    with (
        record(desk.database, who=order.who, profile=order.profile, path=str(order.path)) as book,
        open_delivery(order.path) as delivery,
    ):
        plan = make_plan(delivery, order.profile, desk.catalog)
        book.source = plan.source.id
        report = Report(order.path.name, plan.source, order.dry_run, Account(files_left_out=plan.left_out))
        locator = _locator(order, desk)
        report.grids = locator.verdicts
        with Staging(desk.database, book.load_id, desk.catalog.crs.stored) as staging:
            stage(plan, staging, locator, desk, report)
            check(plan, staging, desk, report)
            if not order.dry_run:
                report.release = _publish(plan, staging, desk, order)
        report.seconds, report.peak_bytes = desk.steps.seconds, peak_bytes()
        book.report = as_json(report)
        book.release = report.release.number if report.release else None
    return report


def _locator(order: Order, desk: Desk) -> Locator:
    """What finds the grids of the files, with the served map as its control."""
    control = Served(desk.catalog, desk.database)
    given = read_given(order.crs, desk.catalog.crs)
    return Locator(desk.catalog, desk.places, control, given, order.path)


def stage(plan: Plan, staging: Staging, locator: Locator, desk: Desk, report: Report) -> None:
    """Reads every file of the plan, maps its rows and copies them into staging, a bounded number at a time."""
    mapping = Mapping(desk.catalog, report.account)
    with desk.steps.step("đọc · read", "Đọc · Reading"):
        for reading in plan.readings:
            for stream in reading.streams(desk.catalog, locator):
                for layer, rows in mapping.map(stream, reading.profile, reading.how):
                    staging.add(layer, rows)
                    desk.steps.count(report.account.read, f"Đọc · Reading {reading.file.name}")
        staging.finish()
    report.findings += mapping.findings
    report.findings += locator.findings()


def check(plan: Plan, staging: Staging, desk: Desk, report: Report) -> None:
    """Finds, repairs and sets aside; raises LoadRefused when more rows are wrong than the profile lets pass."""
    gate = Gate(staging, desk.catalog, read_codes(), plan.source.id, Others(staging, plan.source.id))
    layers = list(staging.layers.values())
    with desk.steps.step("kiểm tra · check", "Kiểm tra · Checking", total=2 * len(layers)):
        staging.analyze()
        for layer in layers:
            desk.steps.advance(words=f"Kiểm tra · Checking {layer.id}")
            gate.find(layer, plan.repair)
            report.findings += gate.findings(layer)
        refuse_if_too_many(gate, report, plan.rejects)
        for layer in layers:
            report.rows[layer.id] = report.account.rows[layer.id] - gate.set_aside(layer)
        report.account.set_aside(gate.lost_features())
        report.account.balance()
        for layer in layers:
            desk.steps.advance(words=f"Đối chiếu · Relating {layer.id}")
            gate.relate(layer)
            report.findings += gate.findings(layer, relations=True)
    report.findings += gate.layers_without_rows(plan.layers - {name for name, rows in report.rows.items() if rows})


def _publish(plan: Plan, staging: Staging, desk: Desk, order: Order) -> Release | None:
    """One transaction; a layer of which no row is left stays as it is served."""
    staged = [Staged(layer, staging.quoted(layer)) for layer in staging.with_rows()]
    with desk.steps.step("công bố · publish", "Công bố · Publishing"), desk.database.connect() as conn:
        note = order.note or f"{plan.source.title_vi}: {order.path.name}"
        return publish(conn, plan.source, staged, who=order.who, note=note)
