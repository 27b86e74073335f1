"""The service in the background: its process, its log, its health."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_server.errors import SettingInvalid
from gis_server.settings import Settings

PROGRAM = "gis_server.cli.main serve"
PATIENCE_S = 15.0
LOG_LINES = 15


@dataclass(frozen=True)
class Running:
    """What is, or could be, running in the background for one state folder."""

    settings: Settings

    @property
    def folder(self) -> Path:
        return self.settings.state_folder

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "serve.pid"

    def remember(self, pid: int) -> None:
        self._pid_file.write_text(f"{pid}\n{address_of(self.settings)}\n", encoding="ascii")

    def address(self) -> str:
        """Where the process listens: it may have been started with another port than today's settings name."""
        with suppress(FileNotFoundError, ValueError):
            _, address = self._pid_file.read_text(encoding="ascii").split()
            return address
        return address_of(self.settings)

    def pid(self) -> int | None:
        """The process, if it still runs and still is ours: numbers are given again after a crash."""
        try:
            pid = int(self._pid_file.read_text(encoding="ascii").split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # our own child that ended would look alive until asked
        found = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return pid if PROGRAM in found.stdout else None

    def health(self) -> dict[str, Any] | None:
        """What `/health` says; None when nothing of ours answers."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with suppress(OSError, ValueError), opener.open(f"{self.address()}/health", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
        return None

    def stop(self) -> bool:
        """End the process and its workers; whether there was one."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + PATIENCE_S
            while self.pid() is not None and time.monotonic() < until:
                time.sleep(0.05)
            with suppress(ProcessLookupError):  # whatever of its group did not listen
                os.killpg(pid, signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)
        return pid is not None

    def last_lines(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(lines[-LOG_LINES:])


def address_of(settings: Settings) -> str:
    """Where a browser on this machine finds the service."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def port_is_free(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host.strip("[]"), settings.port))
        except OSError:
            return False
    return True


def taken(settings: Settings) -> SettingInvalid:
    return SettingInvalid(
        f"Cổng {settings.port} ở {settings.host} đang được chương trình khác dùng (hoặc địa chỉ không thuộc máy này). "
        f"Hãy dừng chương trình ấy, hoặc chọn cổng khác: BANDO_PORT={settings.port + 1} bando up",
        f"Port {settings.port} on {settings.host} is taken by another program (or the address is not this machine's). "
        f"Stop that program, or choose another port: BANDO_PORT={settings.port + 1} bando up",
    )
