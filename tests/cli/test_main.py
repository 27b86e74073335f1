"""What `bando` says to mistakes in typing, to settings that cannot be used, and to Ctrl-C."""

import sys

import pytest

from gis_server.cli import main as cli
from gis_server.cli.main import main
from gis_server.errors import EXIT_CODE, SettingInvalid


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code, and what stands on the screen's error side."""
    monkeypatch.setattr(sys, "argv", ["bando", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "vietnamese", "english"),
    [
        (("upp",), "Không có lệnh “upp”. Ý bạn là 'up'?", "No such command 'upp'."),
        (("load",), "Thiếu path.", "Missing argument 'path'."),
        (("up", "--port"), "Không có tùy chọn --port.", "No such option: --port."),
        (("key", "add", "An"), "Thiếu tùy chọn --view.", "Missing option '--view'."),
        (("load", "x", "--profile"), "Tùy chọn --profile cần một giá trị.", "Option '--profile' requires an argument."),
        (("down", "now"), "Thừa: now.", "Got unexpected extra argument(s) (now)."),
        (("diff", "1", "x"), "Giá trị của B không dùng được.", "Invalid value for 'B'"),
    ],
)
def test_a_mistake_in_typing_is_told_in_both_languages_with_where_to_look(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: tuple[str, ...],
    vietnamese: str,
    english: str,
) -> None:
    code, screen = said(monkeypatch, capsys, *typed)
    assert code == 2
    assert f"✗ {vietnamese}" in screen
    assert english in screen
    assert "--help`" in screen


def test_a_setting_that_cannot_be_used_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BANDO_PORT", "abc")
    monkeypatch.setenv("BANDO_WORKERS", "0")
    code, screen = said(monkeypatch, capsys, "doctor")
    assert code == EXIT_CODE[SettingInvalid]
    assert "Cấu hình không dùng được: BANDO_PORT=abc; BANDO_WORKERS=0." in screen


def test_a_noun_alone_shows_its_help_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, screen = said(monkeypatch, capsys, "key")
    assert (code, screen) == (2, "")


def test_ctrl_c_is_answered_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def places() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_read", lambda path: places)
    code, screen = said(monkeypatch, capsys, "places")
    assert code == cli.STOPPED
    assert "(Ctrl-C)" in screen
