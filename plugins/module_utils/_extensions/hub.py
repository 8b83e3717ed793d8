# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Dynatrace Hub: which releases of an extension there are, and their installation (FACTS sections 2.3 and 2.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.refusals import explained, said
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, path_segment

_ITEMS = "/v2/hub/extensions2"
_ADDED_ALREADY = re.compile(r"already been added", re.IGNORECASE)


@dataclass(frozen=True)
class Offer:
    """What the Hub has of an extension: the releases, the newest first, and the one that it recommends for this environment."""

    recommended: str | None
    releases: Sequence[str]


def offer(client: Client, name: str) -> Offer | None:
    """None: the Hub does not know the extension."""
    try:
        item = client.get(f"{_ITEMS}/{path_segment(name)}")
    except ApiError as error:
        if error.is_absence:
            return None
        raise
    details = item.get("extension2Details") if isinstance(item, Mapping) else None
    if not isinstance(details, Mapping):
        return None
    rows = [row for row in details.get("releases") or [] if isinstance(row, Mapping) and row.get("version")]
    versions = [str(row["version"]) for row in rows if not row.get("unpublished")]
    newest_first = sorted(versions, key=stored.version_key, reverse=True)
    recommended = details.get("recommendedCatalogVersion")
    return Offer(str(recommended) if recommended else None, newest_first)


def install(client: Client, name: str, version: str, patience: Patience) -> bool:
    """Has a release stored in the environment, and waits until it is there; False: somebody else was first.

    That does not make it the active one.
    """
    path, params = stored.extension_path(name), {"version": version}
    updates = lost = False
    failure: ApiError | LostAnswerError
    while True:
        try:
            client.post(path, None, params)
            break
        except LostAnswerError as error:
            lost, failure = True, error
        except ApiError as error:
            if error.status not in (400, 409):
                raise explained(error) from None
            failure = error
        if stored.version_details(client, name, version) is not None:
            return lost
        if isinstance(failure, ApiError) and failure.status == 400:
            if not _ADDED_ALREADY.search(said(failure)):
                raise explained(failure) from None
            if not updates:
                # With another version, it seems: then the Hub wants to be asked for an update (FACTS section 2.5).
                path = f"{_ITEMS}/{path_segment(name)}/actions/update"
                params, updates = {"extensionVersion": version}, True
                continue
        patience.wait(failure)
    while stored.version_details(client, name, version) is None:
        patience.wait(StateError(f"{name} {version} was installed from the Hub, but the server does not list it yet"))
    return True
