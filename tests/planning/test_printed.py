"""Dossiers on paper: in both languages, the same bytes again, and a signature that only the true content passes."""

import base64
import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gis_server.errors import SettingInvalid, UnknownLayer
from gis_server.planning.page import file_name
from gis_server.planning.printed import Print, number, on_day, plain, print_pdf, words
from gis_server.planning.signing import Signer, digest
from tests.planning.test_dossier import LOT, SHAPE
from tests.serving import City, X, Y


def printed(city: City, path: str = LOT, view: str = "agency") -> bytes:
    answer = city.get(f"{path}{'&' if '?' in path else '?'}f=pdf", view)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.content


def address_in(pdf: bytes) -> str:
    """The path that the code on the paper leads to."""
    found = re.search(rb"/URI\s*\(http://bando\.example(/verify/[^)]+)\)", pdf)
    assert found is not None
    return found.group(1).decode()


@pytest.fixture(scope="module")
def paper(neighbourhood: City) -> bytes:
    return printed(neighbourhood)


@pytest.fixture(scope="module")
def lot(neighbourhood: City) -> dict[str, Any]:
    found: dict[str, Any] = neighbourhood.get(LOT, "agency").json()
    return found


def test_the_same_dossier_is_the_same_paper(neighbourhood: City, paper: bytes) -> None:
    assert paper.startswith(b"%PDF-")
    assert b"dossier.json" in paper
    assert printed(neighbourhood, f"{LOT}?release=1") == paper
    assert printed(neighbourhood, f"{LOT}?lang=en") != paper


def test_shapes_and_the_public_have_paper_too(neighbourhood: City, paper: bytes) -> None:
    assert printed(neighbourhood, SHAPE).startswith(b"%PDF-")
    assert address_in(printed(neighbourhood, LOT, "public")) != address_in(paper)


def test_the_service_confirms_what_it_signed(neighbourhood: City, paper: bytes, lot: dict[str, Any]) -> None:
    answer = neighbourhood.get(address_in(paper), "agency").json()
    assert (answer["signed"], answer["reproduced"], answer["release"], answer["view"]) == (True, True, 1, "agency")
    assert answer["digest"] == digest(lot).hex()
    assert answer["dossier"].endswith(f"{LOT}?release=1&f=html")
    page = neighbourhood.get(address_in(paper), headers={"Accept": "text/html"})
    assert "Chữ ký hợp lệ" in page.text
    assert answer["digest"] in page.text


def test_who_may_not_see_the_content_learns_only_that_it_is_signed(neighbourhood: City, paper: bytes) -> None:
    answer = neighbourhood.get(address_in(paper), "public").json()
    assert (answer["signed"], answer["reproduced"], answer["dossier"]) == (True, True, None)


def test_ground_by_its_corners_is_confirmed_and_comes_back_to_the_letter(neighbourhood: City) -> None:
    answer = neighbourhood.get(address_in(printed(neighbourhood, SHAPE)), "agency").json()
    assert (answer["signed"], answer["reproduced"], answer["parcel"]) == (True, True, None)
    path = answer["dossier"].removeprefix("http://bando.example").replace("f=html", "f=json")
    content = neighbourhood.get(path, "agency").json()
    assert digest(content).hex() == answer["digest"]
    assert content["subject"] == {"kind": "shape", **{name: answer["ground"][name] for name in ("corners", "grid")}}
    page = neighbourhood.get(address_in(printed(neighbourhood, SHAPE)), headers={"Accept": "text/html"})
    assert "4 góc" in page.text


@pytest.mark.parametrize(
    "corners",
    [
        f"{Y:.3f} {X:.3f}; {Y:.3f} {X + 30:.3f}; {Y + 20:.3f} {X + 30:.3f}",
        f"1\t{X:.2f}\t{Y:.2f}\n2\t{X + 30:.2f}\t{Y:.2f}\n3\t{X + 30:.2f}\t{Y + 20:.2f}",
        "106.6983 10.7725; 106.69857123456 10.7725; 106.6985 10.7728",
    ],
)
@pytest.mark.parametrize("grid", [{}, {"grid": "9210"}])
def test_ground_is_confirmed_however_its_corners_were_written(
    neighbourhood: City, corners: str, grid: dict[str, str]
) -> None:
    paper = neighbourhood.get("/planning/dossier", params={"corners": corners, "f": "pdf", **grid})
    answer = neighbourhood.get(address_in(paper.content)).json()
    assert answer["reproduced"] is True
    assert answer["ground"]["count"] == 3


