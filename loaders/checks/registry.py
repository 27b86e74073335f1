"""The registry of finding codes: severity and sentences, read from `codes.yaml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from gis_server.catalog.model import Text
from gis_server.catalog.words import read_yaml

Severity = Literal["stop", "error", "repeat", "warning", "note"]


class Code(Text):
    """What a code means, and what happens to a row that has it."""

    severity: Severity
    waivable: bool = True
    """False for what the served tables cannot hold."""

    @property
    def sets_aside(self) -> bool:
        return self.severity in ("error", "repeat")


def read_codes() -> Mapping[str, Code]:
    content = read_yaml(Path(__file__).with_name("codes.yaml"))
    return {code: Code.model_validate(about) for code, about in content.items()}
