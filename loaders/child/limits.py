"""What reading a file may cost, how that is watched from the parent, and the sentences when it costs more."""

import glob
import io
import math
import os
import select
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_server.errors import DeliveryUnreadable
from gis_server.figures import vietnamese

PROC = Path("/proc")
SOON_SECONDS = 0.05
"""Most answers come sooner; only then it is asked what they cost."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost: address space, processor time, how much it may unpack to, and how long the child may be
    silent: by the clock, and by the processor time it takes meanwhile, which a small file has less of."""

    memory_bytes: int = 3 << 30
    cpu_seconds: int = 4 * 3600
    silent_seconds: float = 300.0
    silent_cpu_seconds: float = 8.0
    silent_cpu_seconds_per_mib: float = 1.0
    unpacked_bytes: int = 64 << 20
    unpacked_ratio: int = 200

    def patience(self, size: int) -> float:
        """Processor seconds without an answer after which a file of so many bytes is given up."""
        return self.silent_cpu_seconds + self.silent_cpu_seconds_per_mib * size / 2**20

    def most_unpacked(self, size: int) -> int:
        """Bytes of rows that a file of so many bytes may turn out to hold."""
        return max(self.unpacked_bytes, self.unpacked_ratio * size)


class Patient(io.RawIOBase):
    """The child's pipe; a read that gets nothing for too long is a TimeoutError."""

    def __init__(self, fd: int, pid: int, seconds: float) -> None:
        self.fd, self.pid, self.seconds = fd, pid, seconds
        self.patience = math.inf
        """Processor seconds that the child may take over one answer."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if select.select([self.fd], [], [], SOON_SECONDS)[0]:
            return os.readv(self.fd, [buffer])
        since, spent = time.monotonic(), _cpu_seconds(self.pid)
        while not select.select([self.fd], [], [], min(1.0, self.seconds))[0]:
            if time.monotonic() - since >= self.seconds or _cpu_seconds(self.pid) - spent > self.patience:
                raise TimeoutError
        return os.readv(self.fd, [buffer])


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        said = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return 0.0
    user, system = said.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def size_of(path: Path) -> int:
    """Bytes of a file with the parts beside it, or of a geodatabase's folder."""
    parts = path.iterdir() if path.is_dir() else path.parent.glob(f"{glob.escape(path.stem)}.*")
    return sum(one.stat().st_size for one in parts if one.is_file())


def silent(name: str, limits: Limits) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"Đọc {name} quá lâu mà không tiến thêm (quá {limits.silent_seconds:g} giây, hoặc quá nhiều thời gian máy "
        "so với cỡ tệp) nên đã dừng. Chưa thay đổi gì. Hãy kiểm tra tệp, chia nhỏ hoặc giao nộp dạng GeoPackage.",
        f"Reading {name} made no progress for too long ({limits.silent_seconds:g} seconds, or more processor time than "
        "a file of its size is worth) and was stopped. Nothing was changed. Check it, split it, or deliver GeoPackage.",
    )


def bomb(name: str, size: int, unpacked: int) -> DeliveryUnreadable:
    return DeliveryUnreadable(
        f"{name} ({vietnamese(size)} byte) giải nén ra hơn {vietnamese(unpacked)} byte dữ liệu (bom nén?) nên đã "
        "dừng đọc. Chưa thay đổi gì. "
        "Nếu dữ liệu đúng là như vậy, hãy chia nhỏ hoặc giao nộp dạng GeoPackage.",
        f"{name} ({size:,} bytes) unpacks to more than {unpacked:,} bytes of rows (a bomb?); reading was stopped. "
        "Nothing was changed. If that is what it really holds, split it or deliver a GeoPackage.",
    )
