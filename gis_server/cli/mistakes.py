"""Mistakes in typing a command, as sentences in both languages: Typer has English ones."""

import re
from collections.abc import Mapping

from typer.exceptions import TyperException

SENTENCES: Mapping[str, str] = {
    r"No such command '(.+?)'": "Không có lệnh “{}”.",
    r"No such option: (\S+)": "Không có tùy chọn {}.",
    r"Missing argument '(.+?)'": "Thiếu {}.",
    r"Missing option '(.+?)'": "Thiếu tùy chọn {}.",
    r"Missing command": "Thiếu lệnh con.",
    r"Option '(.+?)' requires": "Tùy chọn {} cần một giá trị.",
    r"Got unexpected extra argument.*\((.+)\)": "Thừa: {}.",
    r"Invalid value for '?(.+?)'?: ": "Giá trị của {} không dùng được.",
}
"""What Typer says, by how it begins → the same in Vietnamese."""
MEANT = re.compile(r"(?:Did you mean|Possible options:?) (.+?)\??$")


def in_both(mistake: TyperException) -> tuple[str, str]:
    """What was typed wrongly, and where the right way is written."""
    words = mistake.format_message().strip()
    context = getattr(mistake, "ctx", None)
    asked = f"`{context.command_path} --help`" if context else "`bando --help`"
    return f"{_vietnamese(words)} Xem {asked}.", f"{words.rstrip('.')}. See {asked}.".replace("?.", "?")


def _vietnamese(words: str) -> str:
    for pattern, sentence in SENTENCES.items():
        if found := re.match(pattern, words):
            meant = MEANT.search(words)
            return sentence.format(*found.groups()) + (f" Ý bạn là {meant[1]}?" if meant else "")
    return "Lệnh viết chưa đúng."
