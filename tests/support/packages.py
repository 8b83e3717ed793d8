# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and signs extension packages for real, and packages with one thing wrong.

``python -m tests.support.packages --name custom:demo --version 1.0.0 --out demo.zip [--keys DIR]``

Same arguments and same keys give the same bytes: time stamps are fixed unless given, and the signature (RSA with PKCS#1 v1.5)
has nothing random in it.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import os
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Union

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

DateTime = tuple[int, int, int, int, int, int]
Content = Union[bytes, str]

DATE_TIME: DateTime = (2026, 1, 1, 0, 0, 0)
INNER = "extension.zip"
SIGNATURE = "extension.zip.sig"
MANIFEST = "extension.yaml"
DAYS = (-1.0, 3650.0)
_FILES = ("ca.pem", "developer.pem", "developer.key")


@dataclass(frozen=True)
class Keys:
    """A root certificate and a developer certificate issued by it, with the developer's key."""

    ca: x509.Certificate
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def ca_pem(self) -> bytes:
        """What belongs in the credential vault."""
        return self.ca.public_bytes(serialization.Encoding.PEM)

    def save(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        pem = serialization.Encoding.PEM
        key = self.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        contents = (self.ca_pem, self.certificate.public_bytes(pem), key)
        for name, content in zip(_FILES, contents, strict=True):
            (directory / name).touch(mode=0o600)
            (directory / name).write_bytes(content)

    @classmethod
    def load(cls, directory: Path) -> Keys:
        ca, certificate, key = ((directory / name).read_bytes() for name in _FILES)
        loaded = serialization.load_pem_private_key(key, None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise ValueError(f"{directory / _FILES[2]} is not an RSA key")
        return cls(x509.load_pem_x509_certificate(ca), x509.load_pem_x509_certificate(certificate), loaded)


@cache
def keys(directory: Path | None = None) -> Keys:
    """The process's own keys; with a directory, those that are kept there (made when there are none)."""
    if directory is None:
        return make_keys()
    if not all((directory / name).exists() for name in _FILES):
        make_keys().save(directory)
    return Keys.load(directory)


def make_keys(
    ca_name: str = "sandbox CA",
    developer_name: str = "sandbox developer",
    ca_days: tuple[float, float] = DAYS,
    developer_days: tuple[float, float] = DAYS,
) -> Keys:
    """New keys. Their certificates have the properties that Dynatrace asks for (API facts, 2.7).

    Valid from the first to the second number of days from now.
    """
    ca_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for dummy in range(2))
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    usage.update(encipher_only=False, decipher_only=False)
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key(), ca_days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
        .sign(ca_key, hashes.SHA256())
    )
    certificate = (
        _certificate(developer_name, ca_name, key.public_key(), developer_days)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **usage), critical=True
        )
        .sign(ca_key, hashes.SHA256())
    )
    return Keys(ca, certificate, key)


def _certificate(
    subject: str, issuer: str, key: rsa.RSAPublicKey, days: tuple[float, float]
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
    )


def manifest(extension: str, number: str, /, *, author: str = "sandbox", **more: Any) -> str:
    """An extension.yaml with a small Python data source; ``more`` adds or replaces top-level entries, None removes."""
    entries: dict[str, Any] = {
        "name": extension,
        "version": number,
        "minDynatraceVersion": "1.300.0",
        "author": {"name": author},
        "python": {
            "runtime": {"module": "demo", "version": {"min": "3.10"}},
            "activation": {"remote": {"path": "activationSchema.json"}},
            "featureSets": [{"featureSet": "basic", "metrics": [{"key": "demo.metric"}]}],
        },
        "metrics": [
            {"key": "demo.metric", "metadata": {"displayName": "Demo", "description": "A demo", "unit": "Count"}}
        ],
        **more,
    }
    return yaml.safe_dump({key: value for key, value in entries.items() if value is not None}, sort_keys=False)


def archive(
    members: Iterable[tuple[str, Content]], date_time: DateTime = DATE_TIME, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A zip with these members in this order, the same bytes for the same arguments on every platform."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about duplicate names, which are meant
        for name, content in members:
            info = zipfile.ZipInfo(name, date_time)
            info.compress_type, info.create_system, info.external_attr = method, 3, 0o644 << 16
            made.writestr(info, content)
    return buffer.getvalue()


def sign(inner: bytes, signer: Keys | None = None) -> bytes:
    """The detached CMS signature in PEM, as dt-cli makes it: no signed attributes, certificate included."""
    signer = signer or keys()
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner)
    builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256(), rsa_padding=padding.PKCS1v15())
    text = base64.b64encode(builder.sign(serialization.Encoding.DER, options)).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN CMS-----\n{lines}\n-----END CMS-----\n".encode()


def bundle(inner: bytes, signature: bytes | None = None, date_time: DateTime = DATE_TIME) -> bytes:
    """The outer zip around an inner one, not compressed again; the signature is made when it is not given."""
    signature = sign(inner) if signature is None else signature
    return archive([(INNER, inner), (SIGNATURE, signature)], date_time, zipfile.ZIP_STORED)


def build_package(
    name: str = "custom:demo",
    version: str = "1.0.0",
    *,
    author: str = "sandbox",
    files: Mapping[str, Content] | None = None,
    more: Mapping[str, Any] | None = None,
    date_time: DateTime = DATE_TIME,
    signer: Keys | None = None,
) -> bytes:
    """A whole package. ``files``: more members of the inner zip; ``more``: more of the manifest."""
    text = manifest(name, version, author=author, **(more or {}))
    inner = archive([(MANIFEST, text), *(files or {}).items()], date_time)
    return bundle(inner, sign(inner, signer), date_time)


