# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import package_file
from ansible_collections.community.dynatrace.plugins.module_utils._packages.recognition import of_content, of_members

from tests.support.packages import build_package, keys, manifest

POINTER = b"""version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
"""


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        made.addfile(tarfile.TarInfo("extension.zip"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (POINTER, "a pointer of Git LFS, and the package itself was not fetched: run git lfs pull"),
        (b"\n <!DOCTYPE html>\n<html><title>Sign in</title>", "an HTML page, such as the login page"),
        (b"\xef\xbb\xbf<html lang=en>", "an HTML page"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML document"),
        (b"<Error>", "an XML document"),
        (b'{"message": "Not Found"}', "JSON, such as the error that a download got"),
        (keys().ca_pem, "a certificate or a key in PEM format"),
        (b"-----BEGIN CMS-----\nMII", "a signature alone"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6230", "encrypted by Ansible Vault: decrypt"),
        (tar(), "a gzip archive (tar.gz): unpack it"),
        (gzip.compress(b"x"), "a gzip archive"),
        (lzma.compress(b"x"), "an archive of another format"),
        (manifest("custom:demo", "1.0.0").encode(), "a manifest in YAML: build and sign"),
        (b"# Copyright\n---\nname: custom:demo\n", "a manifest in YAML"),
        (b"404: Not Found", "it is text"),
        ("Größe\n".encode(), "it is text"),
        (b"\x7fELF\x02\x01\x00", "its first bytes do not tell"),
    ],
    # Archives hold the time at which they were made, and the names of tests must be the same in each process.
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_what_is_no_zip_file(content: bytes, said: str) -> None:
    assert said in of_content(content)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Extension.zip", "Extension.zip.sig"], "but 'Extension.zip': write it in small letters"),
        (["demo/extension.zip", "demo/extension.zip.sig"], "but 'demo/extension.zip': pack the content of the folder"),
        (
            ["custom_demo-1.0.0.zip", "README.md"],
            "but 'custom_demo-1.0.0.zip': it is a zip file around the package; unpack it",
        ),
        (
            ["extension/extension.yaml", "setup.py"],
            "but 'extension/extension.yaml': it is the source of an extension",
        ),
        (["plugin.json", "plugin.py"], "an extension 1.0, which this API does not take"),
        (["d", "c", "b", "a"], "but 'a', 'b', 'c', and 1 more: build and sign it again"),
        ([], "but nothing"),
    ],
)
def test_what_a_zip_file_holds_instead(names: list[str], said: str) -> None:
    assert said in of_members(names)


def test_a_package_is_told_what_it_is(tmp_path: Path) -> None:
    wrapped, page = tmp_path / "artifact.zip", tmp_path / "page.zip"
    with zipfile.ZipFile(wrapped, "w") as outer:
        outer.writestr("custom_demo-1.0.0.zip", build_package())
    page.write_bytes(b"<html></html>")
    said = {}
    for path in (wrapped, page):
        with pytest.raises(InputError) as caught, package_file(str(path)):
            pass
        said[path] = caught.value.msg
    assert said[wrapped].startswith(
        f"{wrapped} does not hold extension.zip at its top, but 'custom_demo-1.0.0.zip': it is a zip file around"
    )
    assert said[page].startswith(f"{page} is not a zip file; it is an HTML page")
