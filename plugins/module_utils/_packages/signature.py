# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether a package is signed under one of the given root certificates (API facts, 2.7).

The signature is verified by the program ``openssl``, the certificates are read by ``cryptography``; nothing of either is done
by code of ours.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .._errors import InputError
from . import certificates as _certificate
from .certificates import Certificate, x509
from .package import SIGNATURE, Package, unpack
from .recognition import INNER

OPTION = "verify_signature"
_PROGRAM = "openssl"
_ROOTS, _SIGNERS, _NOTHING = "roots.pem", "signers.pem", "nothing"
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_PEM_BODY = re.compile(r"-----BEGIN [A-Z0-9 ]+-----(.*?)-----END", re.DOTALL)
# ``id:error:code:library:function:reason:file:line:data``, of which the reason, and in the data what is wrong with a certificate.
_ERROR = re.compile(r"^[^:]*:error:[^:]*:[^:]*:[^:]*:([^:]+):", re.MULTILINE)
_CERTIFICATE_ERROR = re.compile(r"Verify error: ?(.+)")
_UNTRUSTED = re.compile(r"self[- ]signed certificate|unable to (?:get|verify)", re.IGNORECASE)
_NOT_NOW = re.compile(r"has expired|not yet valid", re.IGNORECASE)
_CHANGED = re.compile(r"content verify error|verification failure", re.IGNORECASE)


def roots(given: Sequence[str]) -> list[Certificate]:
    """The root certificates in the option's entries, each a path or a PEM text. Raises InputError, MissingLibraryError."""
    certificates = []
    for number, entry in enumerate(given, 1):
        if not entry:
            raise InputError(f"{OPTION}: entry {number} is empty")
        certificates += _certificate.read(entry, f"entry {number} of {OPTION}")
    return certificates


def verify(package: Package, trusted: Sequence[Certificate], run_program: Callable[..., Any]) -> None:
    """Raises InputError, with what is wrong, for a package that is not signed under one of ``trusted``."""
    program = shutil.which(_PROGRAM)
    if program is None:
        raise InputError(f"{OPTION} needs the program {_PROGRAM}: install it on the machine where the module runs")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / _NOTHING).mkdir()
        (folder / _ROOTS).write_text("".join(root.pem for root in trusted), encoding="ascii")
        with (folder / INNER).open("wb") as content:
            signature = unpack(package, content)
        (folder / SIGNATURE).write_bytes(signature)
        said = _said(program, folder, run_program)
        if said is None:
            wrong = _misused((folder / _SIGNERS).read_bytes())
        else:
            wrong = _meaning(said, _included(signature), trusted)
    if wrong:
        raise InputError(f"the signature of {package.label} is not valid: {wrong}")


def _said(program: str, folder: Path, run_program: Callable[..., Any]) -> str | None:
    """What openssl has against the signature, None when it is valid.

    Only the given roots count, none that the machine trusts: the folders that are looked into otherwise are an empty one.
    """
    nothing = str(folder / _NOTHING)
    command = [program, "cms", "-verify", "-binary", "-inform", "PEM", "-in", SIGNATURE, "-content", INNER]
    command += ["-CAfile", _ROOTS, "-CApath", nothing, "-partial_chain", "-purpose", "any", "-signer", _SIGNERS]
    command += ["-out", os.devnull]
    environment = {"LC_ALL": "C", "SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": nothing}
    try:
        code, dummy, said = run_program(command, cwd=str(folder), environ_update=environment, handle_exceptions=False)
    except OSError as error:
        raise InputError(f"{OPTION}: {program} did not work: {error}") from None
    return None if code == 0 else str(said)


def _meaning(said: str, included: Sequence[Any], trusted: Sequence[Certificate]) -> str:
    """What openssl's words mean, and what to do."""
    certificate = _CERTIFICATE_ERROR.search(said)
    if certificate:
        reason = certificate[1].strip()
        if _UNTRUSTED.search(reason):
            signers = _listed(included, " by {subject}, issued by {issuer}")
            known = ", ".join(f"{root.subject} of {root.label}" for root in trusted)
            return (
                f"it is signed{signers}, but under none of the given root certificates ({known}). Sign it with a certificate "
                "that one of them has issued, or give the right one"
            )
        dates = _listed([*included, *trusted], " ({subject}: {begin} to {end})") if _NOT_NOW.search(reason) else ""
        return f"{reason}{dates}. Sign it with a certificate that is valid"
    reasons = _ERROR.findall(said)
    if any(map(_CHANGED.search, reasons)):
        return (
            "it was made for another content: the package was changed after it was signed, or the signature is another "
            "package's. Build and sign it again (dt extension assemble, dt extension sign)"
        )
    reason = reasons[0] if reasons else said.strip()[-200:]
    return f"openssl cannot use it ({reason}). Sign the package again (dt extension sign)"


def _listed(certificates: Sequence[Any], form: str) -> str:
    """Certificates in words, those of a signature and the given ones; nothing for those that cannot be read."""
    shown = []
    for certificate in certificates:
        try:
            shown.append(form.format(**_words(certificate)))
        except _certificate.UNREADABLE:
            continue
    return ",".join(shown)


def _words(certificate: Any) -> dict[str, str]:
    if isinstance(certificate, Certificate):
        subject, issuer, times = (
            certificate.subject,
            certificate.subject,
            (certificate.not_before, certificate.not_after),
        )
    else:
        subject, issuer = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
        times = _certificate.validity(certificate)
    begin, end = map(_certificate.stamp, times)
    return {"subject": subject, "issuer": issuer, "begin": begin, "end": end}


def _included(signature: bytes) -> Sequence[Any]:
    """The certificates in a signature, for an error alone: whatever is wrong with it, openssl has said so already."""
    body = _PEM_BODY.search(signature.decode("latin-1"))
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import pkcs7
    except ImportError:
        return ()
    try:
        return pkcs7.load_der_pkcs7_certificates(base64.b64decode(body[1])) if body else ()
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return ()


def _misused(signers: bytes) -> str | None:
    """What the server has against signers, in PEM, whose signature is valid."""
    # One by one: the library reads several at once only since version 39.
    for pem in _CERTIFICATE.findall(signers):
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            subject, usage = certificate.subject.rfc4514_string(), _certificate.extension(certificate, x509.KeyUsage)
            is_root = certificate.subject == certificate.issuer
        except _certificate.UNREADABLE as error:
            return f"its certificate cannot be read ({error}). Make a new one (dt extension generate-developer-pem)"
        if is_root:
            return f"it is made with the root certificate itself ({subject}). Sign with a developer certificate that it has issued"
        if usage is not None and not usage.digital_signature:
            return f"the certificate of {subject} is not meant for signatures (keyUsage digitalSignature is missing)"
    return None
