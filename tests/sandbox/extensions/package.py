# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An extension package: the outer zip, the signed inner zip and its manifest (API facts, 2.7)."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from ..errors import ApiError
from . import manifest

INNER = "extension.zip"
SIGNATURE = "extension.zip.sig"
MANIFEST = "extension.yaml"
MAX_UNPACKED = 250 * 1024 * 1024
MAX_MEMBERS = 10_000
MAX_SMALL = 1024 * 1024
_BROKEN = (BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError, ValueError)


# The lists of the model Extension, of a version whose details could not be recorded.
_NOTHING_SAID: dict[str, Any] = {"dataSources": [], "variables": [], "featureSets": []}


@dataclass(frozen=True)
class Package:
    """``bundle`` is kept exactly as it was uploaded; the manifest both as it is and parsed, and what it says of itself.

    ``recorded``: what is known of a version of another environment, whose package is not here; it has no bytes then.
    """

    bundle: bytes
    inner: bytes
    signature: bytes
    text: bytes
    manifest: dict[str, Any]
    described: dict[str, Any]
    recorded: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    @property
    def version(self) -> str:
        return str(self.manifest["version"])

    def body(self, hashed: str) -> dict[str, Any]:
        """The model Extension. ``hashed``: what fileHash covers (variant ``file_hash``)."""
        if self.recorded is not None:
            return dict(self.described)
        covered = {"bundle": self.bundle, "inner": self.inner, "other": b"sandbox" + self.bundle}[hashed]
        return {**self.described, "fileHash": hashlib.sha256(covered).hexdigest()}

    def upload_body(self, hashed: str) -> dict[str, Any]:
        """The model ExtensionUploadResponseDto."""
        counts = Counter(kind for kind, _dummy in manifest.assets(self.manifest))
        assets = [{"assetType": kind, "count": count} for kind, count in sorted(counts.items())]
        return {**self.body(hashed), "assetsInfo": assets}


def recorded_package(row: Mapping[str, Any], keywords: list[str]) -> Package:
    """A version as it was recorded, with all that the server said of it."""
    said = {"extensionName": row["extensionName"], "version": row["version"]}
    described = {**_NOTHING_SAID, **said} if row.get("details") is None else dict(row["details"])
    known = {"name": said["extensionName"], "version": said["version"], "keywords": keywords}
    return Package(b"", b"", b"", b"", known, described, row)


def read(bundle: bytes) -> Package:
    """The package in these bytes, or 400. The signature is read but not verified."""
    try:
        with ZipFile(BytesIO(bundle)) as outer:
            entries = _entries(outer)
            for name in (INNER, SIGNATURE):
                if name not in entries:
                    raise ApiError(400, f"{name} ZIP entry not found")
            if len(entries) > 2:
                raise ApiError(400, f"The extension package must contain only {INNER} and {SIGNATURE}")
            if entries[SIGNATURE].file_size > MAX_SMALL:
                raise ApiError(400, "Extension signature is not valid")
            inner, signature = outer.read(INNER), outer.read(SIGNATURE)
    except _BROKEN:
        raise ApiError(400, f"{INNER} ZIP entry not found") from None
    return _read_inner(bundle, inner, signature)


def _read_inner(bundle: bytes, inner: bytes, signature: bytes) -> Package:
    try:
        with ZipFile(BytesIO(inner)) as archive:
            entries = _entries(archive)
            if MANIFEST not in entries:
                raise ApiError(400, f"{MANIFEST} ZIP entry not found")
            if entries[MANIFEST].file_size > MAX_SMALL:
                raise ApiError(400, f"{MANIFEST} is too large")
            damaged = archive.testzip()
            if damaged is not None:
                raise ApiError(400, f"ZIP entry {damaged} is damaged")
            text = archive.read(MANIFEST)
    except _BROKEN:
        raise ApiError(400, f"{INNER} is not a valid ZIP file") from None
    parsed = manifest.parse(text, entries.keys())
    return Package(bundle, inner, signature, text, parsed, manifest.described(parsed))


def _entries(archive: ZipFile) -> dict[str, ZipInfo]:
    """The entries by name, after the checks that protect whoever unpacks them.

    The sizes are those of the directory; reading stops there and fails if there is more.
    """
    listed = archive.infolist()
    if len(listed) > MAX_MEMBERS or sum(info.file_size for info in listed) > MAX_UNPACKED:
        raise ApiError(400, "The extension package is too large when unpacked")
    entries: dict[str, ZipInfo] = {}
    for info in listed:
        path = info.filename
        if path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/"):
            raise ApiError(400, f"ZIP entry name not allowed: {path}")
        if path in entries:
            raise ApiError(400, f"ZIP entry {path} occurs twice")
        if info.flag_bits & 0x1:
            raise ApiError(400, "Encrypted ZIP entries are not supported")
        entries[path] = info
    return entries
