# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages: what is read from good ones, and what is said of bad ones."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._packages import archive, package
from ansible_collections.community.dynatrace.plugins.module_utils._packages.archive import ArchiveError
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import (
    _PEM,
    file_name,
    package_file,
    read_package,
)

from tests.support import packages
from tests.support.packages import INNER, MALFORMED, MANIFEST, SIGNATURE, build_package, bundle, malformed

# What only the server can know: it takes cryptography to see it.
NOT_OURS = {"signature_of_other_content", "signature_self_issued"}
# What is said of each kind: what is wrong, and what to do.
SAID = {
    "empty": ("is not a zip file", ""),
    "not_a_zip": ("is not a zip file", ""),
    "truncated": ("truncated", "copy it again"),
    "missing_inner": ("does not hold extension.zip at its top, but 'extension.zip.sig'", "build and sign it again"),
    "missing_signature": ("does not hold extension.zip.sig", "sign"),
    "extra_member": ("README.md", "only extension.zip and extension.zip.sig are allowed"),
    "duplicate_member": ("'extension.zip' twice", "build it again"),
    "outer_path_traversal": ("../../evil", "relative names"),
    "encrypted": ("encrypted", "without a password"),
    "inner_not_a_zip": ("extension.zip in it is not a zip file", ""),
    "signature_not_pem": ("not a signature in PEM format", "sign it again"),
    "no_manifest": ("does not hold extension.yaml at its top, but ", "is it an extension"),
    "manifest_in_folder": ("'extension/extension.yaml'", "pack the content of the folder"),
    "manifest_not_yaml": ("not valid YAML", "correct it"),
    "manifest_not_a_mapping": ("not a mapping", "name: ..."),
    "no_name": ("no 'name'", "add it"),
    "no_version": ("no 'version'", "add it"),
    "version_of_two_parts": ("'1.0'", "three numbers"),
    "version_a_number": ("'1.0'", "three numbers"),
    "path_traversal": ("'../../evil'", "relative names"),
    "absolute_path": ("'/etc/evil'", "relative names"),
    "duplicate_inner_member": ("'lib/a' twice", "build it again"),
    "zip_bomb": ("would unpack to 260 MB", "at most"),
    "oversize": ("26.0 MB", "at most 25 MB"),
}


def _refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as raised, package_file(str(path)):
        pass
    assert raised.value.msg.startswith(str(path))
    return raised.value.msg


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


@pytest.mark.parametrize("kind", sorted(set(MALFORMED) - NOT_OURS))
def test_malformed_packages_are_refused_with_what_is_wrong_and_what_to_do(kind: str, path: Path) -> None:
    what, advice = SAID[kind]
    text = _refused(path, malformed(kind))
    assert what in text
    assert advice in text


def test_a_package_is_what_its_manifest_and_its_files_say(path: Path) -> None:
    content = build_package("com.dynatrace.extension.x", "10.0.3", files={"lib/a.py": "a\n", "empty": b""})
    path.write_bytes(content)
    with package_file(str(path)) as found:
        assert (found.name, found.version) == ("com.dynatrace.extension.x", "10.0.3")
        assert found.bundle_hash == hashlib.sha256(content).hexdigest()
        with zipfile.ZipFile(io.BytesIO(content)) as outer:
            assert found.inner_hash == hashlib.sha256(outer.read(INNER)).hexdigest()
        assert set(found.members) == {MANIFEST, "lib/a.py", "empty"}
        assert found.members["lib/a.py"] == hashlib.sha256(b"a\n").hexdigest()
        found.stream.seek(0)
        assert found.stream.read() == content


