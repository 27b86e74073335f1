"""Waivers: findings that someone answers for until a day. They are marked, never hidden, and end with their day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gis_server.catalog import Catalog, Layer
from gis_server.catalog.checks import Waiver
from gis_server.errors import CatalogInvalid
from loaders.checks.bench import Bench
from loaders.checks.finding import Example, Finding
from loaders.checks.registry import Code

PATH = "layers/{}.waivers.yaml"


@dataclass(frozen=True)
class Waivers:
    """The waivers of the catalog on one day."""

    catalog: Catalog
    codes: Mapping[str, Code]
    today: date

    def refuse_mistakes(self) -> None:
        """Raises CatalogInvalid for codes that are unknown, or that no waiver lets pass."""
        mistakes = [
            f"  {PATH.format(layer.replace('.', '/'))}: {one.code}"
            for layer, waivers in self.catalog.waivers.items()
            for one in waivers
            if one.code not in self.codes or not self.codes[one.code].waivable
        ]
        if mistakes:
            listed = "\n".join(mistakes)
            raise CatalogInvalid(
                f"Tệp miễn trừ ghi mã không có, hoặc mã không được phép miễn trừ:\n{listed}",
                "Waivers name codes that are unknown, or that cannot be waived; they are listed above.",
            )

    def apply(self, bench: Bench, layer: Layer) -> None:
        """Marks what is waived in a layer."""
        for one in self.catalog.waivers.get(layer.id, []):
            if self._holds(one):
                if one.keys is not None:
                    bench.run("waive_keys", layer, code=one.code, keys=one.keys)
                else:
                    bench.run("waive_count", layer, code=one.code, count=one.count)

    def findings(self, layer: Layer, found: list[Finding]) -> list[Finding]:
        """Waivers that have expired, and those that were meant for fewer findings than there are."""
        made: list[Finding] = []
        for one in self.catalog.waivers.get(layer.id, []):
            count = sum(each.count for each in found if each.layer == layer.id and each.code == one.code)
            said = f"{one.code} · {one.who} · {one.until:%d/%m/%Y}"
            if not self._holds(one):
                made.append(_about("WAI-01", layer, said))
            elif one.count is not None and count > one.count:
                made.append(_about("WAI-02", layer, f"{said}: {count} > {one.count}"))
        return made

    def _holds(self, waiver: Waiver) -> bool:
        return waiver.until >= self.today


def _about(code: str, layer: Layer, said: str) -> Finding:
    return Finding(layer.id, code, None, 1, (Example("", said, None, None),))
