# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The platform's API for extensions, successor of the classic one, for platform tokens and OAuth (API facts, 2.6).

It has the same resources under other paths. What the classic API has lists of its own for, such as assets, are fields here that are asked
for, and what it filters by parameters is one expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._http.client import Client, Dialect

EXTENSIONS = "/v2/extensions"
_ROOT = "/platform/extensions/v2/extensions"
_PARAMETERS = {"pageSize": "page-size"}
# The description and the SDK say the first, other clients send the second.
_PAGE_KEYS = ("page-key", "next-page-key")


@dataclass(frozen=True)
class _Place:
    """Where the platform has a resource. ``fields``: what else to ask for. ``filters``: expressions by classic parameter."""

    path: str
    fields: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


_LIST = _Place("", "activeVersion,keywords", {"name": "name contains {}"})
# By what stands after the extension's name.
_PLACES = {
    "": _Place(""),
    "environmentConfiguration": _Place("/environment-configuration"),
    "environmentConfiguration/assets": _Place("/environment-configuration", "assets,status,errors"),
    "monitoringConfigurations": _Place(
        "/monitoring-configurations", filters={"version": "version = {}", "active": "active = {}"}
    ),
    "monitoringConfigurations/status": _Place("/monitoring-configurations/statuses"),
}


def at_its_api(client: Client) -> Client:
    """The client for whom the paths of extensions lead to the platform's API if the token is for that, else to the classic one."""
    return client.speaking(_DIALECT) if client.is_platform else client


def _request(path: str, params: Mapping[str, Any] | None) -> tuple[str, Mapping[str, Any] | None]:
    if not path.startswith(EXTENSIONS):
        return path, params
    asked = dict(params or {})
    if asked.pop("validateOnly", None):
        return f"{_ROOT}:validate", asked
    if path == f"{EXTENSIONS}/info":
        return _ROOT, _asked(_LIST, asked)
    # The first segment is the extension's name, whatever it is.
    root, *segments = path[len(EXTENSIONS) :].split("/")
    place = _place(segments[1:])
    return "/".join([_ROOT + root, *segments[:1]]) + place.path, _asked(place, asked)


def _place(segments: list[str]) -> _Place:
    below = "/".join(segments)
    if below in _PLACES:
        return _PLACES[below]
    resource, *rest = segments
    known = _PLACES.get(resource, _Place(f"/{resource}"))
    return _Place("/".join([known.path, *rest]))


def _asked(place: _Place, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in the platform's terms."""
    asked: dict[str, Any] = {}
    conditions = []
    for name, value in given.items():
        if value is None:
            continue
        if name in place.filters:
            conditions.append(place.filters[name].format(_literal(value)))
        else:
            asked[_PARAMETERS.get(name, name)] = value
    if place.fields and not asked.keys() & _PAGE_KEYS:
        asked["add-fields"] = place.fields
    if conditions:
        asked["filter"] = " and ".join(conditions)
    return asked


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_DIALECT = Dialect(_request, {"extensions": "items"}, _PAGE_KEYS)
