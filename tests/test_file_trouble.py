"""Trouble with files is a sentence in two languages that names the file and says what to do."""

import errno
import os
import sys

import pytest

from gis_server.cli import main as command
from gis_server.errors import DeliveryUnreadable
from gis_server.file_trouble import in_words
from loaders import sniff
from loaders.sniff import verify


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "quyền"),
        (errno.EPERM, "quyền"),
        (errno.EROFS, "quyền"),
        (errno.ENOSPC, "Đĩa đã đầy"),
        (errno.ENOENT, "ổ mạng"),
        (errno.ESTALE, "ổ mạng"),
        (errno.EIO, "ổ mạng"),
        (errno.ELOOP, "Máy báo lỗi"),
    ],
)
def test_every_trouble_names_the_file(number, words):
    vi, en = in_words(OSError(number, os.strerror(number), "/o/giao/hg.shp"))
    assert words in vi
    assert "/o/giao/hg.shp" in vi
    assert "/o/giao/hg.shp" in en


@pytest.mark.parametrize(("number", "code"), [(errno.EACCES, 4), (errno.ENOSPC, 9)])
def test_a_command_ends_with_the_sentence_and_no_traceback(monkeypatch, capsys, number, code):
    def fails(_):
        raise OSError(number, os.strerror(number), "/o/giao")

    monkeypatch.setattr(command, "build", fails)
    monkeypatch.setattr(sys, "argv", ["bando", "load"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == code
    assert "/o/giao" in capsys.readouterr().err


def test_a_file_that_vanishes_before_it_is_read_is_a_line_of_the_verdict(tmp_path):
    with pytest.raises(DeliveryUnreadable, match="không còn đọc được"):
        verify(tmp_path / "hg.gpkg", "hg.gpkg")


def test_a_part_that_may_not_be_read_is_a_line_of_the_verdict(tmp_path, monkeypatch):
    def denied(path, head, name):
        raise PermissionError(errno.EACCES, "denied", str(path))

    (tmp_path / "hg.mif").write_text("Version 300\n")
    monkeypatch.setattr(sniff, "verify_mapinfo", denied)
    with pytest.raises(DeliveryUnreadable, match="không có quyền"):
        verify(tmp_path / "hg.mif", "hg.mif")
