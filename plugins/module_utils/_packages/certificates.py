# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""CA certificates in PEM: what is in them, and whether they can be the root of extensions' signatures (API facts, 2.7).

Nothing of a certificate is read by code of ours: ``cryptography`` does that, and is needed only by those who come here.
"""

from __future__ import annotations

import datetime
import os
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .._errors import InputError, MissingLibraryError
from .._files import FileError, open_file, printable

__all__ = [
    "UNREADABLE",
    "WITHHELD",
    "Certificate",
    "check_validity",
    "extension",
    "fingerprints",
    "from_text",
    "read",
    "require",
    "stamp",
    "validity",
    "x509",
]

IMPORT_ERROR: str | None = None
try:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    # Nothing is done with them before MissingLibraryError was raised.
    x509 = SHA256 = Encoding = NameOID = None  # type: ignore[assignment,misc]

# What the library raises for a certificate that it cannot read, though openssl perhaps can.
UNREADABLE: tuple[type[Exception], ...] = (ValueError,)
if IMPORT_ERROR is None:
    UNREADABLE += (x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)

WITHHELD = "(withheld: whether there is a private key in it is not known as long as it was not read)"
_MARKER = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]+)-----")
_LABELS = ("CERTIFICATE", "X509 CERTIFICATE")
_MAX_BYTES = 1024 * 1024
# How much the clocks of two machines may differ: a certificate that was made this minute is valid.
_CLOCK_SKEW = datetime.timedelta(days=1)
_FINGERPRINT = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2}[: ]?){31}[0-9a-f]{2}(?![0-9a-f])", re.IGNORECASE)


@dataclass(frozen=True)
class Certificate:
    """A CA certificate. ``label``: what to call it in errors; ``fingerprint``: SHA-256, 64 lower-case hexadecimal digits.

    ``pem`` is this certificate alone, whatever stood around it. ``subject`` as in RFC 4514; times in UTC.
    """

    label: str
    pem: str
    fingerprint: str
    subject: str
    name: str
    not_before: datetime.datetime
    not_after: datetime.datetime


def require(reason: str) -> None:
    """Raises MissingLibraryError without cryptography. ``reason`` ends the sentence "cryptography is needed ..."."""
    if IMPORT_ERROR is not None:
        raise MissingLibraryError("cryptography", reason, IMPORT_ERROR)


def read(given: str, option: str) -> list[Certificate]:
    """The CA certificates in a PEM text, or in the file at a path; ``option``: who gave it. Raises InputError."""
    require(f"to read certificates (option {option})")
    if "-----BEGIN" in given:
        return from_text(given, option)
    return from_text(_file(given, option), given)


def from_text(text: str, label: str) -> list[Certificate]:
    """The CA certificates in a PEM text, at least one."""
    markers = list(_MARKER.finditer(text))
    if any("PRIVATE KEY" in marker[2] for marker in markers):
        raise InputError(f"{label} holds a private key, which must stay secret: give the certificate alone")
    certificates = []
    for number, (kind, pem) in enumerate(_blocks(text, markers), 1):
        if kind not in _LABELS:
            raise InputError(f"{label} holds a '{kind}': give certificates in PEM format alone")
        certificates.append(_certificate(pem, label if number == 1 else f"certificate {number} of {label}"))
    if not certificates:
        raise InputError(f"{label} holds no certificate in PEM format: it begins with -----BEGIN CERTIFICATE-----")
    return certificates


def check_validity(certificate: Certificate, now: datetime.datetime) -> None:
    """Raises InputError for one that is valid no longer, or not yet."""
    if certificate.not_after <= now:
        raise InputError(
            f"{certificate.label} ({certificate.subject}) has expired on {stamp(certificate.not_after)}: make a new root "
            "certificate, add it beside this one, and sign the next versions with it"
        )
    if certificate.not_before > now + _CLOCK_SKEW:
        raise InputError(
            f"{certificate.label} ({certificate.subject}) is not valid before {stamp(certificate.not_before)}: nothing "
            "that is signed with it would be accepted until then"
        )


def fingerprints(text: str) -> set[str]:
    """The SHA-256 fingerprints in a text, however they are written: in any case, with colons or blanks in between."""
    return {re.sub("[: ]", "", digits).lower() for digits in _FINGERPRINT.findall(text)}


def stamp(moment: datetime.datetime) -> str:
    """A time in UTC as the API writes them, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def validity(loaded: Any) -> tuple[datetime.datetime, datetime.datetime]:
    """From when to when; before 42, cryptography gives UTC without saying so."""
    if hasattr(loaded, "not_valid_after_utc"):
        return loaded.not_valid_before_utc, loaded.not_valid_after_utc
    utc = datetime.timezone.utc
    return loaded.not_valid_before.replace(tzinfo=utc), loaded.not_valid_after.replace(tzinfo=utc)


def _blocks(text: str, markers: Iterable[re.Match[str]]) -> Iterator[tuple[str, str]]:
    """What each block is called, and its text. Each marker is looked at once, so that nothing makes this slow."""
    begin: re.Match[str] | None = None
    for marker in markers:
        if marker[1] == "BEGIN":
            begin = marker
        elif begin is not None and begin[2] == marker[2]:
            yield marker[2], text[begin.start() : marker.end()]
            begin = None


def _file(path: str, option: str) -> str:
    shown = printable(path)
    try:
        with open_file(os.path.expanduser(os.path.expandvars(path))) as stream:
            content = stream.read(_MAX_BYTES + 1)
    except (FileError, OSError, ValueError) as error:
        raise InputError(
            f"cannot read the certificate {shown} ({option}): {error}. Give the path of a PEM file on the machine where the "
            "module runs"
        ) from None
    if len(content) > _MAX_BYTES:
        raise InputError(f"{shown} ({option}) has more than {_MAX_BYTES // 1024} KB, which no certificate needs")
    return content.decode("latin-1")  # PEM is ASCII; what stands around it may be anything


def _certificate(pem: str, label: str) -> Certificate:
    try:
        loaded = x509.load_pem_x509_certificate(pem.encode("latin-1", "replace"))
        _check_ca(loaded, label)
        names = loaded.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        not_before, not_after = validity(loaded)
        subject = loaded.subject.rfc4514_string()
        fingerprint = loaded.fingerprint(SHA256()).hex()
        own = loaded.public_bytes(Encoding.PEM).decode("ascii")
    except UNREADABLE as error:
        first_line = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError(f"{label} is not a valid certificate: {first_line}") from None
    name = str(names[0].value) if names else subject
    return Certificate(label, own, fingerprint, subject, name, not_before, not_after)


def _check_ca(loaded: Any, label: str) -> None:
    subject = loaded.subject.rfc4514_string()
    constraints = extension(loaded, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise InputError(
            f"{label} ({subject}) is not a CA certificate (basicConstraints CA:true is missing): give the root certificate "
            "(ca.pem), not the developer's"
        )
    usage = extension(loaded, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        raise InputError(f"{label} ({subject}) must not issue certificates (keyUsage keyCertSign is missing)")


def extension(loaded: Any, kind: Any) -> Any:
    """The value of an extension of a certificate, None when it has none of that kind."""
    try:
        return loaded.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
