# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's own schema documents leave out what is the same nearly everywhere; here they become whole ones.

A document of Dynatrace always has the key ``dynatrace``, ours have not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TEXTS = {"description": "", "documentation": ""}
_DOCUMENT = {"dynatrace": "1", "documentation": "", "maturity": "GENERAL_AVAILABILITY"}
_TYPE = {**_TEXTS, "type": "object", "version": "0", "summaryPattern": ""}
_ENUM = {**_TEXTS, "type": "enum"}
_PROPERTY = {**_TEXTS, "nullable": False, "maxObjects": 1, "modificationPolicy": "DEFAULT"}
_ELEMENT = {**_TEXTS, "displayName": ""}


def whole(document: dict[str, Any]) -> dict[str, Any]:
    """The document as the API has it."""
    if "dynatrace" in document:
        return document
    return {
        **_DOCUMENT,
        **document,
        "enums": {name: _enum(name, enum) for name, enum in document.get("enums", {}).items()},
        "types": {name: _type(name, kind) for name, kind in document.get("types", {}).items()},
        "properties": _properties(document["properties"]),
    }


def _type(name: str, kind: Mapping[str, Any]) -> dict[str, Any]:
    return {"displayName": _words(name), **_TYPE, **kind, "properties": _properties(kind["properties"])}


def _enum(name: str, enum: Mapping[str, Any]) -> dict[str, Any]:
    """Its values may stand for themselves."""
    items = [item if isinstance(item, dict) else {"value": item} for item in enum["items"]]
    items = [{"displayName": _words(str(item["value"])), **item} for item in items]
    return {"displayName": _words(name), **_ENUM, **enum, "items": items}


def _properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    described = {
        name: {"displayName": _words(name), **_PROPERTY, **definition} for name, definition in properties.items()
    }
    for definition in described.values():
        if "items" in definition:
            definition["items"] = {**_ELEMENT, **definition["items"]}
    return described


def _words(name: str) -> str:
    """``displayName`` and ``DISPLAY_NAME`` as people read them."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[_-]", " ", spaced).strip().capitalize()
