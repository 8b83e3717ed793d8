# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signature of an extension: detached CMS in PEM (API facts, 2.7), really verified.

Whether the certificate is trusted is another question (the credential vault holds the root certificates), so the signer's
certificate is given back.
"""

from __future__ import annotations

import hashlib
from typing import Any

from asn1crypto import cms, pem  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from ..errors import ApiError

# The first is what dt-cli writes (rsaEncryption), the other names the digest too.
_ALGORITHMS = ("rsassa_pkcs1v15", "sha256_rsa")


def verify(content: bytes, signature: bytes) -> x509.Certificate:
    """The certificate of the signer of ``content``, or 400 "Extension signature is not valid"."""
    try:
        return _verify(content, signature)
    except (ValueError, TypeError, KeyError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion):
        raise ApiError(400, "Extension signature is not valid") from None


def check_issuer(signer: x509.Certificate, roots: list[x509.Certificate]) -> None:
    """400 as long as the root certificate of the signer is not in the credential vault."""
    for root in roots:
        try:
            signer.verify_directly_issued_by(root)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return
    raise ApiError(400, "Extension signature is not valid")


def _verify(content: bytes, signature: bytes) -> x509.Certificate:
    label, _dummy, der = pem.unarmor(signature)
    if label != "CMS":
        raise ValueError("not a CMS signature")
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    signed = info["content"]
    if signed["encap_content_info"]["content"].native is not None:
        raise ValueError("not detached")
    signers = list(signed["signer_infos"])
    if len(signers) != 1:
        raise ValueError("not signed by exactly one")
    signer = signers[0]
    if signer["digest_algorithm"]["algorithm"].native != "sha256":
        raise ValueError("not SHA-256")
    if signer["signature_algorithm"]["algorithm"].native not in _ALGORITHMS:
        raise ValueError("not RSA with PKCS#1 v1.5")
    certificate = _certificate(signed, signer)
    _check_use(certificate)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    key.verify(signer["signature"].native, _signed_bytes(signer, content), PKCS1v15(), SHA256())
    return certificate


def _certificate(signed: Any, signer: Any) -> x509.Certificate:
    """The included certificate that issuer and serial number name."""
    if signer["sid"].name != "issuer_and_serial_number":
        raise ValueError("signer not named by issuer and serial number")
    wanted = signer["sid"].chosen
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if certificate.issuer == wanted["issuer"] and certificate.serial_number == wanted["serial_number"].native:
            return x509.load_der_x509_certificate(certificate.dump())
    raise ValueError("certificate of the signer not included")


def _check_use(certificate: x509.Certificate) -> None:
    """A developer certificate is not its own issuer and may sign data."""
    if certificate.subject == certificate.issuer:
        raise ValueError("subject and issuer are the same")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.digital_signature:
        raise ValueError("certificate not for digital signatures")


def _signed_bytes(signer: Any, content: bytes) -> bytes:
    """What was signed: the content (dt-cli), or the signed attributes that hold its hash (``openssl cms -sign``)."""
    attributes = signer["signed_attrs"]
    if attributes.native is None:
        return content
    digests = [
        attribute["values"][0].native for attribute in attributes if attribute["type"].native == "message_digest"
    ]
    if digests != [hashlib.sha256(content).digest()]:
        raise ValueError("hash of the content differs")
    dumped: bytes = attributes.untag().dump()
    return dumped