def malformed(kind: str, name: str = "custom:demo", version: str = "1.0.0") -> bytes:
    """A package with one thing wrong; all the rest of it, the signature too, is right. See ``MALFORMED``."""
    return MALFORMED[kind](name, version)


def _around(*members: tuple[str, Content]) -> bytes:
    return bundle(archive(members))


def _with(*extra: tuple[str, Content]) -> Callable[[str, str], bytes]:
    """More members in the inner zip."""
    return lambda name, version: _around((MANIFEST, manifest(name, version)), *extra)


def _outer(change: Callable[[list[tuple[str, Content]]], list[tuple[str, Content]]]) -> Callable[[str, str], bytes]:
    """Another list of members in the outer zip."""

    def made(name: str, version: str) -> bytes:
        inner = archive([(MANIFEST, manifest(name, version))])
        return archive(change([(INNER, inner), (SIGNATURE, sign(inner))]))

    return made


def _encrypted(name: str, version: str) -> bytes:
    """The flag of encryption set in every header of the outer zip."""
    data = bytearray(build_package(name, version))
    central = struct.unpack("<I", data[-6:-2])[0]
    with zipfile.ZipFile(BytesIO(data)) as made:
        for info in made.infolist():
            data[info.header_offset + 6] |= 0x1
            data[central + 8] |= 0x1
            central += 46 + len(info.filename) + len(info.extra) + len(info.comment)
    return bytes(data)


@lru_cache(maxsize=4)
def _bomb(name: str, version: str) -> bytes:
    """Below 2 MB, and above 256 MB when unpacked."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr(MANIFEST, manifest(name, version))
        with made.open("lib/zeros", "w") as member:
            for _dummy in range(260):
                member.write(bytes(1024 * 1024))
    return bundle(buffer.getvalue())


@lru_cache(maxsize=4)
def _oversize(name: str, version: str) -> bytes:
    """One megabyte above the limit of 25."""
    noise = os.urandom(26 * 1024 * 1024)
    return bundle(archive([(MANIFEST, manifest(name, version)), ("lib/noise", noise)], method=zipfile.ZIP_STORED))


def _wrong_digest(name: str, version: str) -> bytes:
    good = archive([(MANIFEST, manifest(name, version))])
    return bundle(archive([(MANIFEST, manifest(name, version, author="somebody else"))]), sign(good))


def _self_issued(name: str, version: str) -> bytes:
    return build_package(name, version, signer=make_keys("the same", "the same"))


MALFORMED: dict[str, Callable[[str, str], bytes]] = {
    "empty": lambda name, version: b"",
    "not_a_zip": lambda name, version: b"This is not a zip.\n" * 20,
    "truncated": lambda name, version: build_package(name, version)[:-40],
    "missing_inner": _outer(lambda members: members[1:]),
    "missing_signature": _outer(lambda members: members[:1]),
    "extra_member": _outer(lambda members: [*members, ("README.md", "More than allowed.\n")]),
    "duplicate_member": _outer(lambda members: [*members, members[0]]),
    "outer_path_traversal": _outer(lambda members: [*members, ("../../evil", "evil\n")]),
    "encrypted": _encrypted,
    "inner_not_a_zip": lambda name, version: bundle(b"This is not a zip.\n" * 20),
    "signature_not_pem": _outer(lambda members: [members[0], (SIGNATURE, "signed, believe me\n")]),
    "signature_of_other_content": _wrong_digest,
    "signature_self_issued": _self_issued,
    "no_manifest": lambda name, version: _around(("readme.txt", "no manifest\n")),
    "manifest_in_folder": lambda name, version: _around((f"extension/{MANIFEST}", manifest(name, version))),
    "manifest_not_yaml": lambda name, version: _around((MANIFEST, "name: [\n")),
    "manifest_not_a_mapping": lambda name, version: _around((MANIFEST, "- name\n")),
    "no_name": lambda name, version: _around((MANIFEST, manifest(name, version, name=None))),
    "no_version": lambda name, version: _around((MANIFEST, manifest(name, version, version=None))),
    "version_of_two_parts": lambda name, version: _around((MANIFEST, manifest(name, "1.0"))),
    "version_a_number": lambda name, version: _around((MANIFEST, manifest(name, version, version=1.0))),
    "path_traversal": _with(("../../evil", "evil\n")),
    "absolute_path": _with(("/etc/evil", "evil\n")),
    "duplicate_inner_member": _with(("lib/a", "one\n"), ("lib/a", "two\n")),
    "zip_bomb": _bomb,
    "oversize": _oversize,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.packages", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--name", default="custom:demo")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--author", default="sandbox")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--keys", type=Path, metavar="DIR", help="keys are read here, or made and kept here")
    parser.add_argument("--now", action="store_true", help="with time stamps of now instead of fixed ones")
    parser.add_argument("--file", type=Path, action="append", default=[], help="one more file, by its name")
    parser.add_argument("--malformed", choices=sorted(MALFORMED), help="with this wrong")
    given = parser.parse_args()
    if given.malformed:
        given.out.write_bytes(malformed(given.malformed, given.name, given.version))
        return
    now = datetime.datetime.now()
    built = build_package(
        given.name,
        given.version,
        author=given.author,
        files={path.name: path.read_bytes() for path in given.file},
        date_time=(now.year, now.month, now.day, now.hour, now.minute, now.second) if given.now else DATE_TIME,
        signer=keys(given.keys),
    )
    given.out.write_bytes(built)


if __name__ == "__main__":
    main()
