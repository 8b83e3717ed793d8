# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What extension.yaml says: name, version, data sources, feature sets, assets (API facts, 2.7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import yaml

from ..errors import ApiError

_NAME = re.compile(r"(custom:)?[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")
_DATA_SOURCES = ("jmx", "pmi", "prometheus", "python", "snmp", "snmptraps", "statsd", "wmi")
_MAX_NODES = 200_000


def parse(text: bytes, members: Collection[str]) -> dict[str, Any]:
    """The manifest as it is valid in a package with these members, or 400."""
    try:
        document = yaml.safe_load(text.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise ApiError(400, "extension.yaml is not valid YAML") from None
    if not isinstance(document, dict):
        raise ApiError.in_body("", "must be an object")
    name, version, author = document.get("name"), document.get("version"), document.get("author")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ApiError.in_body("name", "Invalid format.")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise ApiError(400, "Version property invalid. Required format is: 1.0.0")
    if not isinstance(document.get("minDynatraceVersion"), str):
        raise ApiError.in_body("minDynatraceVersion", "must not be null")
    if not isinstance(author, dict) or not isinstance(author.get("name"), str):
        raise ApiError.in_body("author/name", "must not be null")
    for section in ("alerts", "dashboards"):
        _check_files(section, _list(document, section), members)
    return document


def _check_files(section: str, assets: list[Any], members: Collection[str]) -> None:
    for index, asset in enumerate(assets):
        path = asset.get("path") if isinstance(asset, dict) else None
        if path not in members:
            raise ApiError.in_body(f"{section}/{index}/path", f"File '{path}' is not in the extension")


def version_key(version: str) -> tuple[int, ...]:
    """Versions in their order."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def keywords(manifest: Mapping[str, Any]) -> list[str]:
    return [str(keyword) for keyword in _list(manifest, "keywords")]


def described(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The model Extension, but for its fileHash."""
    details = _feature_sets(manifest)
    minimum = str(manifest["minDynatraceVersion"])
    return {
        "extensionName": manifest["name"],
        "version": manifest["version"],
        "author": {"name": manifest["author"]["name"]},
        "dataSources": data_sources(manifest),
        "variables": [str(variable["id"]) for variable in variables(manifest)],
        "featureSets": sorted(details),
        "featureSetsDetails": details,
        "minDynatraceVersion": minimum,
        "minEECVersion": str(manifest.get("minEECVersion", minimum)),
    }


def variables(manifest: Mapping[str, Any]) -> list[dict[Any, Any]]:
    return _records(manifest, "vars", "id")


def data_sources(manifest: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in map(str, manifest) if name in _DATA_SOURCES or name.startswith("sql"))


def _feature_sets(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """FeatureSetDetails by name, from the data sources: groups, subgroups and metrics inherit the set above them.

    What is in no set is not listed (API facts, 2.1: a capture with metrics and without sets).
    """
    metadata = {metric["key"]: metric.get("metadata") for metric in _records(manifest, "metrics", "key")}
    sets: dict[str, dict[str, Any]] = {}
    for node, current in _nodes(manifest):
        if current:
            sets.setdefault(current, {})
        for metric in _records(node, "metrics", "key"):
            own = str(metric.get("featureSet", current))
            if own:
                _add_metric(sets, own, str(metric["key"]), metadata)
    return {
        name: {"displayName": name, "description": "", "isRecommended": False, "metrics": list(metrics.values())}
        for name, metrics in sets.items()
    }


def _nodes(manifest: Mapping[str, Any]) -> Iterator[tuple[dict[Any, Any], str]]:
    """Each object in the data sources, but for metrics, with the feature set that it is in.

    Walks with a budget, because aliases let a small YAML document stand for an endless one.
    """
    waiting: list[tuple[Any, str]] = [(manifest[name], "") for name in data_sources(manifest)]
    budget = _MAX_NODES
    while waiting:
        node, current = waiting.pop()
        budget -= 1
        if budget < 0:
            raise ApiError.in_body("", "too many nodes")
        if isinstance(node, list):
            waiting.extend((inner, current) for inner in reversed(node))
        elif isinstance(node, dict):
            current = str(node.get("featureSet", current))
            yield node, current
            waiting.extend((inner, current) for key, inner in node.items() if key != "metrics")


def _add_metric(sets: dict[str, dict[str, Any]], name: str, key: str, metadata: Mapping[Any, Any]) -> None:
    about = metadata.get(key)
    about = about if isinstance(about, dict) else {}
    shown = {field: str(about.get(field, "")) for field in ("displayName", "description", "unit")}
    sets.setdefault(name, {})[key] = {"key": key, "metadata": shown}


def assets(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Type and name of each asset that comes with the extension."""
    topology, documents = manifest.get("topology"), manifest.get("documents")
    sources = (
        ("ALERT", manifest, "alerts"),
        ("DASHBOARD", manifest, "dashboards"),
        ("DOCUMENT_DASHBOARD", documents, "dashboards"),
        ("GENERIC_TYPE", topology, "types"),
        ("GENERIC_RELATIONSHIP", topology, "relationships"),
        ("METRIC_METADATA", manifest, "metrics"),
    )
    listed = []
    for kind, section, key in sources:
        for index, asset in enumerate(_list(section, key)):
            names = [
                asset[field]
                for field in ("displayName", "name", "path", "key")
                if isinstance(asset, dict) and field in asset
            ]
            listed.append((kind, str(names[0]) if names else f"{kind.lower()}-{index}"))
    return listed


def _records(section: Any, key: str, name: str) -> list[dict[Any, Any]]:
    """The objects of a list that have a property of this name."""
    return [record for record in _list(section, key) if isinstance(record, dict) and name in record]


def _list(section: Any, key: str) -> list[Any]:
    value = section.get(key) if isinstance(section, dict) else None
    return value if isinstance(value, list) else []
