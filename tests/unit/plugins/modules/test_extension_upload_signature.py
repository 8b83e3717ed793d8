# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option verify_signature of extension_upload: what is not signed under the given root certificates is never sent."""

from __future__ import annotations

import base64
import datetime
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._packages import certificates as _certificate
from ansible_collections.community.dynatrace.plugins.module_utils._packages import signature
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.support.packages import Keys, archive, build_package, bundle, keys, make_keys, malformed, manifest, sign
from tests.support.sandbox import RunningSandbox

MODULE = "extension_upload"
PEM = serialization.Encoding.PEM
INNER = archive([("extension.yaml", manifest("custom:demo", "1.0.0"))])


@pytest.fixture(scope="module")
def other() -> Keys:
    return make_keys("Another CA")


@pytest.fixture
def check(sandbox: RunningSandbox, tmp_path: Path) -> Callable[..., str]:
    """The error that a package gives with the given roots; the same in check mode, and nothing is sent."""

    def checked(package: bytes, *roots: str) -> str:
        path = tmp_path / "package.zip"
        path.write_bytes(package)
        texts = []
        for in_check_mode in (True, False):
            sandbox.clear()
            args = {"path": str(path), "verify_signature": list(roots)}
            result = sandbox.run(MODULE, check=in_check_mode, **args)
            assert result["failed"], result
            assert (result["changed"], sandbox.sent) == (False, [])
            texts.append(str(result["msg"]))
        assert texts[0] == texts[1]
        return texts[0]

    return checked


def _root(given: Keys) -> str:
    return given.ca_pem.decode()


