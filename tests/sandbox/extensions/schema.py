# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of an extension's monitoring configurations (API facts, 2.1): what all have, and what the package describes.

A Python extension brings its part along, the file that ``python.activation`` names, with ``properties``, ``types`` and ``enums``.
The sections of other data sources are made by the server from what they are (sections.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from ..errors import ApiError
from .manifest import variables
from .package import Package
from .sections import object_of, property_of, sections

_SCOPES = ["environment", "ag_group", "management_zone", "HOST", "HOST_GROUP"]
_PARTS = ("types", "enums", "properties")
# Activation schemas are older than the API's names for these.
_RENAMED = {"minItems": "minObjects", "maxItems": "maxObjects", "metaData": "metadata"}
_VARIABLES = {"secret": "secret", "boolean": "boolean", "checkbox": "boolean"}


def schema(package: Package) -> dict[str, Any]:
    """The model SchemaDefinitionRestDto; of a recorded version the schema that was recorded, or 404."""
    if package.recorded is not None:
        return _recorded(package, package.recorded.get("schema"))
    body = package.described
    parts: dict[str, dict[str, Any]] = {"types": {}, "enums": {}, "properties": _common(package.version)}
    if body["featureSets"]:
        parts["enums"]["FeatureSetsType"] = _enum(body["featureSets"])
        parts["properties"]["featureSets"] = property_of(
            "set", items={"type": {"$ref": "#/enums/FeatureSetsType"}}, maxObjects=100
        )
    # Values have it even where the extension has no variables (API facts, 2.4).
    parts["types"]["vars"] = object_of(
        {str(variable["id"]): _variable(variable) for variable in variables(package.manifest)}
    )
    parts["properties"]["vars"] = property_of({"$ref": "#/types/vars"})
    if body["dataSources"]:
        parts["enums"]["ActivationContextEnum"] = _enum(["REMOTE", "LOCAL"])
        context = property_of({"$ref": "#/enums/ActivationContextEnum"})
        parts["properties"]["activationContext"] = context
    for name, section, types in sections(body["dataSources"]):
        parts["properties"][name] = section
        parts["types"].update(types)
    for document in _activation(package):
        for name in _PARTS:
            described = document.get(name)
            parts[name].update(_complete(described, name) if isinstance(described, dict) else {})
    return {
        "schemaId": f"ext:{package.name}",
        "version": package.version,
        "displayName": package.name,
        "description": "",
        "documentation": "",
        "dynatrace": "1",
        "multiObject": True,
        "ordered": False,
        "maxObjects": 100,
        "allowedScopes": _SCOPES,
        "constraints": [],
        **parts,
    }


def _recorded(package: Package, document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ApiError(
            404, f"The schema of {package.name} {package.version} was not recorded: this is a twin of an environment"
        )
    return document


def _common(version: str) -> dict[str, Any]:
    return {
        "enabled": property_of("boolean", nullable=False, default=True),
        "description": property_of("text"),
        "version": property_of("text", nullable=False, default=version),
        "activationTags": property_of("set", items={"type": "text"}, maxObjects=100),
        "primaryFields": property_of("any"),
        "primaryTags": property_of("any"),
    }


def _activation(package: Package) -> Iterator[Mapping[str, Any]]:
    """The documents that a Python extension has for remote and local use; broken ones are nobody's error here."""
    activation = (package.manifest.get("python") or {}).get("activation")
    sections = activation.values() if isinstance(activation, dict) else ()
    paths = {
        section["path"] for section in sections if isinstance(section, dict) and isinstance(section.get("path"), str)
    }
    with ZipFile(BytesIO(package.inner)) as inner:
        for path in sorted(paths & set(inner.namelist())):
            try:
                document = json.loads(inner.read(path))
            except (ValueError, BadZipFile):
                continue
            if isinstance(document, dict):
                yield document


def _complete(parts: Mapping[str, Any], part: str) -> dict[str, Any]:
    """With what the model demands and activation schemas leave out."""
    if part == "enums":
        return {name: {**_enum([]), **definition} for name, definition in parts.items()}
    if part == "types":
        return {
            name: {**object_of({}), **definition, "properties": _complete(definition["properties"], "")}
            for name, definition in parts.items()
        }
    return {
        name: {**property_of(None), **{_RENAMED.get(key, key): value for key, value in definition.items()}}
        for name, definition in parts.items()
    }


def _variable(variable: Mapping[str, Any]) -> dict[str, Any]:
    return property_of(_VARIABLES.get(str(variable.get("type")), "text"))


def _enum(values: Iterable[str]) -> dict[str, Any]:
    items = [{"value": name, "displayName": name} for name in values]
    return {"type": "enum", "displayName": "", "description": "", "documentation": "", "items": items}
