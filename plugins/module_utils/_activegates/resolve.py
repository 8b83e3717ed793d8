# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the user's target version stands for, for one ActiveGate or for each of a fleet."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import versions
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import Offer, Reader
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import LATEST, Target
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

_SCOPES = "InstallerDownload (platform token and OAuth: fleet-management:activegates:download)"


class Resolver:
    """Reads what is on offer for a system once, and warns once."""

    def __init__(self, reader: Reader, warn: Callable[[str], None]) -> None:
        self._reader = reader
        self._warn = warn
        self._has_warned = False

    def resolved(self, target: Target, activegate: ActiveGate) -> Target:
        """``target`` for this ActiveGate; ``latest`` stays as it is where nobody but the server knows what it is."""
        if target.is_resolved:
            return target
        offer = self._reader.offer(activegate)
        if offer.versions is None:
            _refuse_prefix(target, offer)
        resolved = versions.resolved(target, offer.versions or (), activegate.version, activegate.system)
        if not resolved.is_resolved and not self._has_warned:
            self._has_warned = True
            why = offer.why_unknown or f"no version is on offer for {activegate.system}"
            self._warn(
                f"latest is left to the server, and an ActiveGate counts as up to date only when it reports UP2DATE: {why}. "
                f"With the scope {_SCOPES} it is resolved to a version"
            )
        return resolved


def _refuse_prefix(target: Target, offer: Offer) -> None:
    if target.wanted != LATEST:
        raise InputError(
            f"target_version '{target.wanted}' is the beginning of a version, and what it stands for is unknown: "
            f"{offer.why_unknown}. Give the token the scope {_SCOPES}, or give a full version"
        )
