"""What can go wrong when the service is asked: each a sentence in Vietnamese and in English."""

import json
from typing import Any


class BandoError(Exception):
    """The service, or the client itself, says no. `vi` and `en` are the two sentences, `status` that of the answer."""

    def __init__(self, vi: str, en: str, status: int | None = None) -> None:
        super().__init__(f"{vi}\n{en}")
        self.vi = vi
        self.en = en
        self.status = status


class NotFound(BandoError):
    """Nothing of that name is there, or this key may not see it."""


class Busy(BandoError):
    """The service went on being busy for as long as the client waits."""


class Unreachable(BandoError):
    """No service answers at the address, or the line broke again and again."""


def error_of(status: int, body: bytes) -> BandoError:
    """The exception for an answer that is not what was asked for."""
    problem = _problem(body)
    title = str(problem.get("title") or f"Máy chủ trả lời {status}.")
    vi = str(problem.get("detail") or title)
    en = str(problem.get("detail_en") or problem.get("title_en") or f"The service answered {status}.")
    kind = {404: NotFound, 429: Busy, 502: Busy, 503: Busy, 504: Busy}.get(status, BandoError)
    return kind(vi, en, status)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:  # a proxy in between speaks HTML
        return {}
    return found if isinstance(found, dict) else {}
