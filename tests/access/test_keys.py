"""Keys: stored as hashes, read again when the file changes, refused when anything is wrong."""

from pathlib import Path

import pytest

from gis_server.access.keys import KeyFile, KeyHolder, add_key, hash_of, read_keys, remove_keys
from gis_server.errors import SettingInvalid

VIEWS = {"public", "agency"}
HOLDER = KeyHolder(view="agency", label="Sở Xây dựng")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys.yaml"


def test_a_key_is_never_stored_and_the_file_is_closed_to_others(path: Path) -> None:
    key = add_key(path, HOLDER, VIEWS)
    assert key not in path.read_text(encoding="utf-8")
    assert hash_of(key) in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


def test_a_new_key_works_and_a_removed_one_stops_at_once(path: Path) -> None:
    file = KeyFile(path, VIEWS)
    assert file.find("anything") is None
    key = add_key(path, HOLDER, VIEWS)
    assert file.find(key) == HOLDER
    assert remove_keys(path, HOLDER.label, VIEWS) == 1
    assert file.find(key) is None


def test_removing_the_file_closes_every_door(path: Path) -> None:
    file = KeyFile(path, VIEWS)
    key = add_key(path, HOLDER, VIEWS)
    assert file.find(key) is not None
    path.unlink()
    assert file.find(key) is None


def test_two_keys_of_one_holder_are_two_keys(path: Path) -> None:
    keys = {add_key(path, HOLDER, VIEWS) for _ in range(2)}
    assert len(keys) == len(read_keys(path, VIEWS)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "not a hash: {view: agency, label: x}",
        "{hash}: {{view: nobody, label: x}}",
        "{hash}: {{view: agency}}",
        "{hash}: {{view: agency, label: x, admin: true}}",
        "[1, 2",
        "- a list",
        "{hash}: agency",
    ],
)
def test_a_wrong_file_opens_nothing(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text.format(hash="a" * 64) if "{hash}" in text else text, encoding="utf-8")
    with pytest.raises(SettingInvalid, match=r"keys\.yaml"):
        KeyFile(path, VIEWS).find("anything")


def test_roles_stay_with_a_key_and_old_files_have_none(path: Path) -> None:
    key = add_key(path, KeyHolder(view="agency", label="Công ty Cây xanh", roles=["cay_xanh"]), VIEWS)
    add_key(path, HOLDER, VIEWS)
    assert [holder.roles for holder in read_keys(path, VIEWS).values()] == [["cay_xanh"], []]
    assert path.read_text().count("roles") == 1
    assert KeyFile(path, VIEWS).find(key) == KeyHolder(view="agency", label="Công ty Cây xanh", roles=["cay_xanh"])
