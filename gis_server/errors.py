"""Domain errors: each a sentence in Vietnamese and in English; one table maps them to HTTP, one to exit codes."""

from collections.abc import Mapping
from typing import Any


class MapError(Exception):
    """Base of every error a person may read. `vi` comes first on screens, `en` beside it."""

    members: Mapping[str, Any] = {}
    """What a problem document says beside the sentences."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(f"{vi}\n{en}")
        self.vi = vi
        self.en = en


class CatalogInvalid(MapError):
    """Layer, style or domain files contradict each other; every mistake is listed."""


class UnknownLayer(MapError):
    """No such layer, map or feature, or the caller may not know of it."""


class BadRequest(MapError):
    """A parameter is unknown, malformed or out of range."""


class TooLarge(MapError):
    """What was sent is larger than is read."""


class TooSlow(MapError):
    """What was to be sent did not come in time."""


class UnknownKey(MapError):
    """The caller's key is not in the key file."""


class Busy(MapError):
    """The database is away or has no free connection; try again later."""


class DatabaseMissing(MapError):
    """PostgreSQL or PostGIS cannot be found, started or used."""


class ArchiveBroken(MapError):
    """An archive of tiles that others made is not there, or is not what it should be."""


class AssetsMissing(MapError):
    """The viewer's browser libraries were not installed from npm."""


class MigrationRefused(MapError):
    """A layer file asks for a change that would lose served data."""


class DeliveryUnreadable(MapError):
    """The delivered file cannot be read, or is not what its name says."""


class ProfileInvalid(MapError):
    """A profile names a layer, field or column that does not exist."""


class LoadRefused(MapError):
    """The source failed its checks; nothing was published."""


class EditRefused(LoadRefused):
    """An edit failed the checks; nothing was published. `members` lists what was found."""

    def __init__(self, vi: str, en: str, findings: list[dict[str, Any]]) -> None:
        super().__init__(vi, en)
        self.members = {"findings": findings}


class EditConflict(MapError):
    """The feature that is to be created is there already."""


class EditStale(MapError):
    """The feature is another by now than the one that the editor saw."""


class VersionMissing(MapError):
    """An edit does not say which version of the feature it is meant for."""


class EditForbidden(MapError):
    """The caller's key does not let them edit this."""


class KeyMissing(MapError):
    """Only callers with a key may do this."""


class ReadOnly(MapError):
    """Nobody edits this layer here, or nothing at all is edited in this service."""


class WrongMedia(MapError):
    """A body of a kind that is not read here."""


class RollbackRefused(MapError):
    """A release that is asked for again cannot be brought back whole, or is not there."""


class DraftStale(MapError):
    """A draft is not there, or no longer fits what is served."""


class ExportFailed(MapError):
    """A file or folder that was asked for cannot be written; nothing of it is left."""


class SettingInvalid(MapError):
    """A setting or an option of the command line cannot be used."""


HTTP_STATUS: dict[type[MapError], int] = {
    UnknownLayer: 404,
    BadRequest: 400,
    TooLarge: 413,
    TooSlow: 408,
    UnknownKey: 401,
    Busy: 503,
    DatabaseMissing: 503,
    AssetsMissing: 503,
    ArchiveBroken: 503,
    LoadRefused: 422,
    EditConflict: 409,
    EditStale: 412,
    VersionMissing: 428,
    EditForbidden: 403,
    KeyMissing: 401,
    ReadOnly: 405,
    WrongMedia: 415,
}

EXIT_CODE: dict[type[MapError], int] = {
    LoadRefused: 3,
    DeliveryUnreadable: 4,
    ProfileInvalid: 5,
    CatalogInvalid: 6,
    MigrationRefused: 7,
    DatabaseMissing: 8,
    Busy: 9,
    RollbackRefused: 10,
    DraftStale: 11,
    ExportFailed: 12,
    ArchiveBroken: 4,
    SettingInvalid: 2,
}