def test_time_stamps_order_folders_and_compression_are_no_content(path: Path) -> None:
    text = packages.manifest("custom:demo", "1.0.0")
    first = bundle(packages.archive([(MANIFEST, text), ("lib/a", "a")]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as other:
        other.writestr("lib/", "")
        other.writestr("lib/a", "a")
        other.writestr(MANIFEST, text)
    one, two = (read_package(io.BytesIO(data), "x") for data in (first, bundle(buffer.getvalue())))
    assert one.inner_hash != two.inner_hash
    assert one.members == two.members


@pytest.mark.parametrize("name", ["custom:my.ext", "com.dynatrace.extension.x", "unprefixed", "Custom Ext_1-2"])
def test_any_name_is_taken(name: str) -> None:
    assert read_package(io.BytesIO(build_package(name)), "x").name == name


def test_the_inner_zip_alone_is_read_only_where_that_is_allowed() -> None:
    inner = packages.archive([(MANIFEST, packages.manifest("custom:demo", "1.0.0"))])
    with pytest.raises(ArchiveError, match="unsigned archive itself: sign it"):
        read_package(io.BytesIO(inner), "x")
    found = read_package(io.BytesIO(inner), "x", bare=True)
    assert (found.name, found.version, found.is_bundle) == ("custom:demo", "1.0.0", False)
    assert list(found.members) == [MANIFEST]


def _with_member(change: Callable[[zipfile.ZipInfo], None], name: str = "lib/a") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(MANIFEST, packages.manifest("custom:demo", "1.0.0"))
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, 0o100644 << 16
        change(info)
        made.writestr(info, "x")
    return bundle(buffer.getvalue())


@pytest.mark.parametrize(
    ("member", "mode", "text"),
    [
        ("lib/link", 0o120777, "symbolic link"),
        ("lib/pipe", 0o010644, "special file"),
        ("C:/evil", 0o100644, "leads out"),
        ("lib\\evil", 0o100644, "leads out"),
        ("lib/..", 0o100644, "leads out"),
        ("lib/\x1b[2J", 0o100644, "control characters"),
    ],
)
def test_names_and_kinds_that_harm_others_are_refused(member: str, mode: int, text: str, path: Path) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.external_attr = mode << 16

    said = _refused(path, _with_member(change, member))
    assert f"{path} extension.zip in it holds" in said
    assert text in said


def test_uncommon_compression_is_refused(path: Path) -> None:
    """bzip2 and lzma unpack a whole block at once, whatever the limit; and Java does not know them."""

    def change(info: zipfile.ZipInfo) -> None:
        info.compress_type = zipfile.ZIP_BZIP2

    assert "uncommon compression" in _refused(path, _with_member(change))


def test_a_member_with_more_than_it_declares_is_refused(path: Path) -> None:
    """Both headers say 10 bytes; deflate gives a megabyte."""
    inner = bytearray(
        packages.archive([(MANIFEST, packages.manifest("custom:demo", "1.0.0")), ("zeros", bytes(1 << 20))])
    )
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", inner, inner.rindex(signature) + at, 10)
    assert "damaged zip file (zeros)" in _refused(path, bundle(bytes(inner)))


def test_a_member_with_less_than_it_declares_is_refused(path: Path) -> None:
    inner = bytearray(packages.archive([(MANIFEST, packages.manifest("custom:demo", "1.0.0")), ("few", b"abc")]))
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", inner, inner.rindex(signature) + at, 4000)
    assert "few" in _refused(path, bundle(bytes(inner)))


def test_damage_anywhere_is_found(path: Path) -> None:
    """Every byte of the inner zip matters or is metadata that changes nothing; nothing ends in a traceback."""
    files = {"lib/a": os.urandom(300)}
    good = build_package(files=files)
    members = read_package(io.BytesIO(good), "x").members
    for at in range(0, len(good), 7):
        bad = bytearray(good)
        bad[at] ^= 0xFF
        try:
            found = read_package(io.BytesIO(bytes(bad)), "x")
        except ArchiveError:
            continue
        assert set(found.members.values()) == set(members.values())


def test_a_huge_directory_is_refused_before_it_is_read(path: Path) -> None:
    content = build_package()
    at = content.rindex(b"PK\x05\x06")
    claimed = content[: at + 12] + struct.pack("<I", 20 << 20) + content[at + 16 :]
    assert "more than 10000 files" in _refused(path, claimed)


def test_too_many_members_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    assert "holds 4 files; at most 3" in _refused(path, build_package(files={"a": "", "b": "", "c": ""}))


def test_a_small_bomb_is_known_by_its_ratio(path: Path) -> None:
    assert "200 times its size" in _refused(path, build_package(files={"zeros": bytes(30 << 20)}))


def test_a_manifest_that_is_no_manifest_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "_MAX_SMALL", 4096)
    text = packages.manifest("custom:demo", "1.0.0") + "#" * 5000
    assert "extension.yaml with more than 4 KB" in _refused(path, bundle(packages.archive([(MANIFEST, text)])))


def test_an_empty_signature_is_refused(path: Path) -> None:
    inner = packages.archive([(MANIFEST, packages.manifest("custom:demo", "1.0.0"))])
    assert "empty extension.zip.sig" in _refused(path, packages.archive([(INNER, inner), (SIGNATURE, b"")]))


@pytest.mark.timeout(10)
def test_a_signature_of_nothing_but_spaces_is_refused_at_once(path: Path) -> None:
    inner = packages.archive([(MANIFEST, packages.manifest("custom:demo", "1.0.0"))])
    signature = b"-----BEGIN CMS-----" + b" " * (4 << 20)
    assert "not a signature in PEM format" in _refused(path, bundle(inner, signature))


def test_extension_yml_is_a_wrong_name(path: Path) -> None:
    text = packages.manifest("custom:demo", "1.0.0")
    assert "'extension.yml': rename it" in _refused(path, bundle(packages.archive([("extension.yml", text)])))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    no_file = "it is not a regular file"
    cases = {tmp_path: no_file, tmp_path / "pipe": no_file, Path("/dev/zero"): no_file, tmp_path / "no": "No such file"}
    for path, text in cases.items():
        with pytest.raises(InputError, match=text) as raised, package_file(str(path)):
            pass
        assert str(path) in raised.value.msg


@pytest.mark.parametrize("path", ["nul\0", "\ud800"])
def test_a_path_that_no_file_can_have(path: str) -> None:
    with pytest.raises(InputError, match="cannot read the package") as raised, package_file(path):
        pass
    assert raised.value.msg.encode()


@pytest.mark.parametrize(
    "piece",
    [b"-----BEGIN CMS-----", b"-----BEGIN CMS-----\nAAAA\n", b"-----BEGIN " + b"A" * 50, b"-", b"A" * 64 + b"\n"],
)
def test_a_hostile_signature_takes_a_time_that_grows_with_its_size_alone(piece: bytes) -> None:
    """As much as is read of one is a matter of a second, and of minutes for a pattern that looks at all that follows each piece."""
    assert not _PEM.search(b"-----BEGIN CMS-----\n" + piece * (5_000_000 // len(piece)))


def test_a_disk_that_cannot_be_read() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ArchiveError, match=r"^x is a damaged zip file: .*Input/output error; build it again"):
        read_package(Broken(), "x")


def test_the_file_name_needs_no_quoting() -> None:
    assert file_name("custom:my.ext", "1.0.0") == "custom_my.ext-1.0.0.zip"
    assert file_name('a"b\r\nc/d', "1.0.0") == "a_b__c_d-1.0.0.zip"
