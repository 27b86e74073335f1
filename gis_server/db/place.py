"""Where the embedded cluster lies on disk: in the state folder, or elsewhere when its account cannot get there."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from gis_server.db.account import Account, my_account, owner_of
from gis_server.errors import DatabaseMissing

ELSEWHERE = Path("/var/lib/bando")
LONGEST_SOCKET = 107
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Place:
    """The cluster's folder (`data/`, `log/`, the socket) and the account that owns it."""

    folder: Path
    socket: Path
    """The folder of the unix socket."""
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def unfinished(self) -> Path:
        """Where initdb works; renamed to `data` only when it is done."""
        return self.folder / "data.unfinished"

    @property
    def log(self) -> Path:
        return self.folder / "log"


def choose_place(state: Path) -> Place:
    """The place for a state folder: found again when it exists, made when it does not."""
    state = state.resolve()
    folder = next((one for one in (state / "postgres", _elsewhere(state)) if one.exists()), None)
    account = my_account() if folder is None else _owner(folder)
    if folder is None:
        _make_folders(state)
        folder = state / "postgres" if _reachable(state, account) else _elsewhere(state)
        _make_folders(folder)
    if os.geteuid() == 0:
        account.own(folder, 0o700)
    return Place(folder, _socket_folder(folder, account), account)


def _owner(folder: Path) -> Account:
    """The account of an existing cluster, which must be ours or within root's reach."""
    account = owner_of(folder)
    if account.uid == 0:  # an interrupted first start as root had not yet handed it over
        account = my_account()
    if os.geteuid() not in (0, account.uid):
        raise DatabaseMissing(
            f"Cụm dữ liệu ở {folder} thuộc tài khoản {account.name}. Hãy chạy lệnh bằng tài khoản đó hoặc root, "
            "hoặc đặt BANDO_STATE tới một thư mục của bạn.",
            f"The cluster in {folder} belongs to the account {account.name}. Run the command as that account or as "
            "root, or set BANDO_STATE to a folder of your own.",
        )
    return account


def _elsewhere(state: Path) -> Path:
    return ELSEWHERE / _short_name(state)


def _short_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def _make_folders(folder: Path) -> None:
    """Make a folder and its missing parents, open for passing through whatever the umask."""
    try:
        for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
            missing.mkdir()
            missing.chmod(0o755)
    except OSError as error:
        raise DatabaseMissing(
            f"Không tạo được thư mục {folder}: {error.strerror}. Hãy đặt BANDO_STATE tới một thư mục ghi được.",
            f"The folder {folder} cannot be made: {error.strerror}. Set BANDO_STATE to a folder that can be written.",
        ) from error


def _reachable(folder: Path, account: Account) -> bool:
    """Every folder on the way must let the account pass; /root and pytest's temporary folders do not."""
    return all(account.can_enter(parent) for parent in (folder, *folder.parents))


def _socket_folder(folder: Path, account: Account) -> Path:
    """The cluster's own folder, unless the socket's path would be longer than the system allows."""
    if len(os.fsencode(folder / SOCKET_NAME)) < LONGEST_SOCKET:
        return folder
    short = Path("/tmp") / f"bando-{_short_name(folder)}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid not in (0, os.geteuid(), account.uid):
        raise DatabaseMissing(
            f"Thư mục {short} thuộc người dùng khác. Hãy xóa thư mục này rồi chạy lại.",
            f"The folder {short} belongs to another user. Remove it, then run again.",
        )
    if os.geteuid() == 0 or short.stat().st_uid == os.geteuid():
        account.own(short, 0o700)
    return short
