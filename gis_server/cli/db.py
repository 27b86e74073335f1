"""`bando db`: the embedded PostGIS cluster, a psql in it, and migrations."""

import os
import shutil
import subprocess
from typing import Annotated, get_args

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from rich.console import Console
from rich.table import Table

from gis_server.cli.context import draw_outdated, read_settings_and_catalog
from gis_server.db.binaries import find_binaries
from gis_server.db.cluster import Cluster, embedded_cluster
from gis_server.db.database import Role, open_database
from gis_server.db.tables import migrate
from gis_server.errors import Busy, SettingInvalid
from gis_server.figures import vietnamese
from gis_server.releases.rasters import alone, hashes_in_use, unused
from gis_server.settings import Settings

app = typer.Typer(help="Cụm PostGIS nhúng · The embedded PostGIS cluster", no_args_is_help=True)


@app.command()
def start() -> None:
    """Khởi động (lệnh nào cần cũng tự khởi động) · Start it; every command that needs it does so itself."""
    settings = Settings()
    _cluster(settings)
    database = open_database(settings)
    Console().print(f"[green]✓[/] {database.place}", highlight=False)


@app.command()
def stop() -> None:
    """Dừng cụm PostGIS · Stop it."""
    was_running = _cluster(Settings()).stop()
    words = "đã dừng · stopped" if was_running else "vốn đang dừng · was not running"
    Console().print(f"[green]✓[/] {words}", highlight=False)


@app.command()
def status() -> None:
    """Xem trạng thái; mã thoát 3 khi không chạy · State; exit code 3 when it does not run."""
    about = _cluster(Settings()).status()
    words = "[green]đang chạy · running[/]" if about.running else "[yellow]không chạy · not running[/]"
    table = Table(show_header=False, box=None)
    table.add_row("Trạng thái · State", words if about.made else f"{words} (chưa tạo · not made yet)")
    table.add_row("Tiến trình · Process", str(about.pid or "—"))
    table.add_row("Thư mục · Folder", str(about.folder))
    table.add_row("Socket", str(about.socket))
    table.add_row("Tài khoản · Account", about.account)
    Console().print(table)
    raise typer.Exit(0 if about.running else 3)


@app.command(context_settings={"ignore_unknown_options": True})
def psql(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Tham số cho psql, ghi sau -- · arguments for psql, after --")
    ] = None,
    role: Annotated[str, typer.Option(help="read | load | owner")] = "read",
) -> None:
    """Mở psql (chỉ đọc nếu không chọn khác) · A psql in the database, read-only unless told otherwise."""
    if role not in get_args(Role):
        raise SettingInvalid(
            f"--role {role}: phải là read, load hoặc owner.", f"--role {role}: must be read, load or owner."
        )
    dsn = open_database(Settings()).dsn(role)  # type: ignore[arg-type]
    raise typer.Exit(_run_psql(dsn, arguments or []))


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại · do not ask")] = False) -> None:
    """Xóa toàn bộ cụm và dữ liệu · Delete the cluster with all its data."""
    cluster = _cluster(Settings())
    if not yes:
        typer.confirm(f"Xóa mọi dữ liệu trong {cluster.place.folder}? · Delete all data there?", abort=True)
    cluster.reset()
    Console().print(f"[green]✓[/] đã xóa · deleted: {cluster.place.folder}", highlight=False)


@app.command("migrate")
def migrate_tables(
    drop: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER[.FIELD]", help="Chấp nhận mất dữ liệu này · accept losing this data"),
    ] = None,
) -> None:
    """Sửa bảng cho khớp tệp lớp · Make the tables fit the layer files."""
    settings, catalog = read_settings_and_catalog()
    database = open_database(settings)
    changes = migrate(database, catalog, allow_destructive=frozenset(drop or []))
    changes += [f"{layer}: vẽ sẵn lại · drawn ahead again" for layer in draw_outdated(database, catalog)]
    for change in changes or ["bảng đã khớp tệp lớp · tables already fit the layer files"]:
        Console().print(f"[green]✓[/] {change}", highlight=False)


@app.command()
def sweep(yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại · do not ask")] = False) -> None:
    """Xóa tệp raster không thuộc bản công bố hay bản nháp nào · Delete raster files that no release or draft uses."""
    settings, catalog = read_settings_and_catalog()
    database, folder = open_database(settings), settings.rasters_folder
    with alone(folder) as nobody_else:
        if not nobody_else:
            raise Busy("Đang nạp raster; hãy dọn sau khi nạp xong.", "Rasters are being loaded; sweep after that.")
        with database.connect() as conn:
            idle = unused(folder, hashes_in_use(conn, catalog))
        words = f"{len(idle)} tệp · files, {vietnamese(sum(path.stat().st_size for path in idle) / 2**20, 1)} MiB"
        if idle and not yes:
            typer.confirm(f"Xóa {words} trong {folder} mà {database.place} không dùng? · Delete them?", abort=True)
        for path in idle:
            path.unlink()
    Console().print(f"[green]✓[/] đã xóa · deleted: {words}", highlight=False)


def _cluster(settings: Settings) -> Cluster:
    if settings.database_url is not None:
        raise SettingInvalid(
            "BANDO_DATABASE_URL đang đặt: máy chủ ấy không do bando điều khiển. Hãy bỏ biến này để dùng cụm nhúng.",
            "BANDO_DATABASE_URL is set: bando does not run that server. Unset it to use the embedded cluster.",
        )
    return embedded_cluster(settings)


def _run_psql(dsn: str, arguments: list[str]) -> int:
    """psql on this terminal; a password goes by the environment, where other accounts cannot read it."""
    program = shutil.which("psql") or find_binaries().program("psql")
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    return subprocess.run([program, make_conninfo("", **parts), *arguments], env=environment, check=False).returncode
