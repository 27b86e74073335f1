"""`bando key`: give, list and take away callers' keys."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gis_server.access.keys import KeyHolder, add_key, keys_path, read_keys, remove_keys
from gis_server.cli.context import read_settings_and_catalog
from gis_server.errors import SettingInvalid

app = typer.Typer(help="Khóa của người gọi · callers' keys", no_args_is_help=True)
out = Console(highlight=False)
Label = Annotated[str, typer.Argument(help="Cấp cho ai · whose it is")]


@app.command()
def add(
    label: Label,
    view: Annotated[str, typer.Option(help="Vùng nhìn trong layers/_views.yaml · the view it opens")],
    role: Annotated[
        list[str] | None,
        typer.Option(help="Vai được sửa, trong layers/_editors.yaml · in whose name it edits; may be repeated"),
    ] = None,
) -> None:
    """Cấp một khóa; khóa chỉ hiện một lần · Give a key; it is shown once and stored as a hash."""
    settings, catalog = read_settings_and_catalog()
    if view not in catalog.views:
        raise SettingInvalid(
            f"Không có vùng nhìn “{view}”; có: {', '.join(catalog.views)}.",
            f"There is no view “{view}”; there are: {', '.join(catalog.views)}.",
        )
    for unknown in (one for one in role or () if one not in catalog.editors):
        raise SettingInvalid(
            f"Không có vai “{unknown}”; có: {', '.join(catalog.editors)}.",
            f"There is no role “{unknown}”; there are: {', '.join(catalog.editors)}.",
        )
    holder = KeyHolder(view=view, label=label, roles=role or [])
    key = add_key(keys_path(settings), holder, catalog.views)
    typer.echo(key)
    Console(stderr=True, highlight=False).print(
        f"Khóa của “{label}”, vùng nhìn {view}: chép ngay, sẽ không hiện lại. Gửi trong tiêu đề Bando-Key. "
        f"[dim]Copy it now, it will not be shown again. It goes in the header Bando-Key.[/]"
    )


@app.command("list")
def list_() -> None:
    """Liệt kê khóa đã cấp · List the keys that were given."""
    settings, catalog = read_settings_and_catalog()
    path = keys_path(settings)
    table = Table("Cấp cho · Label", "Vùng nhìn · View", "Vai sửa · Edits as", "SHA-256")
    for hashed, holder in (read_keys(path, catalog.views) if path.exists() else {}).items():
        table.add_row(holder.label, holder.view, ", ".join(holder.roles), f"{hashed[:12]}…")
    empty = "Chưa cấp khóa nào; hãy cấp bằng `bando key add`. [dim]No key was given yet; `bando key add` gives one.[/]"
    out.print(table if table.rows else empty)


@app.command()
def remove(label: Label) -> None:
    """Thu hồi mọi khóa của một người; có hiệu lực ngay · Take a holder's keys away, at once."""
    settings, catalog = read_settings_and_catalog()
    count = remove_keys(keys_path(settings), label, catalog.views)
    if not count:
        raise SettingInvalid(f"Không có khóa nào của “{label}”.", f"There is no key of “{label}”.")
    out.print(f"Đã thu hồi {count} khóa của “{label}”. [dim]{count} keys taken away.[/]")
