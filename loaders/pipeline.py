"""From a delivered file to a release, the whole story on one screen: read → map → stage → check → publish → report."""

import getpass
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from subprocess import Popen

from gis_server.catalog import Catalog
from gis_server.catalog.places import Places
from gis_server.db.database import Database
from gis_server.releases.drafts import Origin, hold
from gis_server.releases.publish import Release, publish
from gis_server.releases.staged import Overtaken
from loaders.account import Account
from loaders.checks.bench import Bench
from loaders.checks.gate import Gate
from loaders.checks.others import Others
from loaders.checks.outlines import outlines
from loaders.checks.refusal import EMPTY, judge, refusal
from loaders.checks.registry import read_codes
from loaders.checks.waivers import Waivers
from loaders.child.host import Child, reading_child
from loaders.crs import Locator, read_given
from loaders.deliveries import open_delivery
from loaders.grid.served import served
from loaders.heap import Heap, give_back
from loaders.lookups import Lookups
from loaders.mapping import Mapping
from loaders.outage import outages_in_words
from loaders.peak import watched
from loaders.plan import Plan, make_plan
from loaders.progress import Steps
from loaders.rasters.keeper import Keeper
from loaders.records import record
from loaders.report import Report, as_json
from loaders.staging import Staging

PUBLISH = "công bố · publish"
"""Name of the step in the account of a load."""


@dataclass(frozen=True)
class Order:
    """What is to be loaded, and in whose name. `profile` may be missing where the delivery has a manifest."""

    path: Path
    profile: str | None = None
    note: str = ""
    dry_run: bool = False
    hold: bool = False
    """Keep what passed the checks as a draft instead of publishing it."""
    judge: bool = False
    """Only a verdict is wanted: a refusal is reported in full instead of raised, with everything located."""
    crs: tuple[str, ...] = ()
    """What a person says of the grid: `9210-yx`, or `*.csv=9210-yx` for some files."""
    who: str = field(default_factory=getpass.getuser)


@dataclass(frozen=True)
class Desk:
    """What every load needs."""

    catalog: Catalog
    database: Database
    steps: Steps
    places: Places
    """Administrative units, by which commune codes in a delivery are known."""
    state: Path
    """The installation's own folder: archives are unpacked there."""
    rasters: Path
    """The store of Cloud-Optimised GeoTIFFs."""
    reader: Popen[bytes] | None = None
    """A reading process that was woken before the program was read."""

    @property
    def memory(self) -> Path:
        """Where it is kept what was worked out of the rows that were delivered last."""
        return self.state / "memory"


def load(order: Order, desk: Desk) -> Report:
    """Loads a delivery as one release. On any error nothing is published and no staging table stays."""
    with (
        outages_in_words(),
        watched() as peak,
        reading_child(woken=desk.reader) as child,
        record(desk.database, who=order.who, profile=order.profile, path=str(order.path)) as book,
        open_delivery(order.path, state=desk.state) as delivery,
        Keeper(desk.rasters, desk.database, desk.catalog) as keeper,
    ):
        plan = Lookups(delivery, desk.catalog, child).filled(make_plan(delivery, order.profile, desk.catalog))
        plan.given = read_given(order.crs, desk.catalog.crs)
        book.source = plan.source.id
        account = Account(files_left_out=plan.left_out)
        report = Report(order.path.name, plan.source, order.dry_run or order.judge, account, judged=order.judge)
        with Staging(desk.database, book.load_id, desk.catalog, plan.source.id) as staging:
            staging.expect(plan.layers, desk.memory)
            child.workspace = None if report.dry_run else keeper.workspace
            stage(plan, staging, desk, report, child)
            give_back()
            if not (order.judge or order.dry_run or order.hold):
                staging.begin_indexing()
            gate = check(plan, staging, desk, report)
            if order.judge:
                report.located, report.outlines = gate.located(), outlines(gate.bench, report.findings)
            elif report.refusals:
                raise refusal(gate, report, report.refusals)
            elif not order.dry_run:
                staging.remember()
                with keeper.keeping(staging):
                    if order.hold:
                        report.draft = book.draft = _hold(plan, staging, desk, order)
                    else:
                        report.release = _publish(plan, staging, desk, order)
        report.seconds, report.peak_bytes = desk.steps.seconds, peak.bytes
        book.report = as_json(report)
        book.release = report.release.number if report.release else None
    return report


