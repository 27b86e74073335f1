"""Why a file of a delivery is not read, and what to ask for instead, by its name as it stands in the folder."""

from functools import cache
from pathlib import Path

from pydantic import Field

from gis_server.catalog.strict import Strict, Text
from gis_server.catalog.words import read_yaml


class Reason(Text):
    """What `unread.yaml` says of some files; all names are in small letters."""

    names: set[str] = Field(default_factory=set)
    endings: set[str] = Field(default_factory=set)
    begin: tuple[str, ...] = ()
    folders: set[str] = Field(default_factory=set)

    def fits(self, path: Path) -> bool:
        name, folder = path.name.lower(), path.parent.name.lower()
        by_name = name in self.names or name.startswith(self.begin) or path.suffix.lower() in self.endings
        return by_name or folder in self.folders

    def words(self) -> Text:
        return Text(vi=self.vi, en=self.en)


class Unread(Strict):
    junk: Reason
    reasons: list[Reason]
    other: Text


def why_junk(path: Path) -> Text | None:
    """What computers leave in folders: locks of open workbooks, thumbnails, shadows of other systems' files."""
    junk = _unread().junk
    return junk.words() if junk.fits(path) else None


def why_unread(path: Path) -> Text:
    """The reason for a file that no reader is for."""
    unread = _unread()
    return next((reason.words() for reason in unread.reasons if reason.fits(path)), unread.other)


@cache
def _unread() -> Unread:
    return Unread.model_validate(read_yaml(Path(__file__).with_suffix(".yaml")))
