# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Files of settings as one list for settings_objects, with the secrets filled in. Pure; reading the files is up to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# What settings_export_info writes in the place of a secret.
TO_FILL_IN = "$secret"
# Stands for a secret where nothing is written: long enough, and without anything that a schema might not take.
PLACEHOLDER = "unfilled-secret-0123456789abcdef"
OMIT, FAIL, STAND_IN = "omit", "fail", "placeholder"
# What a file may say once for all of its objects.
_DEFAULTS = (
    "schema_id",
    "scope",
    "match_on",
    "adopt",
    "value_mode",
    "schema_version",
    "update_secrets",
    "state",
)


class FolderError(Exception):
    """What is wrong with which file."""


def is_settings(name: str) -> bool:
    """Whether a file of a folder holds settings: secrets lie beside them, under a name of their own."""
    return name.endswith((".yml", ".yaml", ".json")) and not name.startswith((".", "secrets."))


def gathered(files: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """The items of all files, given as name and content, in their order, each with its ``file``. Raises FolderError."""
    found: list[dict[str, Any]] = []
    owners: dict[str, str] = {}
    for name, content in files:
        for item in _items(name, content):
            key = item["key"]
            if key in owners:
                raise FolderError(f"{name}: the key {key} is in {owners[key]} already")
            owners[key] = name
            found.append(item)
    return found


def _items(name: str, content: Any) -> list[dict[str, Any]]:
    if content is None:
        return []
    document = {"objects": content} if isinstance(content, list) else content
    if not isinstance(document, Mapping) or not isinstance(document.get("objects"), list):
        raise FolderError(f"{name} must have a list under objects")
    unknown = [str(one) for one in document if one != "objects" and one not in _DEFAULTS]
    if unknown:
        raise FolderError(f"{name} has {', '.join(unknown)} at the top; there may be objects, {', '.join(_DEFAULTS)}")
    shared = {one: document[one] for one in _DEFAULTS if one in document}
    items = []
    for number, item in enumerate(document["objects"], 1):
        if not isinstance(item, Mapping) or not isinstance(item.get("key"), (str, int)):
            raise FolderError(f"{name}: object {number} has no key")
        if "file" in item:
            raise FolderError(f"{name}: object {number} says its file, which is known")
        items.append({**shared, **item, "key": str(item["key"]), "file": name})
    return items


def filled(
    items: Sequence[Mapping[str, Any]], secrets: Mapping[str, Any], missing: str = OMIT
) -> tuple[list[dict[str, Any]], list[str]]:
    """The items with secrets in clear, and the names of those that nobody has given.

    ``missing``: whether such a one is left out, which keeps the one that is stored; is stood in for; or is a FolderError.
    An empty text is none. Items say in ``secret_names`` what their secrets are called, by path.
    """
    unknown: list[str] = []

    def secret(name: str) -> Any:
        text = secrets.get(name)
        if text is not None and str(text) != "":
            return str(text)
        unknown.append(name)
        return PLACEHOLDER if missing == STAND_IN else None

    found = [_with_secrets(item, secret) if "value" in item else dict(item) for item in items]
    if unknown and missing == FAIL:
        raise FolderError(f"these secrets are not given: {', '.join(sorted(unknown))}")
    return found, unknown


def _with_secrets(item: Mapping[str, Any], secret: Any) -> dict[str, Any]:
    names: dict[str, str] = {}
    result = {**item, "value": _filled(item["value"], secret, "value", names)}
    if names:
        result["secret_names"] = names
    return result


def _filled(value: Any, secret: Any, path: str, names: dict[str, str]) -> Any:
    """``names`` gets the name of each secret, by path."""
    if isinstance(value, list):
        return [_filled(item, secret, f"{path}[{index}]", names) for index, item in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {TO_FILL_IN}:
        names[path] = str(value[TO_FILL_IN])
        return secret(names[path])
    found = {}
    for name, item in value.items():
        result = _filled(item, secret, f"{path}.{name}", names)
        # An explicit null would remove the stored secret.
        if result is not None or item is None:
            found[name] = result
    return found