def _upload(sandbox: RunningSandbox, path: Path, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    return sandbox.run(MODULE, path=str(path), **args)


def _text(der: bytes) -> bytes:
    return b"-----BEGIN CMS-----\n" + base64.encodebytes(der) + b"-----END CMS-----\n"


def _der(signed: bytes) -> bytes:
    return base64.b64decode(b"".join(signed.splitlines()[1:-1]))


# --- signed under one of them


def test_a_package_that_is_signed_under_a_given_root_is_sent(
    sandbox: RunningSandbox, tmp_path: Path, other: Keys
) -> None:
    """As a path, as a text, and one of several; the requests are those without the option."""
    (tmp_path / "ca.pem").write_bytes(keys().ca_pem)
    (tmp_path / "all.pem").write_text(f"# both\n{_root(other)}{_root(keys())}")
    path = tmp_path / "package.zip"
    path.write_bytes(build_package())
    for roots in (["{}/ca.pem"], ["{}/all.pem"], [_root(other), _root(keys())]):
        sandbox.state.reset()
        result = _upload(sandbox, path, verify_signature=[root.replace("{}", str(tmp_path)) for root in roots])
        assert (result.get("failed"), result["action"]) == (None, "create")
        assert len(sandbox.sent) == 3
        shown = result["invocation"]["module_args"]["verify_signature"]
        assert len(shown) == len(roots)


def test_what_openssl_signs(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """With signed attributes, which dt-cli leaves out."""
    path = tmp_path / "package.zip"
    path.write_bytes(bundle(INNER, _by_openssl(tmp_path)))
    assert _upload(sandbox, path, verify_signature=[_root(keys())])["action"] == "create"


def test_without_the_option_the_server_alone_looks(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_certificate, "IMPORT_ERROR", "Traceback: no such module")
    monkeypatch.setattr(signature, "_PROGRAM", "no-such-program")
    path = tmp_path / "package.zip"
    path.write_bytes(build_package())
    for args in ({}, {"verify_signature": []}):
        assert not _upload(sandbox, path, **args).get("failed")
    # It does not matter for what goes.
    assert _upload(sandbox, path, state="absent", verify_signature=["/nowhere.pem"])["action"] == "delete"


def test_the_server_asks_for_the_root_in_the_vault(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """The two modules together, as on a real server; the error says what to do."""
    sandbox.variants(extension_roots="vault")
    path = tmp_path / "package.zip"
    path.write_bytes(build_package())
    assert "is in the environment's credential vault" in _upload(sandbox, path)["msg"]
    assert sandbox.run("extension_certificate", content=_root(keys()))["changed"]
    assert _upload(sandbox, path, verify_signature=[_root(keys())])["action"] == "create"


# --- and what is not


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "NUL"])
def test_roots_that_are_no_regular_files(check: Callable[..., str], tmp_path: Path, kind: str) -> None:
    """A named pipe is not waited for."""
    os.mkfifo(tmp_path / "pipe")
    path = {"pipe": tmp_path / "pipe", "folder": tmp_path, "device": "/dev/zero", "NUL": "a\0b"}[kind]
    text = check(build_package(), str(path))
    assert "cannot read the certificate" in text
    assert "(entry 1 of verify_signature)" in text


def test_another_root(check: Callable[..., str], other: Keys) -> None:
    text = check(build_package(), _root(other))
    assert "signed by CN=sandbox developer, issued by CN=sandbox CA" in text
    assert "under none of the given root certificates (CN=Another CA of entry 1 of verify_signature)" in text
    assert "package.zip is not valid" in text


def test_a_root_of_the_same_name_with_another_key(check: Callable[..., str]) -> None:
    assert "is not valid" in check(build_package(), _root(make_keys()))


def test_roots_that_the_machine_trusts_do_not_count(
    check: Callable[..., str], other: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trusted.pem").write_bytes(keys().ca_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    assert "under none of the given" in check(build_package(), _root(other))


def test_a_package_that_was_changed(check: Callable[..., str]) -> None:
    changed = archive([("extension.yaml", manifest("custom:demo", "1.0.0", author="somebody else"))])
    assert "made for another content" in check(bundle(changed, sign(INNER)), _root(keys()))
    assert "made for another content" in check(malformed("signature_of_other_content"), _root(keys()))


def test_a_signature_that_was_changed(check: Callable[..., str], tmp_path: Path) -> None:
    der = bytearray(_der(sign(INNER)))
    der[-20] ^= 1
    assert "made for another content" in check(bundle(INNER, _text(bytes(der))), _root(keys()))


def test_a_signature_with_another_content_in_it(check: Callable[..., str], tmp_path: Path) -> None:
    """Valid in itself: what counts is the extension.zip beside it."""
    inside = _by_openssl(tmp_path, "-nodetach", content=b"something else")
    assert "made for another content" in check(bundle(INNER, inside), _root(keys()))


@pytest.mark.parametrize(
    ("days", "text"), [((-9, -2), "certificate has expired"), ((2, 9), "certificate is not yet valid")]
)
def test_a_developer_certificate_that_is_not_valid_now(
    check: Callable[..., str], days: tuple[float, float], text: str
) -> None:
    signer = make_keys("Team CA", "Team", developer_days=days)
    said = check(build_package(signer=signer), _root(signer))
    assert f"{text} (CN=Team: 20" in said
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days[1])
    assert end.strftime("%Y-%m-%d") in said


def test_a_root_that_has_expired(check: Callable[..., str]) -> None:
    signer = make_keys("Old CA", "Team", ca_days=(-9, -2))
    assert "certificate has expired" in check(build_package(signer=signer), _root(signer))


def test_an_old_root_beside_the_new_one_does_no_harm(sandbox: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(build_package())
    old = _root(make_keys("Old CA", ca_days=(-9, -2)))
    assert _upload(sandbox, path, verify_signature=[old, _root(keys())])["action"] == "create"


def test_a_signature_by_the_root_itself(check: Callable[..., str]) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    alone = _issued("Alone", key, ca=True)
    said = check(build_package(signer=Keys(alone, alone, key)), alone.public_bytes(PEM).decode())
    assert "made with the root certificate itself (CN=Alone)" in said


def test_a_developer_certificate_that_may_not_sign(check: Callable[..., str]) -> None:
    ca_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for dummy in range(2))
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    only = x509.KeyUsage(
        digital_signature=False, key_encipherment=True, encipher_only=False, decipher_only=False, **usage
    )
    root, developer = _issued("Root", ca_key, ca=True), _issued("Root", ca_key, "Team", key, usage=only)
    said = check(build_package(signer=Keys(root, developer, key)), root.public_bytes(PEM).decode())
    assert "CN=Team is not meant for signatures" in said


@pytest.mark.parametrize(
    "broken",
    [
        lambda: _text(_der(sign(INNER))[:300]),
        lambda: _text(b"\0\0\0"),
        lambda: _text(b""),
        lambda: sign(INNER).replace(b"CMS", b"SOMETHING"),
        lambda: b"-----BEGIN CMS-----\nA=A=A\n-----END CMS-----\n",
        lambda: keys().ca_pem,
    ],
)
def test_a_broken_signature(check: Callable[..., str], broken: Callable[[], bytes]) -> None:
    said = check(bundle(INNER, broken()), _root(keys()))
    assert "Sign the package again" in said or "sign it again (dt extension sign)" in said


def test_a_signature_without_the_developer_certificate(check: Callable[..., str], tmp_path: Path) -> None:
    assert "signer certificate not found" in check(bundle(INNER, _by_openssl(tmp_path, "-nocerts")), _root(keys()))


def test_certificates_that_only_openssl_can_read(check: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    load, root = x509.load_pem_x509_certificate, _certificate.from_text(_root(keys()), "root")[0].pem

    def loaded(pem: bytes) -> x509.Certificate:
        if pem.decode().strip() != root.strip():
            raise ValueError("odd certificate")
        return load(pem)

    monkeypatch.setattr(x509, "load_pem_x509_certificate", loaded)
    assert "its certificate cannot be read (odd certificate)" in check(build_package(), _root(keys()))


def test_a_package_that_is_broken_is_found_first(check: Callable[..., str]) -> None:
    assert "is not a zip file" in check(malformed("not_a_zip"), _root(keys()))


# --- options


def test_what_is_no_root(check: Callable[..., str], tmp_path: Path) -> None:
    developer = keys().certificate.public_bytes(PEM).decode()
    assert "entry 1 of verify_signature (CN=sandbox developer) is not a CA certificate" in check(
        build_package(), developer
    )
    assert "verify_signature: entry 2 is empty" in check(build_package(), _root(keys()), "")
    assert "cannot read the certificate /nowhere.pem (entry 1" in check(build_package(), "/nowhere.pem")
    (tmp_path / "empty.pem").write_text("")
    assert "holds no certificate in PEM format" in check(build_package(), str(tmp_path / "empty.pem"))


def test_a_private_key_is_not_shown(sandbox: RunningSandbox, tmp_path: Path) -> None:
    clear = serialization.NoEncryption()
    key = keys().key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, clear).decode()
    result = _upload(sandbox, tmp_path / "package.zip", verify_signature=[_root(keys()) + key])
    assert "holds a private key" in result["msg"]
    assert key.splitlines()[3] not in str(result)


def test_without_what_it_needs(check: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(signature, "_PROGRAM", "no-such-program")
        assert "needs the program no-such-program: install it" in check(build_package(), _root(keys()))
    monkeypatch.setattr(_certificate, "IMPORT_ERROR", "Traceback: no such module")
    said = check(build_package(), _root(keys()))
    assert "Failed to import the required Python library (cryptography)" in said
    assert "entry 1 of verify_signature" in said


def _by_openssl(folder: Path, *more: str, content: bytes = INNER) -> bytes:
    keys().save(folder / "keys")
    (folder / "content").write_bytes(content)
    command = ["openssl", "cms", "-sign", "-binary", "-in", "content", "-outform", "PEM"]
    command += ["-signer", "keys/developer.pem", "-inkey", "keys/developer.key"]
    return subprocess.run([*command, *more], cwd=folder, check=True, capture_output=True, timeout=20).stdout


def _issued(
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    subject: str = "",
    key: rsa.RSAPrivateKey | None = None,
    ca: bool = False,
    usage: x509.KeyUsage | None = None,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject or issuer))
        .issuer_name(name(issuer))
        .public_key((key or issuer_key).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=9))
    )
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())
