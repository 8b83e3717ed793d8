# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What an environment holds of an extension: versions, the active one, configurations, packages (FACTS sections 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._packages.archive import ArchiveError
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package, read_package

EXTENSIONS = "/v2/extensions"
# The largest page that the API gives.
PAGE_SIZE = 100


def extension_path(name: str, *rest: str) -> str:
    """The path of an extension, or of what is below it."""
    return "/".join([EXTENSIONS, path_segment(name), *map(path_segment, rest)])


def version_details(client: Client, name: str, version: str) -> dict[str, Any] | None:
    """One version as the API describes it (model Extension), None when it is not stored."""
    shown = found(client, extension_path(name, version))
    return dict(shown) if isinstance(shown, Mapping) else None


def versions(client: Client, name: str) -> list[str]:
    """All stored versions, the newest first; empty for an unknown extension."""
    try:
        rows = list(client.pages(extension_path(name), {"pageSize": PAGE_SIZE}, "extensions"))
    except ApiError as error:
        if error.is_absence:
            return []
        raise
    return sorted((str(row["version"]) for row in rows), key=version_key, reverse=True)


def version_key(version: str) -> tuple[tuple[bool, int, str], ...]:
    """Versions in their order: by numbers, and after all numbers whatever is none."""
    return tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in version.split("."))


def active_version(client: Client, name: str) -> str | None:
    """The version that works in the environment; None: the extension is not active, or unknown."""
    shown = found(client, extension_path(name, "environmentConfiguration"))
    version = shown.get("version") if isinstance(shown, Mapping) else None
    return str(version) if version else None


def configurations(client: Client, name: str, version: str | None = None) -> list[dict[str, Any]]:
    """The monitoring configurations of an extension, or those that use one version of it; as the API gives them."""
    params: dict[str, Any] = {"pageSize": PAGE_SIZE}
    if version is not None:
        params["version"] = version
    try:
        rows = list(client.pages(extension_path(name, "monitoringConfigurations"), params, "items"))
    except ApiError as error:
        # Unknown, or without the configuration schema that comes with the first activation.
        if error.is_absence:
            return []
        raise
    return [row for row in rows if version is None or (row.get("value") or {}).get("version") == version]


def download(client: Client, name: str, version: str, sink: IO[bytes]) -> Package | None:
    """The stored package, kept in ``sink``; None when it is gone by now. Raises StateError when what came is no package."""
    label = f"the stored package of {name} {version}"
    try:
        client.download(extension_path(name, version), sink)
        return read_package(sink, label, bare=True)
    except ApiError as error:
        if error.is_absence:
            return None
        raise
    except ArchiveError as error:
        raise StateError(
            f"cannot compare with what is stored: {error}. Upload a higher version, or delete {version} first (state absent)"
        ) from None


def found(client: Client, path: str) -> Any:
    """What is at ``path``; None when the API says that it is not there."""
    try:
        return client.get(path)
    except ApiError as error:
        if error.is_absence:
            return None
        raise
