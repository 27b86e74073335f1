"""Whose request is this? The caller's view, from a key or from where the request comes."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Query, Request
from starlette.datastructures import Headers

from gis_server.access.keys import KeyFile, KeyHolder, keys_path
from gis_server.access.views import View, compile_views
from gis_server.catalog import Catalog
from gis_server.errors import Busy, SettingInvalid, UnknownKey
from gis_server.settings import Settings

FORWARDING = ("forwarded", "via", "x-real-ip")
"""Headers that a proxy adds, beside every `X-Forwarded-…`: whoever stands behind it is not on this machine."""


@dataclass(frozen=True)
class Doorkeeper:
    """Knows every view and every key, and names the view of a request."""

    settings: Settings
    views: Mapping[str, View]
    keys: KeyFile

    def view_of(self, headers: Headers, key: str | None) -> View:
        return self._anonymous(headers) if key is None else self.views[self.holder_of(key).view]

    def holder_of(self, key: str) -> KeyHolder:
        """Whose key it is; UnknownKey when it is nobody's."""
        try:
            holder = self.keys.find(key)
        except SettingInvalid as error:  # the file broke while serving: say so, open nothing
            raise Busy(
                "Máy chủ tạm thời không đọc được tệp khóa truy cập. Hãy báo quản trị viên, rồi thử lại.",
                "The server cannot read its file of access keys at present. Tell the administrator, then try again.",
            ) from error
        if holder is None:
            raise UnknownKey(
                "Khóa truy cập không đúng hoặc đã bị thu hồi. Hãy xin quản trị viên khóa mới, hoặc bỏ khóa để xem "
                "phần công khai.",
                "The access key is wrong or has been revoked. Ask the administrator for a new one, or leave it out "
                "to see what is public.",
            )
        return holder

    def _anonymous(self, headers: Headers) -> View:
        wanted = self.settings.anonymous_view
        if wanted != "public" and is_loopback(self.settings.host) and _is_from_this_machine(headers):
            return self.views[wanted]
        return self.views["public"]


def open_door(settings: Settings, catalog: Catalog) -> Doorkeeper:
    """Compiles the views and checks the settings that decide who sees what; SettingInvalid when they cannot stand."""
    views = compile_views(catalog)
    if settings.anonymous_view not in views:
        names = ", ".join(views)
        raise SettingInvalid(
            f"BANDO_ANONYMOUS_VIEW: không có khung nhìn “{settings.anonymous_view}”; có: {names}.",
            f"BANDO_ANONYMOUS_VIEW: there is no view “{settings.anonymous_view}”; there are: {names}.",
        )
    if settings.anonymous_view != "public" and not is_loopback(settings.host):
        raise SettingInvalid(
            f"Không mở khung nhìn “{settings.anonymous_view}” cho người không có khóa ở địa chỉ {settings.host}: "
            "chỉ được phép ở 127.0.0.1. Bỏ --demo (BANDO_ANONYMOUS_VIEW) và cấp khóa bằng “bando key add”.",
            f"The view “{settings.anonymous_view}” is not opened to callers without a key on {settings.host}: "
            "only on 127.0.0.1. Leave out --demo (BANDO_ANONYMOUS_VIEW) and give keys with “bando key add”.",
        )
    keys = KeyFile(keys_path(settings), views)
    keys.holders()
    return Doorkeeper(settings, views, keys)


async def caller(
    request: Request,
    bando_key: Annotated[str | None, Header()] = None,
    key: Annotated[str | None, Query()] = None,
) -> View:
    """The view of a request: its key in the header or, for clients that cannot set one, in the address."""
    door: Doorkeeper = request.app.state.door
    view = door.view_of(request.headers, key if bando_key is None else bando_key)
    request.state.view = view
    return view


Caller = Annotated[View, Depends(caller)]


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine to itself."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_from_this_machine(headers: Headers) -> bool:
    """No proxy between, addressed by a loopback name (DNS rebinding), not asked for by a page of another site."""
    if any(name in FORWARDING or name.startswith("x-forwarded-") for name in headers):
        return False
    origin = headers.get("origin")
    if origin is not None and not is_loopback(_host_of(origin)):
        return False
    return is_loopback(_host_of(f"//{headers.get('host', '')}"))


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
