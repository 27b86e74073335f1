"""Known data that no layer of ours holds: said in words by name and columns, instead of “no target was guessed”."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gis_server.catalog.model import Text
from gis_server.catalog.strict import Strict
from gis_server.catalog.words import read_yaml
from loaders.inspection.facts import LayerFacts
from loaders.personal import folded
from loaders.selection import name_fits


class Verdict(Strict):
    """What is said of files by name, by columns they have, or both."""

    file: str = "*"
    columns: list[str] = Field(default_factory=list)
    reason: Text


@dataclass(frozen=True)
class Verdicts:
    """In the order of `verdicts.yaml`; the first that fits is said."""

    known: tuple[Verdict, ...]

    def about(self, facts: LayerFacts) -> Text | None:
        columns = {folded(one.name) for one in facts.columns}
        fits = (
            one for one in self.known if name_fits(facts.file, one.file) and set(map(folded, one.columns)) <= columns
        )
        return next((one.reason for one in fits), None)


def read_verdicts() -> Verdicts:
    content = read_yaml(Path(__file__).with_name("verdicts.yaml"))
    return Verdicts(tuple(Verdict.model_validate(one) for one in content))
