"""`bando serve | up | down`: the service in the foreground, in the background, and stopped."""

import os
import subprocess
import sys
import time
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from gis_server.access.who import is_loopback, open_door
from gis_server.cli.context import read_settings_and_catalog, ready
from gis_server.cli.running import Running, address_of, port_is_free, taken
from gis_server.cli.workers import Workers
from gis_server.errors import SettingInvalid
from gis_server.settings import Settings

DEMO = "BANDO_ANONYMOUS_VIEW"
START_S = 120.0
"""A first start may have to start PostgreSQL and make a hundred tables."""
DemoOption = Annotated[
    bool,
    typer.Option(
        "--demo", help="Mở mọi lớp cho người dùng máy này, chỉ ở 127.0.0.1 · everything is open on this machine only"
    ),
]
out = Console(highlight=False)


def serve(demo: DemoOption = False) -> None:
    """Chạy máy chủ bản đồ ở màn hình này · Run the service in the foreground."""
    if demo:
        os.environ[DEMO] = "full"  # workers read their settings from the environment
    settings = _checked()
    if not port_is_free(settings):
        raise taken(settings)
    ready()
    _tell(settings)
    raise typer.Exit(Workers(settings).run())


def up(demo: DemoOption = False) -> None:
    """Chạy máy chủ ở nền, xong khi đã sẵn sàng · Run the service in the background; returns when it answers."""
    if demo:
        os.environ[DEMO] = "full"
    settings = _checked()
    running = Running(settings)
    if running.pid() is None:
        if not port_is_free(settings):
            raise taken(settings)
        _start(running, demo)
    elif running.address() != address_of(settings):
        raise _elsewhere(running)
    else:
        ready()  # the service lives on when the database was stopped under it
    _wait(running)
    health = running.health() or {}
    if demo and health.get("view") != "full":
        raise SettingInvalid(
            "Máy chủ đang chạy nhưng không ở chế độ trình diễn. Hãy chạy “bando down”, rồi “bando up --demo”.",
            "The service is running, but not as a demonstration. Run “bando down”, then “bando up --demo”.",
        )
    _tell(settings)


def _elsewhere(running: Running) -> SettingInvalid:
    return SettingInvalid(
        f"Máy chủ đang chạy ở {running.address()}. Muốn đổi cổng hoặc địa chỉ, hãy chạy “bando down” trước.",
        f"The service is running at {running.address()}. To change port or address, run “bando down” first.",
    )


def down() -> None:
    """Dừng máy chủ ở nền (cơ sở dữ liệu vẫn chạy) · Stop the background service (the database stays up)."""
    if Running(Settings()).stop():
        out.print("Đã dừng máy chủ bản đồ. [dim]The service is stopped.[/]")
    else:
        out.print("Không có máy chủ nào đang chạy ở nền. [dim]No service was running in the background.[/]")


def _checked() -> Settings:
    """Settings that the service would start with; what is wrong is said here, not in a log."""
    settings, catalog = read_settings_and_catalog()
    open_door(settings, catalog)
    return settings


def _start(running: Running, demo: bool) -> None:
    command = [sys.executable, "-m", "gis_server.cli.main", "serve", *(["--demo"] if demo else [])]
    running.folder.mkdir(parents=True, exist_ok=True)
    with open(running.log, "ab", opener=partial(os.open, mode=0o600)) as log:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=running.settings.home
        )
    running.remember(child.pid)


def _wait(running: Running) -> None:
    """Until it answers; a service that ended instead is told of with the last lines of its log."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if (running.health() or {}).get("database") == "ok":
            return
        if running.pid() is None:
            break
        time.sleep(0.1)
    running.stop()
    raise SettingInvalid(
        f"Máy chủ không khởi động được. Nhật ký ghi ở {running.log}\n{running.last_lines()}",
        f"The service did not start; its log is {running.log}",
    )


def _tell(settings: Settings) -> None:
    out.print(f"Bản đồ · Map: [bold]{address_of(settings)}/[/]")
    if not is_loopback(settings.host) and settings.public_url is None:
        out.print(
            "[yellow]Chú ý:[/] chưa đặt BANDO_PUBLIC_URL, nên liên kết và mã QR theo tên máy mà người hỏi viết. "
            "[dim]Without BANDO_PUBLIC_URL, links and QR codes bear whatever host a caller names.[/]"
        )
    if settings.anonymous_view != "public":
        out.print(
            f"[yellow]Trình diễn:[/] người dùng máy này xem được khung nhìn “{settings.anonymous_view}” mà không cần "
            "khóa truy cập. "
            f"[dim]Demonstration: callers on this machine see the view “{settings.anonymous_view}” without a key.[/]"
        )
