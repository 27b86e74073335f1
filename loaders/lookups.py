"""Tables of codes that a delivery itself brings: `codes: {so_hieu: {file, key, value}}`, read before its layers are."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from gis_server.catalog import Catalog
from gis_server.errors import DeliveryUnreadable
from loaders.child.host import Child
from loaders.child.wire import Request
from loaders.conditions import as_text
from loaders.deliveries import DeliveredFile, Delivery
from loaders.fields import extracted
from loaders.letters.columns import StreamLetters
from loaders.plan import Plan
from loaders.profiles import CodesFile, Profile
from loaders.rows import Rows
from loaders.selection import how_to_read, name_fits
from loaders.sniff import verify


@dataclass(frozen=True)
class Lookups:
    """Where such tables are found, and who reads them."""

    delivery: Delivery
    catalog: Catalog
    child: Child
    read: dict[str, dict[str, str]] = field(default_factory=dict)
    """Tables that were read already, by their rule."""

    def filled(self, plan: Plan) -> Plan:
        """The plan with every such table read; DeliveryUnreadable where the delivery lacks its file or columns."""
        profiles = {name: self._filled(profile) for name, profile in plan.profiles.items()}
        readings = [replace(one, profile=self._filled(one.profile)) for one in plan.readings]
        return replace(plan, profiles=profiles, readings=readings)

    def _filled(self, profile: Profile) -> Profile:
        wanted = {name: rule for name, rule in profile.codes.items() if isinstance(rule, CodesFile)}
        for rule in wanted.values():
            said = rule.model_dump_json()
            if said not in self.read:
                self.read[said] = self._table(rule, profile)
        tables = {name: self.read[rule.model_dump_json()] for name, rule in wanted.items()}
        return profile.model_copy(update={"codes": {**profile.codes, **tables}}) if tables else profile

    def _table(self, rule: CodesFile, profile: Profile) -> dict[str, str]:
        """Key → value over all files that fit; the first row of a key counts."""
        files = [file for file in self.delivery.files if file.reader and name_fits(file.name, rule.file)]
        if not files:
            name = self.delivery.path.name
            raise DeliveryUnreadable(
                f"Hồ sơ nạp cần bảng {rule.file} (cột {rule.key}, {rule.value}), nhưng trong {name} không có bảng này.",
                f"The profile needs the table {rule.file} (columns {rule.key}, {rule.value}), and {name} has none.",
            )
        found: dict[str, str] = {}
        for file in files:
            for rows in self._rows(file, profile):
                keys, values = (as_text(rows.column(name)) for name in (rule.key, rule.value))
                values = values if rule.extract is None else extracted(values, rule.extract)
                known = pc.and_(pc.is_valid(keys), pc.is_valid(values))
                found = dict(_reversed(keys.filter(known), values.filter(known))) | found
        return found

    def _rows(self, file: DeliveredFile, profile: Profile) -> Iterator[Rows]:
        verify(file.path, file.name)
        how = how_to_read(file.name, profile)
        reader = how.reader or file.reader
        assert reader is not None
        for stream in self.child.streams(Request(file.path, file.name, reader, how)):
            letters = StreamLetters(how.encoding or "auto", stream.page)
            for chunk in stream.chunks:
                yield Rows(stream, chunk, letters, self.catalog.crs, 0)


def _reversed(keys: pa.Array, values: pa.Array) -> Iterator[tuple[str, str]]:
    """Last rows first, so that the first one of a key is what stays."""
    return zip(reversed(keys.to_pylist()), reversed(values.to_pylist()), strict=True)
