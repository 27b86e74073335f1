"""Signs what is printed: Ed25519 over the digest of the content and its release, in an address anyone can check."""

import base64
import binascii
import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from json import JSONDecoder
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from gis_server.errors import SettingInvalid, UnknownLayer
from gis_server.planning.dossier import Content
from gis_server.planning.packed import packed, unpacked
from gis_server.planning.subject import Key

DIGEST_BYTES, SIGNATURE_BYTES = 32, 64
LONGEST_ID = 1_000
MOST_PACKED = 480
"""Bytes of corners, some eighty of them, in a code that a telephone still reads."""


@dataclass(frozen=True)
class Ground:
    """What is no parcel: the corners and the grid that the dossier was asked with."""

    corners: str | None
    """None where they are too many for the code: who has the print has them too."""
    grid: int | None
    count: int


@dataclass(frozen=True)
class Sealed:
    """What a signature vouches for: this content was given in this view, of this release."""

    subject: Key | Ground | None
    """None for ground on prints of before, which did not say its corners."""
    release: int
    view: str
    digest: bytes


@dataclass(frozen=True)
class Signer:
    """The service's own key, made at the first signature and kept in a file that only its account may read."""

    path: Path

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        if not self.path.exists():
            _make_key(self.path)
        try:
            key = load_pem_private_key(self.path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise _bad_key(self.path) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _bad_key(self.path)
        return key

    @property
    def public_key(self) -> str:
        """32 bytes in base64, for whoever wants to check signatures without this service."""
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    def sign(self, content: Content) -> str:
        """The id under which the content can be verified."""
        sealed = seal(content)
        head = _head(sealed) + sealed.digest
        return base64.urlsafe_b64encode(head + self._key.sign(head)).rstrip(b"=").decode()

    def opened(self, signed: str) -> Sealed:
        """What the id vouches for; UnknownLayer unless this service signed it."""
        try:
            if len(signed) > LONGEST_ID:
                raise ValueError
            raw = base64.b64decode(signed.encode("ascii") + b"=" * (-len(signed) % 4), b"-_", validate=True)
            head, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
            self._key.public_key().verify(signature, head)
            return _sealed(head[:-DIGEST_BYTES], head[-DIGEST_BYTES:])
        except (ValueError, binascii.Error, InvalidSignature) as error:
            raise UnknownLayer(
                "Mã xác thực này không do máy chủ này ký: bản in là giả, hoặc mã chép chưa đủ.",
                "This service did not sign this code: the printout is forged, or the code was not copied in full.",
            ) from error


def seal(content: Content) -> Sealed:
    return Sealed(_subject(content), content["release"]["number"], content["view"], digest(content))


def _subject(content: Content) -> Key | Ground:
    subject = content["subject"]
    if subject["kind"] == "parcel":
        return subject["commune"], subject["sheet"], subject["number"]
    corners: str = subject["corners"]
    is_short = len(packed(corners)) <= MOST_PACKED
    return Ground(corners if is_short else None, subject["grid"], corners.count(";") + 1)


def _head(sealed: Sealed) -> bytes:
    """The subject, the release and the view as JSON, and after it the corners of ground."""
    subject, corners = sealed.subject, b""
    if isinstance(subject, Ground):
        corners = packed(subject.corners) if subject.corners else b""
    about: Any = {"grid": subject.grid, "corners": subject.count} if isinstance(subject, Ground) else subject
    return orjson.dumps([about, sealed.release, sealed.view]) + corners


def _sealed(head: bytes, digest_: bytes) -> Sealed:
    """JSON says itself where it ends."""
    (about, release, view), end = JSONDecoder().raw_decode(head.decode("latin-1"))
    subject: Key | Ground | None = tuple(about) if isinstance(about, list) else None
    if isinstance(about, dict):
        subject = Ground(unpacked(head[end:]) if head[end:] else None, about["grid"], about["corners"])
    return Sealed(subject, release, view, digest_)


def digest(content: Content) -> bytes:
    """SHA-256 of the content as JSON with sorted keys, which does not hang on how an answer was written.

    Namesakes depend on the way it was asked for, so they are not part of it.
    """
    subject: dict[str, Any] = {**content["subject"], "also": []}
    return hashlib.sha256(orjson.dumps({**content, "subject": subject}, option=orjson.OPT_SORT_KEYS)).digest()


def _make_key(path: Path) -> None:
    """Whole or not at all, and once: of two workers that make it at the same time the first one wins."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent) as file:  # created for its owner alone
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)
    except OSError as error:
        raise _bad_key(path) from error


def _bad_key(path: Path) -> SettingInvalid:
    return SettingInvalid(
        f"BANDO_SIGNING_KEY = {path}: cần một khóa Ed25519 (PEM) mà máy chủ đọc được, hoặc một thư mục ghi được.",
        f"BANDO_SIGNING_KEY = {path}: an Ed25519 key (PEM) it can read, or a folder it may write to, is needed.",
    )