def test_ground_of_more_corners_than_the_code_holds_is_confirmed_with_them(neighbourhood: City) -> None:
    ring = [(X + 300 + 200 * math.cos(angle / 60), Y + 300 + 200 * math.sin(angle / 60)) for angle in range(370)]
    corners = "; ".join(f"{north:.3f} {east:.3f}" for east, north in ring)
    path = address_in(printed(neighbourhood, f"/planning/dossier?corners={quote(corners)}", "public"))
    answer = neighbourhood.get(path).json()
    assert (answer["reproduced"], answer["ground"]["count"], answer["ground"]["corners"]) == (None, 370, None)
    assert "<textarea" in neighbourhood.get(f"{path}?f=html").text
    assert neighbourhood.get(path, params={"corners": corners}).json()["reproduced"] is True
    moved = corners.replace(f"{Y + 300:.3f}", f"{Y + 301:.3f}", 1)
    assert neighbourhood.get(path, params={"corners": moved}).json()["reproduced"] is False
    fewer = neighbourhood.get(path, params={"corners": corners.rpartition(";")[0]})
    assert fewer.status_code == 400
    assert "370" in fewer.json()["detail_en"]
    small = address_in(printed(neighbourhood, SHAPE))
    assert neighbourhood.get(small, params={"corners": corners}).status_code == 400


def test_a_print_of_before_without_its_corners_is_still_known_as_ours(neighbourhood: City) -> None:
    signer = neighbourhood.settings.signing_key_file
    head = b'[null,1,"public"]' + bytes(32)
    key = load_pem_private_key(signer.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    old = base64.urlsafe_b64encode(head + key.sign(head)).rstrip(b"=").decode()
    answer = neighbourhood.get(f"/verify/{old}").json()
    assert (answer["signed"], answer["reproduced"], answer["ground"], answer["dossier"]) == (True, None, None, None)
    assert "bản in cũ" in neighbourhood.get(f"/verify/{old}?f=html").text


def test_anyone_can_check_the_signature_without_the_service(neighbourhood: City, paper: bytes) -> None:
    path = address_in(paper)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(neighbourhood.get(path).json()["public_key"]))
    raw = base64.urlsafe_b64decode(path.rpartition("/")[2] + "==")
    key.verify(raw[-64:], raw[:-64])
    with pytest.raises(InvalidSignature):
        key.verify(raw[-64:], raw[:-65] + b"x")


@pytest.mark.parametrize("change", ["AAAA{}", "{}AAAA", "{}"[:-1] + "}é", "x" * 2_000, "-", "..%2f{}"])
def test_forged_codes_are_refused(neighbourhood: City, paper: bytes, change: str) -> None:
    code = address_in(paper).rpartition("/")[2]
    answer = neighbourhood.get(f"/verify/{change.format(code)}")
    assert answer.status_code == 404, answer.text


def test_every_changed_letter_of_a_code_is_noticed(neighbourhood: City, paper: bytes, tmp_path: Path) -> None:
    code = address_in(paper).rpartition("/")[2]
    signer = Signer(neighbourhood.settings.signing_key_file)
    assert signer.opened(code).release == 1
    for place in range(0, len(code) - 1, 7):
        forged = code[:place] + ("B" if code[place] == "A" else "A") + code[place + 1 :]
        with pytest.raises(UnknownLayer):
            signer.opened(forged)
    with pytest.raises(UnknownLayer):
        Signer(tmp_path / "other.pem").opened(code)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path, lot: dict[str, Any]) -> None:
    path = tmp_path / "state" / "signing.pem"
    first, second = Signer(path), Signer(path)
    assert first.sign(lot) == second.sign(lot)
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("no key")
    with pytest.raises(SettingInvalid):
        Signer(path).sign(lot)


def test_words_are_there_in_both_languages_and_numbers_in_their_writing(lot: dict[str, Any]) -> None:
    assert words("vi").keys() == words("en").keys()
    assert words("vi")["title"] == "HỒ SƠ THỬA ĐẤT"
    assert (number(1234.5, "vi"), number(1234.5, "en")) == ("1.234,50", "1,234.50")
    assert print_pdf(Print(lot, [], "en", "http://bando.example/verify/x")).startswith(b"%PDF-")
    assert file_name({"kind": "parcel", "commune": "26740", "sheet": '7"\r\n', "number": "ệ9"}) == "ho-so-26740-7-9.pdf"


@pytest.mark.parametrize("query", ["f=pdf&lang=fr", "f=doc", "lang=x"])
def test_other_forms_are_refused(neighbourhood: City, query: str) -> None:
    assert neighbourhood.get(f"{LOT}?{query}").status_code == 400


def test_decimals_and_days_are_written_as_the_reader_does() -> None:
    assert (plain(28.2, "vi"), plain(28.2, "en"), plain(3, "vi")) == ("28,2", "28.2", "3")
    assert (on_day("2022-06-15", "vi"), on_day("2022-06-15", "en")) == ("15/06/2022", "2022-06-15")


def test_no_page_is_left_half_empty(neighbourhood: City) -> None:
    """What is said goes on before a map that does not fit."""
    pages = re.search(rb"/Count (\d+)", printed(neighbourhood))
    assert pages is not None
    assert int(pages.group(1)) <= 4
