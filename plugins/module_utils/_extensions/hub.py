# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The calls of Dynatrace Hub: which releases of an extension there are, and their installation (API facts, 2.3 and 2.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import ApiError, unless_absent
from .._http.client import Client, path_segment
from .._http.shape import Part
from .._text import version_key
from .api import extension_path, hint, words
from .platform import at_its_api

_ITEMS = "/v2/hub/extensions2"
_CATALOG = "/platform/hub/v1/catalog/extensions"
_ADDED_ALREADY = re.compile(r"already been added", re.IGNORECASE)


@dataclass(frozen=True)
class HubOffer:
    """What the Hub has of an extension: the releases, the newest first, and the one that it recommends for this environment."""

    recommended: str | None
    releases: Sequence[str]


class Hub:
    """The Hub as one environment sees it."""

    def __init__(self, client: Client) -> None:
        self._client = at_its_api(client)

    def offer(self, name: str) -> HubOffer | None:
        """None: the Hub does not know the extension."""
        path, read = f"{_ITEMS}/{path_segment(name)}", _offer
        if self._client.is_platform:
            path, read = f"{_CATALOG}/{path_segment(name)}/releases", _offer_of_platform
        return unless_absent(lambda: self._client.get(path, None, read))

    def install(self, name: str, version: str) -> None:
        """Has a release stored in the environment, which takes its time. It may be active then."""
        self._post(extension_path(name), {"version": version})

    def update(self, name: str, version: str) -> None:
        """As ``install``, of an extension that was installed in another version."""
        self._post(f"{_ITEMS}/{path_segment(name)}/actions/update", {"extensionVersion": version})

    def _post(self, path: str, params: Mapping[str, Any]) -> None:
        """The version may be missing in the answer, the name may not."""
        try:
            self._client.post(path, None, lambda answer: answer.text("extensionName"), params)
        except ApiError as error:
            error.msg += hint(error)
            raise


def is_added_already(error: ApiError) -> bool:
    """Whether an installation was refused because some version of the extension is there, or on its way."""
    return error.status == 400 and bool(_ADDED_ALREADY.search(words(error)))


def _offer(answer: Part) -> HubOffer:
    details = Part(answer.value("extension2Details"), "extension2Details").record()
    versions = [row.text("version") for row in details.parts("releases") if not row.flag("unpublished")]
    return HubOffer(details.optional_text("recommendedCatalogVersion"), _newest_first(versions))


def _offer_of_platform(answer: Part) -> HubOffer:
    """It recommends none; the newest that fits the environment is what it shows of an extension."""
    rows = [row for row in answer.required_parts("releases") if not row.has("revocation")]
    releases = _newest_first([row.text("version") for row in rows])
    unfit = {row.text("version") for row in rows if row.optional_text("compatible") == "INCOMPATIBLE"}
    return HubOffer(next((version for version in releases if version not in unfit), None), releases)


def _newest_first(versions: Sequence[str]) -> list[str]:
    return sorted(versions, key=version_key, reverse=True)
