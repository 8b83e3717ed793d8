# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages for tests are what dt-cli and openssl make: checked by openssl itself, not by the sandbox."""

from __future__ import annotations

import base64
import contextlib
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.sandbox.errors import ApiError
from tests.sandbox.extensions import package, signature
from tests.support import packages

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program")


def unpack(bundle: bytes, folder: Path) -> None:
    with zipfile.ZipFile(BytesIO(bundle)) as outer:
        assert outer.namelist() == ["extension.zip", "extension.zip.sig"]
        outer.extractall(folder)


def openssl(*arguments: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)


@needs_openssl
def test_openssl_verifies_the_signature_and_its_chain(tmp_path: Path) -> None:
    unpack(packages.build_package(), tmp_path)
    packages.keys().save(tmp_path)
    how = ["cms", "-verify", "-inform", "PEM", "-in", "extension.zip.sig", "-content", "extension.zip", "-binary"]
    how += ["-CAfile", "ca.pem", "-purpose", "any", "-out", "out"]
    found = openssl(*how, folder=tmp_path)
    assert found.returncode == 0, found.stderr
    (tmp_path / "extension.zip").write_bytes(b"something else")
    assert openssl(*how, folder=tmp_path).returncode != 0


@needs_openssl
@pytest.mark.parametrize("more", [(), ("-noattr",)])
def test_signatures_of_openssl_are_taken(tmp_path: Path, more: tuple[str, ...]) -> None:
    """With signed attributes (its default, and in the vendor's documentation) and without."""
    packages.keys().save(tmp_path)
    (tmp_path / "extension.zip").write_bytes(b"content")
    how = ("cms", "-sign", "-signer", "developer.pem", "-inkey", "developer.key", "-binary", "-in", "extension.zip")
    found = openssl(*how, "-outform", "PEM", "-out", "sig", *more, folder=tmp_path)
    assert found.returncode == 0, found.stderr
    made = (tmp_path / "sig").read_bytes()
    assert signature.verify(b"content", made) == packages.keys().certificate
    with pytest.raises(ApiError, match="Extension signature is not valid"):
        signature.verify(b"Content", made)


def test_the_certificate_must_be_the_signers() -> None:
    """A certificate of another key beside a signature that is right for its own key."""
    mine, other = packages.keys(), packages.make_keys()
    mixed = packages.Keys(mine.ca, mine.certificate, other.key)
    with pytest.raises(ApiError, match="Extension signature is not valid"):
        signature.verify(b"content", packages.sign(b"content", mixed))


def test_damaged_signatures_are_invalid_wherever_the_damage_is() -> None:
    """Every byte but those of the certificate's own signature, which only who knows the root can check; keys of no known kind too."""
    good = packages.sign(b"content")
    der = base64.b64decode(b"".join(good.splitlines()[1:-1]))
    unchecked = packages.keys().certificate.signature
    start = der.index(unchecked)
    kind = der.index(bytes.fromhex("06092a864886f70d010101")) + 10
    for position in {*range(0, start, 7), *range(start + len(unchecked), len(der), 7), kind}:
        damaged = der[:position] + bytes([der[position] ^ 0x0C]) + der[position + 1 :]
        text = b"-----BEGIN CMS-----\n" + base64.encodebytes(damaged) + b"-----END CMS-----\n"
        with contextlib.suppress(ApiError):
            assert signature.verify(b"content", text).public_key() == packages.keys().key.public_key()


def test_packages_are_the_same_unless_told_otherwise() -> None:
    first = packages.build_package(files={"a": "1"})
    assert first == packages.build_package(files={"a": "1"})
    later = packages.build_package(files={"a": "1"}, date_time=(2027, 2, 3, 4, 5, 6))
    assert first != later
    assert package.read(first).text == package.read(later).text


def test_command_line_keeps_keys(tmp_path: Path) -> None:
    for number in (1, 2):
        command = [sys.executable, "-m", "tests.support.packages", "--name", "custom:x", "--version", f"1.0.{number}"]
        subprocess.run(
            [*command, "--out", str(tmp_path / f"{number}.zip"), "--keys", str(tmp_path / "keys")], check=True
        )
    signers = []
    for number in (1, 2):
        read = package.read((tmp_path / f"{number}.zip").read_bytes())
        assert (read.name, read.version) == ("custom:x", f"1.0.{number}")
        signers.append(signature.verify(read.inner, read.signature))
    assert signers[0] == signers[1]
    assert (tmp_path / "keys" / "developer.key").stat().st_mode & 0o077 == 0


def test_the_manifest_walk_ends_for_documents_that_stand_for_endless_ones() -> None:
    lines = ["name: custom:x", "version: 1.0.0", "minDynatraceVersion: '1'", "author: {name: a}", "a0: &a0 [x, x]"]
    lines += [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]" for level in range(1, 40)]
    inner = packages.archive([("extension.yaml", "\n".join([*lines, "snmp: *a39"]))])
    with pytest.raises(ApiError):
        package.read(packages.bundle(inner))