def stage(plan: Plan, staging: Staging, desk: Desk, report: Report, child: Child) -> None:
    """Reads every file of the plan in a child process, finds its grid, maps its rows and copies them into staging."""
    mapping, seen, heap = Mapping(desk.catalog, report.account, staging.recall), set[str](), Heap()
    with desk.steps.step("đọc · read", "Đọc · Reading"), served(desk.catalog, desk.database) as control:
        locator = Locator(desk.catalog, desk.places, control, plan.given, plan.path, report.grids, report.judged)
        for reading in plan.readings:
            for stream in reading.streams(locator, child, seen):
                for layer, rows in mapping.map(stream, reading.profile, reading.how):
                    staging.add(layer, rows)
                    desk.steps.count(report.account.read, f"Đọc · Reading {reading.file.name}")
                    heap.count(report.account.read)
        locator.refuse()
        child.end()
        give_back()
        staging.finish()
    report.findings += mapping.findings + locator.findings()
    report.refusals += locator.refusals()


def check(plan: Plan, staging: Staging, desk: Desk, report: Report) -> Gate:
    """Finds, repairs and sets aside; the report says why the load should be refused, if it should."""
    codes = read_codes()
    bench = Bench(staging, desk.catalog, plan.source.id, Others(staging, plan.source.id))
    gate = Gate(bench, codes, Waivers(desk.catalog, codes, date.today()))  # noqa: DTZ011 -- a waiver ends with the day here
    gate.waivers.refuse_mistakes()
    layers = list(staging.layers.values())
    with desk.steps.step("kiểm tra · check", "Kiểm tra · Checking", total=2 * len(layers)):
        staging.analyze()
        for layer in layers:
            desk.steps.advance(words=f"Kiểm tra · Checking {layer.id}")
            gate.find(layer, plan.repair)
            report.findings += gate.findings(layer)
        for layer in layers:
            report.rows[layer.id] = report.account.rows[layer.id] - gate.set_aside(layer)
        report.account.set_aside(gate.lost_features())
        report.account.balance()
        for layer in layers:
            desk.steps.advance(words=f"Đối chiếu · Relating {layer.id}")
            gate.relate(layer)
            report.findings += gate.findings(layer, relations=True)
        gate.keep()
    report.findings += gate.layers_without_rows(plan.layers - {name for name, rows in report.rows.items() if rows})
    report.findings += [one for layer in layers for one in gate.waivers.findings(layer, report.findings)]
    report.refusals += judge(gate, report, plan.rejects, desk.catalog)
    report.refusals += [] if report.account.read or report.refusals else [EMPTY]
    report.check_seconds = dict(bench.seconds)
    return gate


def _publish(plan: Plan, staging: Staging, desk: Desk, order: Order) -> Release | None:
    """One transaction; a layer of which no row is left stays as it is served."""
    words = {"who": order.who, "note": _note(plan, order)}
    with desk.steps.step(PUBLISH, "Công bố · Publishing"), desk.database.connect() as conn:
        try:
            release = publish(conn, plan.source, staging.ready(), **words)
        except Overtaken:
            staging.bring_all()
            release = publish(conn, plan.source, staging.ready(), **words)
    if release is not None:
        staging.held.keep_filled(staging.layers.values(), release.number)
        desk.steps.part("vẽ sẵn · draw ahead", PUBLISH, release.drawing_s)
    return release


def _hold(plan: Plan, staging: Staging, desk: Desk, order: Order) -> int:
    """The number of the draft."""
    with desk.steps.step("giữ · hold", "Giữ bản nháp · Holding"), desk.database.connect() as conn:
        origin = Origin(plan.source, order.who, _note(plan, order), str(order.path), staging.load_id)
        staging.bring_all()
        return hold(conn, desk.catalog, origin, staging.staged())


def _note(plan: Plan, order: Order) -> str:
    return order.note or f"{plan.source.title_vi}: {order.path.name}"
