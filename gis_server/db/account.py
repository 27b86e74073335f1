"""Which account runs PostgreSQL: it refuses root, so root hands the cluster to an unprivileged account."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PREFERRED = ("postgres", "bando", "nobody")


@dataclass(frozen=True)
class Account:
    """The account that owns the cluster's files and processes."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def run(self, command: Sequence[str], folder: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, away from our terminal and our environment."""
        other = None if self.is_me else self
        return subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=False,
            user=other.uid if other else None,
            group=other.gid if other else None,
            extra_groups=[] if other else None,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may pass through a folder; asked of the system, so that ACLs count too."""
        return self.is_me or self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)]).returncode == 0

    def own(self, path: Path, mode: int) -> None:
        """Hand a file or folder of ours to the account."""
        path.chmod(mode)
        if not self.is_me:
            os.chown(path, self.uid, self.gid)


def my_account() -> Account:
    """Ourselves; or, when we are root, the account that root hands the cluster to."""
    if os.geteuid() != 0:
        return account_of(os.geteuid(), os.getegid())
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return Account("65534", 65534, 65534)


def owner_of(folder: Path) -> Account:
    """The account that an existing cluster already belongs to."""
    there = folder.stat()
    return account_of(there.st_uid, there.st_gid)


def account_of(uid: int, gid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # containers run under numbers that no file names
        return Account(str(uid), uid, gid)
    return Account(entry.pw_name, uid, entry.pw_gid)
