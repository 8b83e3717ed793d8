# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a file is that was given as a package and is none: by its first bytes, or by the names in the archive. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .._text import cut, listed

INNER = "extension.zip"
# How much of a file is looked at.
FIRST_BYTES = 4096

_BUILD = "build and sign the extension (dt extension assemble, dt extension sign)"
SIGN_AGAIN = "build and sign it again (dt extension assemble, dt extension sign)"
_DOWNLOAD = "download it again, and look at what the address answers"
# By how a file begins, white space aside; of several the first counts.
_BEGINNINGS: Sequence[tuple[re.Pattern[bytes], str]] = (
    (re.compile(rb"\Z"), "it is empty: build or copy it again"),
    (
        re.compile(rb"version https://git-lfs\.github\.com/"),
        "it is a pointer of Git LFS, and the package itself was not fetched: run git lfs pull",
    ),
    (
        re.compile(rb"<!doctype html|<html|<head|<body", re.IGNORECASE),
        f"it is an HTML page, such as the login page or the error page that a download got: {_DOWNLOAD}",
    ),
    (
        re.compile(rb"<\?xml|<[a-z]", re.IGNORECASE),
        f"it is an XML document, such as the error that a download got: {_DOWNLOAD}",
    ),
    (re.compile(rb"[{\[]"), f"it is JSON, such as the error that a download got: {_DOWNLOAD}"),
    (
        re.compile(rb"-----BEGIN CMS|-----BEGIN PKCS7"),
        f"it is a signature alone: give the package that holds it and {INNER}",
    ),
    (
        re.compile(rb"-----BEGIN "),
        "it is a certificate or a key in PEM format: give the package that was signed with it",
    ),
    (re.compile(rb"\$ANSIBLE_VAULT;"), "it is encrypted by Ansible Vault: decrypt it first"),
    (re.compile(rb"\x1f\x8b"), "it is a gzip archive (tar.gz): unpack it and give the package inside"),
    (
        re.compile(rb"BZh|\xfd7zXZ\x00|7z\xbc\xaf|Rar!"),
        "it is an archive of another format: unpack it and give the package inside",
    ),
    (re.compile(rb"PK\x07\x08"), "it is a part of a split zip file: put the parts together again"),
    (
        re.compile(rb"(?:#[^\n]*\n\s*|---\s*)*(?:name|version|author|minDynatraceVersion)\s*:"),
        f"it is a manifest in YAML: {_BUILD}",
    ),
    (re.compile(rb"[\t\n\r\x20-\x7e\x80-\xff]*\Z"), "it is text"),
)
# By a name in it; of several the first counts.
_Told = Sequence[tuple[re.Pattern[str], str]]
_MEMBERS: _Told = (
    (re.compile(r".+/extension\.zip", re.DOTALL), "pack the content of the folder, not the folder"),
    (re.compile(r"extension\.zip", re.IGNORECASE), "write it in small letters"),
    (
        re.compile(r"extension\.yaml"),
        f"it is the unsigned archive itself: sign it (dt extension sign) and give the result, with {INNER} in it",
    ),
    (re.compile(r".+/extension\.yaml", re.DOTALL), f"it is the source of an extension: {_BUILD}"),
    (re.compile(r"(?:.+/)?plugin\.json", re.DOTALL), "it is an extension 1.0, which this API does not take"),
    (
        re.compile(r".+\.zip", re.DOTALL | re.IGNORECASE),
        "it is a zip file around the package; unpack it and give the package inside",
    ),
)
_INNER_MEMBERS: _Told = (
    (re.compile(r".+/extension\.yaml", re.DOTALL), "pack the content of the folder, not the folder"),
    (re.compile(r"extension\.yml"), "rename it"),
)
# How many names a message lists.
_SHOWN = 3
_LONGEST_NAME = 200


def of_content(first: bytes) -> str:
    """What a file is that is not a zip file, and what to do, as the end of a sentence. ``first``: its first bytes."""
    beginning = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, text in _BEGINNINGS:
        if pattern.match(beginning):
            return text
    return "its first bytes do not tell what it is"


def of_members(names: Collection[str]) -> str:
    """What a zip file holds instead of a package, and what to do, as the end of a sentence."""
    return _told(_MEMBERS, names) or f"but {_shown(names)}: {SIGN_AGAIN}"


def of_inner_members(names: Collection[str]) -> str:
    """What the inner zip holds instead of a manifest, and what to do, as the end of a sentence."""
    return _told(_INNER_MEMBERS, names) or f"but {_shown(names)}: is it an extension 2.0?"


def _told(table: _Told, names: Collection[str]) -> str:
    for pattern, text in table:
        telling = list(filter(pattern.fullmatch, names))
        if telling:
            return f"but {_shown(telling)}: {text}"
    return ""


def _shown(names: Collection[str]) -> str:
    return listed(list(map(_quoted, sorted(names))), _SHOWN, ", ") or "nothing"


def _quoted(name: str) -> str:
    return repr(cut(name, _LONGEST_NAME))
