# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The platform's API for extensions, successor of the classic one, for platform tokens and OAuth (API facts, 2.6).

It has the same resources under other paths. Its uploads are raw as well, its validation is a path of its own and answers 204, its
deletions and installations answer 202. Its 409 to an upload means that it is busy, or that the version is there. POST to
environment-configuration does not switch from another version (400), which only PUT does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http.client import Client, Dialect
from .api import EXTENSIONS, Extensions

_ROOT = "/platform/extensions/v2/extensions"
_SEGMENTS = {
    "environmentConfiguration": "environment-configuration",
    "monitoringConfigurations": "monitoring-configurations",
}
_PARAMETERS = {"pageSize": "page-size"}


def extensions_of(client: Client) -> Extensions:
    """At the platform's API where the token is for that, else at the classic one."""
    if not client.is_platform:
        return Extensions(client)
    return Extensions(at_platform(client), answers_may_be_empty=True)


def at_platform(client: Client) -> Client:
    """The client for whom the paths of extensions lead to the platform's API."""
    return client.speaking(Dialect(_request, {"extensions": "items"}, "page-key"))


def _request(path: str, params: Mapping[str, Any] | None) -> tuple[str, Mapping[str, Any] | None]:
    if not path.startswith(EXTENSIONS):
        return path, params
    # The first segment is the extension's name, whatever it is.
    root, *segments = path[len(EXTENSIONS) :].split("/")
    below = segments[:1] + [_SEGMENTS.get(segment, segment) for segment in segments[1:]]
    asked = {_PARAMETERS.get(name, name): value for name, value in (params or {}).items()}
    ending = ":validate" if asked.pop("validateOnly", None) else ""
    return "/".join([_ROOT + root, *below]) + ending, asked
