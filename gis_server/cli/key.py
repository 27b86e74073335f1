"""`bando key`: give, list and take away callers' keys."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gis_server.access.keys import KeyHolder, add_key, keys_path, read_keys, remove_keys
from gis_server.cli.context import read_settings_and_catalog
from gis_server.errors import SettingInvalid

app = typer.Typer(help="Khóa truy cập · Access keys", no_args_is_help=True)
out = Console(highlight=False)
Label = Annotated[str, typer.Argument(help="Cấp cho ai · whom it is for")]


@app.command()
def add(
    label: Label,
    view: Annotated[str, typer.Option(help="Khung nhìn trong layers/_views.yaml · the view it opens")],
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="Vai trò sửa, trong layers/_editors.yaml; dùng được nhiều lần · editing role; may be repeated"
        ),
    ] = None,
) -> None:
    """Cấp một khóa truy cập; khóa chỉ hiện một lần · Issue an access key; it is shown once and stored as a hash."""
    settings, catalog = read_settings_and_catalog()
    if view not in catalog.views:
        raise SettingInvalid(
            f"Không có khung nhìn “{view}”; có: {', '.join(catalog.views)}.",
            f"There is no view “{view}”; there are: {', '.join(catalog.views)}.",
        )
    for unknown in (one for one in role or () if one not in catalog.editors):
        raise SettingInvalid(
            f"Không có vai trò “{unknown}”; có: {', '.join(catalog.editors)}.",
            f"There is no role “{unknown}”; there are: {', '.join(catalog.editors)}.",
        )
    holder = KeyHolder(view=view, label=label, roles=role or [])
    key = add_key(keys_path(settings), holder, catalog.views)
    typer.echo(key)
    Console(stderr=True, highlight=False).print(
        f"Khóa truy cập của “{label}”, khung nhìn {view}: hãy chép ngay, khóa sẽ không hiện lại. Gửi trong tiêu đề "
        "Bando-Key. "
        f"[dim]Copy it now, it will not be shown again. It goes in the header Bando-Key.[/]"
    )


@app.command("list")
def list_() -> None:
    """Liệt kê các khóa đã cấp · List the keys issued."""
    settings, catalog = read_settings_and_catalog()
    path = keys_path(settings)
    table = Table("Cấp cho · Label", "Khung nhìn · View", "Vai trò sửa · Edits as", "SHA-256")
    for hashed, holder in (read_keys(path, catalog.views) if path.exists() else {}).items():
        table.add_row(holder.label, holder.view, ", ".join(holder.roles), f"{hashed[:12]}…")
    empty = "Chưa cấp khóa nào; hãy cấp bằng `bando key add`. [dim]No key was given yet; `bando key add` gives one.[/]"
    out.print(table if table.rows else empty)


@app.command()
def remove(label: Label) -> None:
    """Thu hồi mọi khóa của một người; có hiệu lực ngay · Revoke a holder's keys, at once."""
    settings, catalog = read_settings_and_catalog()
    count = remove_keys(keys_path(settings), label, catalog.views)
    if not count:
        raise SettingInvalid(f"“{label}” không có khóa nào.", f"“{label}” has no key.")
    out.print(f"Đã thu hồi {count} khóa của “{label}”. [dim]{count} keys revoked.[/]")
